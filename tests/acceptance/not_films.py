"""Pictures without a chest film, and films that are not shown whole: none may get a number without a loud flag.

    python -m tests.acceptance not_films [--count 10000]

The pictures are drawn (tests/acceptance/generated_pictures.py); every twentieth goes through a file, as PNG, JPEG or
DICOM. The films are those of the data set where it is there, else the samples of the app.
"""

from __future__ import annotations

import io
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from edge_app.analysis.analysis import Analysis
from edge_app.analysis.gate import Gate
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.analysis.pipeline import Pipeline
from edge_app.bundle import open_bundle
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import preprocess
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.overlay import overlay_png
from edge_app.system.shipped import ASSETS
from tests.acceptance.corpus import data_set
from tests.acceptance.generated_pictures import FAMILIES, Grey, generate
from tests.support import dicom as d

COUNT = 10_000
_FILE_EVERY = 20
_FILMS = 60


def run(count: int = COUNT) -> int:
    """Prints pictures tried and pictures with a number by family; 0 if there was none."""
    bundle = open_bundle()
    pipeline, gate = Pipeline(bundle), Gate.from_bundle(bundle)
    tried: Counter[str] = Counter()
    scored: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for index, (family, picture) in enumerate(generate(count)):
            tried[family] += 1
            if index % _FILE_EVERY == 0:
                answer = pipeline.analyse(_file(Path(scratch), picture, index // _FILE_EVERY % 3))
                scored[family] += answer.decision is not None
                continue
            film = Radiograph(np.ascontiguousarray(picture), "0" * 64, "drawn")
            prepared = preprocess(film, bundle.manifest.preprocessing).pixels
            verdict = gate.examine(film, prepared, pipeline.classifier(prepared).features)
            scored[family] += verdict.refusal is None
        for family in FAMILIES:
            print(f"{family:<24} tried {tried[family]:>5}  with a number {scored[family]}")
        print(f"{'all':<24} tried {tried.total():>5}  with a number {scored.total()}")
        silent = _films_not_whole(pipeline, Path(scratch))
    return 0 if not scored.total() and not silent else 1


def _file(folder: Path, picture: Grey, kind: int) -> Path:
    path = folder / f"picture{('.png', '.jpg', '.dcm')[kind]}"
    if kind == 2:
        path.write_bytes(d.DicomBuilder(picture.astype(np.uint16) * 16, bits_stored=12).bytes())
    else:
        Image.fromarray(picture).save(path)
    return path


def _films_not_whole(pipeline: Pipeline, folder: Path) -> int:
    """Presents films in ways in which no film should come; returns how many were scored without a loud flag."""
    paths = sorted((data_set() / "test").glob("*/*.jpeg")) or sorted((ASSETS / "samples").glob("*.png"))
    films = [read_film(path).pixels for path in paths[:: max(1, len(paths) // _FILMS)]]
    silent = 0
    for name, change in _PRESENTATIONS.items():
        answers: Counter[str] = Counter()
        for film in films:
            Image.fromarray(change(film, pipeline)).save(folder / "film.png")
            answers[_loudness(pipeline.analyse(folder / "film.png"))] += 1
        silent += answers["silent"]
        print(f"{name:<24} tried {answers.total():>5}  {dict(answers)}")
    return silent


def _loudness(answer: Analysis) -> str:
    if answer.decision is None:
        return "refused"
    codes = {notice.code for notice in answer.quality}
    return "flagged" if codes & {OUTSIDE_CODE, "quality.cropped", "quality.photographed"} else "silent"


def _two_on_a_screen(film: Grey, _: Pipeline) -> Grey:
    screen = np.full((1080, 1920), 40, dtype=np.uint8)
    large = np.asarray(Image.fromarray(film).resize((800, 950)))
    screen[90:1040, 100:900] = large
    screen[90:1040, 1000:1800] = large
    return screen


def _heat_map(film: Grey, pipeline: Pipeline) -> Grey:
    """What `predict --heatmaps` writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film.png"
        Image.fromarray(film).save(path)
        answer = pipeline.analyse(path)
        return np.asarray(Image.open(io.BytesIO(overlay_png(film, answer)))) if answer.decision else film[:8]


_PRESENTATIONS: dict[str, Callable[[Grey, Pipeline], Grey]] = {
    "left half": lambda film, _: film[:, : film.shape[1] // 2],
    "right half": lambda film, _: film[:, film.shape[1] // 2 :],
    "upper half": lambda film, _: film[: len(film) // 2],
    "lower half": lambda film, _: film[len(film) // 2 :],
    "two films on a screen": _two_on_a_screen,
    "own heat map": _heat_map,
}
