"""Which picture of a file, and which of its brightness settings."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewChoice:
    """A choice among what a file offers.

    Attributes:
        frame: Which frame or page, from 0. None takes the first and, where there are more, says so in a notice.
        window: Which VOI transformation of a DICOM file, from 0: its windows in their order, then its VOI LUTs.
    """

    frame: int | None = None
    window: int = 0
