from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.support.window import drive, english_again, expected_log, films, home

__all__ = ["drive", "english_again", "expected_log", "films", "home"]
