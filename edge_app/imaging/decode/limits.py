"""How large a film may be before it is refused unread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """Limits that are checked from the header, before pixels are decoded.

    Attributes:
        max_file_bytes: Largest file. 128 MiB: a 16-bit film of 40 megapixels, uncompressed, has 80 MB.
        max_pixels: Largest film. 40 megapixels is twice the largest common detector (4280 x 3520).
        max_side_px: Longest side.
        min_side_px: Shortest side that can carry a chest film's detail to a 224-pixel input.
        max_frames: Most frames of a DICOM file, or pages of a TIFF; only one of them is decoded.
        max_expansion: Most bytes of pixels for each byte of file. Films compress 2 to 50 times, even at a poor JPEG
            quality; a bomb a thousand times. Small pictures (up to 4 million pixels) may be emptier than that.
        max_elements: Most DICOM data elements before the pixels; films have 100 to 300.
        max_depth: Deepest nesting of DICOM sequences.
    """

    max_file_bytes: int = 128 * 1024 * 1024
    max_pixels: int = 40_000_000
    max_side_px: int = 20_000
    min_side_px: int = 64
    max_frames: int = 4096
    max_expansion: int = 400
    max_elements: int = 20_000
    max_depth: int = 12
