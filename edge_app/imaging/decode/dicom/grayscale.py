"""The DICOM grey-scale chain as one table: stored value in, P-value out.

The order is that of PS3.4 N.2: Modality LUT *or* rescale (PS3.3 C.11.1), then VOI LUT *or* window (C.11.2), then the
presentation: MONOCHROME1, or a Presentation LUT Shape of INVERSE, turns it round, once (C.7.6.3.1.2, C.11.6). A stored
value has at most 16 bits, so that the chain is worked out for every possible value, in float64, and looked up. Overlays
and annotations are left out: a model that learned from bare films must not see drawings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from edge_app.imaging.decode.dicom.stream import DicomStructureError
from edge_app.system.parallel import in_strips

Floats = NDArray[np.float64]
VoiFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]

_BLOCK_ROWS = 128

P_VALUE_MAX = 65535
"""P-values are given in 16 bits, whatever the depth of the file: 0 black, 65535 white."""


@dataclass(frozen=True, slots=True, eq=False)
class LookupTable:
    """A Modality or VOI LUT (PS3.3 C.11.1.1.1, C.11.2.1.1).

    Attributes:
        values: `(entries,)` uint16.
        first: Input that is mapped to the first entry; inputs below get it too, inputs above the last get the last.
        bits: Depth of the entries, which white is taken from.
    """

    values: NDArray[np.uint16]
    first: int
    bits: int

    def __call__(self, inputs: Floats) -> Floats:
        """Maps `inputs` of any shape; float64 in and out."""
        index = np.clip(np.floor(inputs) - self.first, 0, len(self.values) - 1).astype(np.intp)
        entries: Floats = self.values[index].astype(np.float64)
        return entries


@dataclass(frozen=True, slots=True)
class Window:
    """A VOI window (PS3.3 C.11.2.1.2), in units of the modality values."""

    centre: float
    width: float
    function: VoiFunction = "LINEAR"

    def __post_init__(self) -> None:
        least = 1.0 if self.function == "LINEAR" else 0.0
        if not (self.width >= least and self.width > 0):
            raise DicomStructureError(f"window width {self.width} for {self.function}")

    def __call__(self, inputs: Floats) -> Floats:
        """Maps modality values to 0..1; float64 of any shape."""
        if self.function == "SIGMOID":  # C.11.2.1.3.1
            with np.errstate(over="ignore"):
                sigmoid: Floats = 1 / (1 + np.exp(-4 * (inputs - self.centre) / self.width))
            return sigmoid
        if self.function == "LINEAR_EXACT":  # C.11.2.1.3.2
            return np.clip((inputs - self.centre) / self.width + 0.5, 0, 1)
        if self.width == 1:  # C.11.2.1.2.1: a threshold
            return (inputs > self.centre - 0.5).astype(np.float64)
        return np.clip((inputs - (self.centre - 0.5)) / (self.width - 1) + 0.5, 0, 1)


@dataclass(frozen=True, slots=True)
class Rescale:
    """Rescale slope and intercept (PS3.3 C.11.1)."""

    slope: float = 1.0
    intercept: float = 0.0

    def __post_init__(self) -> None:
        if self.slope == 0:
            raise DicomStructureError("rescale slope 0")

    def __call__(self, inputs: Floats) -> Floats:
        """Maps stored values to modality values; float64 of any shape."""
        return inputs * self.slope + self.intercept


@dataclass(frozen=True, slots=True)
class FullRange:
    """What is shown where the file asks for no VOI transformation: the values that occur, from black to white."""

    low: float
    high: float

    def __call__(self, inputs: Floats) -> Floats:
        """Maps `low`..`high` to 0..1; float64 of any shape."""
        if self.high <= self.low:
            return np.zeros_like(inputs)
        return np.clip((inputs - self.low) / (self.high - self.low), 0, 1)


@dataclass(frozen=True, slots=True)
class VoiTable:
    """A VOI LUT, its entries taken over their stated depth."""

    table: LookupTable

    def __call__(self, inputs: Floats) -> Floats:
        """Maps modality values to 0..1; float64 of any shape."""
        unit: Floats = np.clip(self.table(inputs) / (2**self.table.bits - 1), 0, 1)
        return unit


Modality = Rescale | LookupTable
Voi = Window | VoiTable | FullRange


def render(
    stored: NDArray[Any],
    modality: Modality,
    voi: Voi,
    *,
    inverse: bool,
    padding: tuple[int, int] | None = None,
) -> NDArray[np.uint16]:
    """Applies the chain.

    Args:
        stored: `(rows, columns)` of uint8, int8, uint16 or int16.
        modality: First step.
        voi: Second step.
        inverse: Whether low values are to be white.
        padding: Lowest and highest stored value that is no picture but padding (C.7.5.1.1.2); shown black.

    Returns:
        P-values, `(rows, columns)` uint16, MONOCHROME2.
    """
    inputs = _domain(stored.dtype)
    unit = voi(modality(inputs.astype(np.float64)))
    if inverse:
        unit = 1 - unit
    table = np.rint(unit * P_VALUE_MAX).astype(np.uint16)
    if padding is not None:
        table[(inputs >= padding[0]) & (inputs <= padding[1])] = 0
    # Signed values count from the end in two's complement: as unsigned indices they find their place.
    by_bits = np.roll(table, int(inputs[0]))
    indices = stored.view(f"u{stored.dtype.itemsize}")
    pixels = np.empty(stored.shape, dtype=np.uint16)

    def look_up(first: int, end: int) -> None:
        for start in range(first, end, _BLOCK_ROWS):  # NumPy makes 8 bytes of every index, four times a whole film
            block = slice(start, min(start + _BLOCK_ROWS, end))
            # No index can be out of range: "clip" spares NumPy a second buffer, in case one were.
            np.take(by_bits, indices[block], out=pixels[block], mode="clip")

    in_strips(len(stored), stored.size, look_up)
    return pixels


def value_range(stored: NDArray[Any], padding: tuple[int, int] | None) -> tuple[int, int]:
    """Returns the lowest and highest stored value that is not padding; `(0, 0)` where all is padding."""
    if padding is not None:
        inside = stored[(stored < padding[0]) | (stored > padding[1])]
        if not inside.size:
            return 0, 0
        return int(inside.min()), int(inside.max())
    return int(stored.min()), int(stored.max())


def _domain(dtype: np.dtype[Any]) -> NDArray[np.int64]:
    """Every value of an integer type, ascending."""
    bounds = np.iinfo(dtype)
    return np.arange(bounds.min, bounds.max + 1, dtype=np.int64)
