"""The shipped bundle against the Keras model it came from, and the trainer's pixels against the app's."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_app.bundle import open_bundle
from edge_app.engine.classifier import Classifier
from edge_app.engine.keras_gradcam import KerasGradCam
from edge_app.engine.runtime import find_runtime
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from tests.acceptance.corpus import data_set

pytestmark = pytest.mark.dataset


@pytest.fixture(scope="module")
def films() -> list[Path]:
    folder = data_set()
    if not (folder / "train").is_dir():
        pytest.skip("needs the chest X-ray data set; set DATA")
    return sorted((folder / "train").glob("*/*.jpeg"))


def test_evidence_is_the_grad_cam_of_the_keras_model_on_100_films(films: list[Path]) -> None:
    bundle = open_bundle()
    prepared = [preprocess(read_film(path), bundle.manifest.preprocessing).pixels for path in films[::52][:100]]
    reference_map = KerasGradCam.load(bundle.keras_bytes())
    gradcam = np.concatenate(
        [reference_map.batch(np.stack(prepared[start : start + 10])) for start in range(0, 100, 10)]
    )
    exact = Classifier.from_bundle(bundle, "float", runtime=find_runtime("litert"))
    coarse = Classifier.from_bundle(bundle, "quant", runtime=find_runtime("litert"))

    correlations = []
    for pixels, reference in zip(prepared, gradcam, strict=True):
        assert np.abs(exact(pixels).evidence - reference).max() <= 1e-3 * max(reference.max(), gradcam.max() / 100)
        quantized = coarse(pixels).evidence
        if reference.std() > 0 and quantized.std() > 0:
            correlations.append(np.corrcoef(quantized.ravel(), reference.ravel())[0, 1])
    assert len(prepared) == 100
    assert np.median(correlations) >= 0.98


@pytest.mark.reliability("B5", part="200 films")
def test_the_trainer_reads_the_pixels_that_the_app_prepares_on_200_films(films: list[Path], tmp_path: Path) -> None:
    the_trainer_reads_what_the_app_prepares(films, tmp_path, 200)


@pytest.mark.long
@pytest.mark.reliability("B5")
def test_the_trainer_reads_the_pixels_that_the_app_prepares_on_1000_films(films: list[Path], tmp_path: Path) -> None:
    the_trainer_reads_what_the_app_prepares(films, tmp_path, 1000)


def the_trainer_reads_what_the_app_prepares(films: list[Path], tmp_path: Path, count: int) -> None:
    from trainer.data.catalog import CatalogFilm
    from trainer.data.pipeline import read_tree
    from trainer.data.prepare import PreparedFilms
    from trainer.data.split import Split

    root = films[0].parents[2]
    chosen = films[:: len(films) // count][:count]
    rows = tuple(
        CatalogFilm(
            path=path.relative_to(root).as_posix(),
            folder="train",
            label=int(path.parent.name == "PNEUMONIA"),
            patient=path.name,
            kind="unknown",
            rows=0,
            columns=0,
            bytes=1,
            sha256=read_film(path).sha256,
            phash="0",
        )
        for path in chosen
    )
    spec = PreprocessSpec()
    store = PreparedFilms(tmp_path / "cache", root, spec)
    store.make(rows)
    store.lay_out(Split(training=rows, validation=(), test=(), duplicates=(), excluded=()), tmp_path / "tree")

    read = [film.numpy()[..., 0] for film, _ in read_tree(tmp_path / "tree" / "training", 224, 224)]
    expected = {preprocess(read_film(path), spec).pixels.tobytes() for path in chosen}

    assert len(read) == count
    assert {film.tobytes() for film in read} == expected
