"""The items of `make bench`, in the order of the report."""

from __future__ import annotations

ITEMS = ("invoke", "film", "folder", "start", "training", "cluster")
"""Modules of this folder. One that is not there is left out."""
