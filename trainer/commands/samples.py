"""The sample films of the app: random draws from a statistical model of the training films; they show no patient.

The bundle chooses a clear film and one with a consolidation among the draws: both pass its gate without a flag, and it
gives both the right answer.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from edge_app.analysis.analysis import Analysis
from edge_app.analysis.pipeline import Pipeline
from edge_app.bundle import open_bundle
from edge_app.bundle.decision import Band
from trainer.commands.films import films_of
from trainer.errors import TrainingError
from trainer.export.phantom import phantoms
from trainer.task import Task

SIZE = (1200, 1360)
DRAWS_PER_CLASS = 12
COMPONENTS = 400
SAMPLES: dict[str, tuple[int, Band, float]] = {
    "clear.png": (0, "negative", 3.0),
    "consolidation.png": (1, "positive", 0.5),
}
"""By file: label, band that the bundle must give, and distance by which the draws are moved from the other label."""
LABEL = "SYNTHETIC FILM - no patient"
_GRAIN_LEVELS = 5.0


def write_samples(
    data: Path, runs: Path, bundle: Path, out: Path, task: Task, seed: int = 1
) -> list[tuple[Path, Analysis]]:
    """Draws films and keeps the first of each kind that the bundle reads without a flag.

    Args:
        data: The data set's folder.
        runs: Folder with the cache of prepared films.
        bundle: Bundle that reads the draws.
        out: Folder for the PNG files.
        task: Task of the bundle.
        seed: Seed of the random generator.

    Returns:
        The files with the bundle's analyses.

    Raises:
        TrainingError: No draw of a kind was read without a flag.
    """
    opened = open_bundle(bundle)
    known = films_of("train", data, runs, opened.manifest.preprocessing, task)
    pipeline = Pipeline(opened)
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, (label, band, contrast) in SAMPLES.items():
        drawn = phantoms(
            known.films,
            known.labels,
            per_class=DRAWS_PER_CLASS,
            size=SIZE,
            seed=seed,
            components=COMPONENTS,
            contrast=contrast,
        )
        for film in drawn[label * DRAWS_PER_CLASS : (label + 1) * DRAWS_PER_CLASS]:
            path = out / name
            _labelled(_textured(film, seed)).save(path, optimize=True)
            analysis = pipeline.analyse(path)
            if analysis.decision is not None and analysis.decision.band == band and not analysis.quality:
                written.append((path, analysis))
                break
        else:
            raise TrainingError(f"No draw was read as {band} without a flag.", hint="Try another --seed.")
    return written


def _textured(film: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
    """Adds film grain to exposed areas; its power falls with frequency, as in real films."""
    random = np.random.default_rng(seed)
    rows, columns = film.shape
    spectrum = np.fft.rfft2(random.standard_normal((rows, columns)))
    frequency = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None])
    frequency[0, 0] = 1.0
    grain = np.fft.irfft2(spectrum / np.sqrt(frequency), s=(rows, columns))
    grain *= _GRAIN_LEVELS / grain.std()
    exposed = np.clip(film / 40.0, 0, 1)
    return np.clip(np.rint(film + grain * exposed), 0, 255).astype(np.uint8)


def _labelled(film: NDArray[np.uint8]) -> Image.Image:
    image = Image.fromarray(film)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=26)
    # Top right: the viewer writes into the other corners.
    place = (film.shape[1] - 32, 28)
    left, top, right, bottom = draw.textbbox(place, LABEL, font=font, anchor="ra")
    draw.rectangle((left - 12, top - 8, right + 12, bottom + 8), fill=0)
    draw.text(place, LABEL, fill=200, font=font, anchor="ra")
    return image
