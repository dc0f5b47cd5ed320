"""How large a film may be before it is refused unread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """Limits that are checked from the header, before pixels are decoded.

    Attributes:
        max_file_bytes: Largest file. 128 MiB: a 16-bit film of 40 megapixels, uncompressed, has 80 MB.
        max_pixels: Largest film. 40 megapixels is twice the largest common detector (4280 x 3520).
        min_side_px: Shortest side that can carry a chest film's detail to a 224-pixel input.
    """

    max_file_bytes: int = 128 * 1024 * 1024
    max_pixels: int = 40_000_000
    min_side_px: int = 64
