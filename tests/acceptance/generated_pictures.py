"""Pictures that are no chest films, drawn by a seeded generator: as many as one asks for, and none of them real.

Each family is a function of a random generator and a size. Families follow public reports of nets that called noise,
flat fields and unexposed plates diseased; nothing here was used to fit the gate.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

Grey = NDArray[np.uint8]
Family = Callable[[np.random.Generator, int, int], Grey]

_WORDS = [
    "the",
    "of",
    "and",
    "report",
    "patient",
    "findings",
    "no",
    "date",
    "admitted",
    "lung",
    "clear",
    "seen",
    "right",
    "left",
    "lower",
    "lobe",
    "heart",
    "size",
    "normal",
    "hospital",
    "ward",
    "referred",
    "by",
    "history",
    "cough",
    "fever",
    "days",
    "impression",
    "comment",
    "reviewed",
    "signed",
    "page",
]


def _u8(values: NDArray) -> Grey:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)


def _stretched(values: NDArray, low: float = 0.0, high: float = 255.0) -> Grey:
    """Brings the values to a range of greys."""
    least, greatest = float(values.min()), float(values.max())
    return _u8(low + (values - least) * (high - low) / max(greatest - least, 1e-9))


def _range(rng: np.random.Generator) -> tuple[float, float]:
    low = float(rng.uniform(0, 120))
    return low, float(rng.uniform(low + 60, 255))


def _grid(rows: int, columns: int) -> tuple[NDArray, NDArray]:
    """Coordinates, -1..1."""
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : columns * 1j]
    return y, x


def uniform_noise(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    low, high = _range(rng)
    return rng.integers(int(low), int(high) + 1, (rows, columns)).astype(np.uint8)


def gaussian_noise(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    return _u8(rng.normal(rng.uniform(40, 215), rng.uniform(5, 90), (rows, columns)))


def salt_and_pepper(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    field = np.full((rows, columns), rng.integers(0, 256), dtype=np.uint8)
    share = rng.uniform(0.02, 0.6)
    draw = rng.random((rows, columns))
    field[draw < share / 2] = 0
    field[draw > 1 - share / 2] = 255
    return field


def spectral_noise(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Noise whose amplitude falls as 1/f^k, k from 0.3 to 3: from nearly white to clouds."""
    slope = rng.uniform(0.3, 3.0)
    frequency = np.hypot(np.fft.fftfreq(rows)[:, None] * rows, np.fft.rfftfreq(columns) * columns)
    frequency[0, 0] = 1
    waves = np.fft.rfft2(rng.normal(size=(rows, columns))) / frequency**slope
    waves[0, 0] = 0
    return _stretched(np.fft.irfft2(waves, s=(rows, columns)), *_range(rng))


def blurred_noise(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Noise drawn coarsely and enlarged."""
    cells = int(rng.integers(2, 64))
    coarse = Image.fromarray(rng.integers(0, 256, (cells, cells)).astype(np.uint8))
    filters = (Image.Resampling.BILINEAR, Image.Resampling.BICUBIC, Image.Resampling.NEAREST)
    return np.asarray(coarse.resize((columns, rows), filters[int(rng.integers(3))]))


def symmetric_noise(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Clouds mirrored at the middle, as bright in it as a spine."""
    half = blurred_noise(rng, rows, (columns + 1) // 2).astype(np.float64)
    whole = np.hstack([half, half[:, ::-1]])[:, :columns]
    _, x = _grid(rows, columns)
    return _stretched(whole + rng.uniform(0, 255) * np.exp(-((x / rng.uniform(0.05, 0.4)) ** 2)), *_range(rng))


def flat_field(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """An exposed plate with nothing on it: a level, the noise of the quanta, sometimes dead lines."""
    field = rng.normal(rng.uniform(10, 245), rng.uniform(0, 12), (rows, columns))
    if rng.random() < 0.3:
        field[:, rng.integers(0, columns, int(rng.integers(1, 6)))] = rng.uniform(0, 255)
    return _u8(field)


def dark_frame(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """An unexposed plate, windowed until its noise and fixed pattern fill the range."""
    noise = rng.normal(0, 1, (rows, columns))
    noise += rng.normal(0, rng.uniform(0, 2), columns) + rng.normal(0, rng.uniform(0, 2), (rows, 1))
    y, x = _grid(rows, columns)
    noise += rng.uniform(-3, 3) * x + rng.uniform(-3, 3) * y
    low, high = np.percentile(noise, (rng.uniform(0, 5), rng.uniform(95, 100)))
    return _u8((noise - low) / max(high - low, 1e-9) * 255)


def vignette(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """The heel effect and fall-off of an empty exposure."""
    y, x = _grid(rows, columns)
    radius = np.hypot(x - rng.uniform(-0.4, 0.4), y - rng.uniform(-0.4, 0.4))
    field = rng.choice([-1, 1]) * radius ** rng.uniform(0.5, 4) + rng.uniform(-1, 1) * x + rng.uniform(-1, 1) * y
    return _u8(_stretched(field, *_range(rng)) + rng.normal(0, rng.uniform(0, 10), (rows, columns)))


def ramp(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    y, x = _grid(rows, columns)
    angle = rng.uniform(0, 2 * np.pi)
    along = x * np.cos(angle) + y * np.sin(angle)
    field = np.sign(along) * np.abs(along) ** rng.uniform(0.4, 3)
    return _u8(_stretched(field, *_range(rng)) + rng.normal(0, rng.uniform(0, 20), (rows, columns)))


def waves(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Gratings and moire."""
    y, x = _grid(rows, columns)
    field = np.zeros((rows, columns))
    for _ in range(int(rng.integers(1, 5))):
        angle, frequency = rng.uniform(0, np.pi), np.exp(rng.uniform(0, 4.5))
        field += np.sin(frequency * (x * np.cos(angle) + y * np.sin(angle)) + rng.uniform(0, 6))
    return _stretched(field, *_range(rng))


def checkerboard(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    cell = int(rng.integers(2, max(3, min(rows, columns) // 3)))
    low, high = _range(rng)
    y, x = np.mgrid[:rows, :columns]
    board = np.where((x // cell + y // cell) % 2, low, high)
    return _u8(board + rng.normal(0, rng.uniform(0, 30), board.shape))


def step_wedge(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    steps = int(rng.integers(4, 24))
    along = np.linspace(0, steps, columns, endpoint=False).astype(int)
    wedge = np.tile(along * 255.0 / (steps - 1), (rows, 1))
    if rng.random() < 0.5:
        margin = int(rows * rng.uniform(0.05, 0.35))
        wedge[:margin] = wedge[rows - margin :] = rng.uniform(0, 255)
    wedge = wedge[:, ::-1] if rng.random() < 0.5 else wedge
    wedge = wedge if rng.random() < 0.5 else np.asarray(Image.fromarray(_u8(wedge)).rotate(90, expand=False))
    return _u8(wedge + rng.normal(0, rng.uniform(0, 10), wedge.shape))


def test_phantom(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Discs, plates and line pairs, as on the pictures of a constancy test."""
    picture = Image.new("L", (columns, rows), int(rng.integers(0, 256)))
    draw = ImageDraw.Draw(picture)
    for _ in range(int(rng.integers(3, 20))):
        x, y = rng.uniform(0, columns), rng.uniform(0, rows)
        size = rng.uniform(0.03, 0.4) * min(rows, columns)
        shade = int(rng.integers(0, 256))
        kind = int(rng.integers(3))
        if kind == 0:
            draw.ellipse((x - size, y - size, x + size, y + size), fill=shade)
        elif kind == 1:
            draw.rectangle((x - size, y - size / 2, x + size, y + size / 2), fill=shade)
        else:
            pitch = max(2, int(size / rng.integers(4, 20)))
            for line in range(0, int(size), 2 * pitch):
                draw.rectangle((x + line, y, x + line + pitch - 1, y + size), fill=shade)
    grey = np.asarray(picture.filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 3)))))
    return _u8(grey + rng.normal(0, rng.uniform(0, 12), grey.shape))


def two_ellipses(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Two dark ellipses beside a bright stripe: what a chest looks like from very far."""
    y, x = _grid(rows, columns)
    field = np.full((rows, columns), rng.uniform(120, 220))
    for side in (-1, 1):
        inside = ((x - side * rng.uniform(0.3, 0.5)) / rng.uniform(0.15, 0.35)) ** 2 + (
            (y - rng.uniform(-0.2, 0.2)) / rng.uniform(0.4, 0.8)
        ) ** 2
        field[inside < 1] = rng.uniform(20, 90)
    blurred = Image.fromarray(_u8(field)).filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.02) * columns)))
    return _u8(np.asarray(blurred) + rng.normal(0, rng.uniform(0, 15), (rows, columns)))


def text_page(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    page = Image.new("L", (columns, rows), int(rng.integers(180, 256)))
    draw = ImageDraw.Draw(page)
    spacing = int(rng.integers(12, 36))
    indent = int(rng.integers(4, max(5, columns // 6)))
    for line in range(spacing, rows - spacing, spacing):
        if rng.random() < 0.9:
            words = " ".join(rng.choice(_WORDS, size=int(rng.integers(3, max(4, columns // 40)))))
            draw.text((indent, line), words, fill=int(rng.integers(0, 90)), font_size=int(rng.integers(9, spacing)))
    grey = np.asarray(page)
    return 255 - grey if rng.random() < 0.3 else grey


def screenshot(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Panels, menus and lists without a film."""
    screen = Image.new("L", (columns, rows), int(rng.integers(20, 250)))
    draw = ImageDraw.Draw(screen)
    for _ in range(int(rng.integers(3, 14))):
        x0, x1 = np.sort(rng.integers(0, columns, 2))
        y0, y1 = np.sort(rng.integers(0, rows, 2))
        draw.rectangle((int(x0), int(y0), int(x1), int(y1)), fill=int(rng.integers(0, 256)))
        draw.text((int(x0) + 4, int(y0) + 4), " ".join(rng.choice(_WORDS, size=3)), fill=int(rng.integers(0, 256)))
    return np.asarray(screen)


def texture(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Grain along a direction: wood, fabric, brushed metal."""
    angle = rng.uniform(0, 180)
    long, short = int(rng.integers(20, 120)), int(rng.integers(1, 6))
    side = int(np.hypot(rows, columns)) + 2
    coarse = rng.integers(0, 256, (max(2, side // short), max(2, side // long))).astype(np.uint8)
    grain = Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC).rotate(angle)
    top, left = (side - rows) // 2, (side - columns) // 2
    return _stretched(np.asarray(grain)[top : top + rows, left : left + columns].astype(float), *_range(rng))


def cells_and_blobs(rng: np.random.Generator, rows: int, columns: int) -> Grey:
    """Bright or dark spots, as under a microscope or in the sky."""
    y, x = _grid(rows // 2 + 1, columns // 2 + 1)
    field = np.zeros(y.shape)
    for _ in range(int(rng.integers(5, 40))):
        size = rng.uniform(0.02, 0.5)
        field += rng.normal() * np.exp(
            -((x - rng.uniform(-1, 1)) ** 2 + (y - rng.uniform(-1, 1)) ** 2) / (2 * size * size)
        )
    return np.asarray(Image.fromarray(_stretched(field, *_range(rng))).resize((columns, rows)))


FAMILIES: dict[str, Family] = {
    one.__name__: one
    for one in (
        uniform_noise,
        gaussian_noise,
        salt_and_pepper,
        spectral_noise,
        blurred_noise,
        symmetric_noise,
        flat_field,
        dark_frame,
        vignette,
        ramp,
        waves,
        checkerboard,
        step_wedge,
        test_phantom,
        two_ellipses,
        text_page,
        screenshot,
        texture,
        cells_and_blobs,
    )
}  # fmt: skip


def generate(count: int, seed: int = 0) -> Iterator[tuple[str, Grey]]:
    """Draws pictures, the families in turn.

    Args:
        count: How many.
        seed: Seed of the random generator.

    Yields:
        The name of the family and `(rows, columns)` uint8, 160 to 1,200 pixels a side; every fourth was a JPEG.
    """
    rng = np.random.default_rng(seed)
    for index in range(count):
        name, family = list(FAMILIES.items())[index % len(FAMILIES)]
        rows, columns = (int(side) for side in rng.choice((160, 200, 224, 256, 299, 400, 512, 800, 1200), 2))
        if rng.random() < 0.5:
            columns = rows
        picture = family(rng, rows, columns)
        if index % 4 == 3:
            stream = io.BytesIO()
            Image.fromarray(picture).save(stream, "JPEG", quality=int(rng.integers(20, 96)))
            picture = np.asarray(Image.open(stream))
        yield name, picture
