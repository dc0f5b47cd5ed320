"""Twelve ways in which a pipeline has been seen to go wrong; the self-test must notice each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from edge_app.bundle import Bundle
from edge_app.bundle.manifest import Labels
from edge_app.engine import classifier as classifiers
from edge_app.engine import selftest
from edge_app.imaging import preprocess as preprocessing
from edge_app.imaging.preprocess import GridToFilm, PreparedFilm
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import BundleError
from tests.support import bundles
from tests.support.bundles import FakeClassifier

pytestmark = pytest.mark.reliability("B4")


@pytest.fixture
def bundle(tmp_path: Path) -> Bundle:
    return bundles.write(tmp_path / "bundle")


def run(bundle: Bundle, classifier: Any = None) -> selftest.SelfTestResult:
    return selftest.run_selftest(bundle, classifier or FakeClassifier(bundles.weights(1)), "quant")


def replaced(bundle: Bundle, **changes: Any) -> Bundle:
    return Bundle(
        bundle.directory,
        msgspec.structs.replace(bundle.manifest, **changes),
        bundle.manifest_sha256,
        bundle._models,
        bundle._keras,
        bundle._known_answers,
    )


def preparing(change: Callable[[np.ndarray], np.ndarray]) -> Callable[..., PreparedFilm]:
    def prepare(film: Radiograph, spec: preprocessing.PreprocessSpec) -> PreparedFilm:
        return PreparedFilm(change(preprocessing.preprocess(film, spec).pixels), GridToFilm(1, 1))

    return prepare


def test_an_untouched_pipeline_passes(bundle: Bundle) -> None:
    result = run(bundle)
    assert result.passed, result.failures
    assert result.films == 4


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("wrong scale", lambda pixels: (pixels // 2).astype(np.uint8)),
        ("inverted", lambda pixels: 255 - pixels),
        ("mirrored", lambda pixels: np.ascontiguousarray(pixels[:, ::-1])),
        ("wrong size", lambda pixels: np.ascontiguousarray(pixels[:192, :192])),
        (
            "one grey level in one pixel",
            lambda pixels: pixels ^ np.eye(1, pixels.size, 7, np.uint8).reshape(pixels.shape),
        ),
    ],
)
def test_faults_of_preparation(
    bundle: Bundle, monkeypatch: pytest.MonkeyPatch, fault: str, change: Callable[[np.ndarray], np.ndarray]
) -> None:
    monkeypatch.setattr(selftest, "preprocess", preparing(change))
    assert not run(bundle).passed, fault


@pytest.mark.parametrize("resampling", [Image.Resampling.NEAREST, Image.Resampling.BOX, Image.Resampling.BILINEAR])
def test_another_resize(bundle: Bundle, monkeypatch: pytest.MonkeyPatch, resampling: Image.Resampling) -> None:
    """Pillow's BILINEAR too: the same filter, but rounded between its passes."""

    def another(film: Radiograph, spec: preprocessing.PreprocessSpec) -> PreparedFilm:
        resized = Image.fromarray(film.pixels).resize((spec.width, spec.height), resampling)
        return PreparedFilm(np.asarray(resized), GridToFilm(1, 1))

    monkeypatch.setattr(selftest, "preprocess", another)
    assert any("prepared films differ" in failure for failure in run(bundle).failures)


@pytest.mark.parametrize(
    ("fault", "classifier"),
    [
        ("no rescaling", FakeClassifier(bundles.weights(1), rescale=False)),
        ("scaled twice", FakeClassifier(bundles.weights(1), scale=1 / 255)),
        ("zeroed layer", FakeClassifier(np.zeros((7, 7), dtype=np.float32))),
        ("other model", FakeClassifier(bundles.weights(2))),
        ("float for int8", FakeClassifier(bundles.weights(1) + np.float32(0.05))),
    ],
)
def test_faults_of_the_model(bundle: Bundle, fault: str, classifier: FakeClassifier) -> None:
    assert not run(bundle, classifier).passed, fault


def test_float_for_int8_in_the_manifest(bundle: Bundle) -> None:
    swapped = {"quant": bundle.manifest.variants["float"], "float": bundle.manifest.variants["quant"]}
    assert not run(replaced(bundle, variants=swapped)).passed


def test_other_labels(bundle: Bundle) -> None:
    result = run(replaced(bundle, labels=Labels(negative="PNEUMONIA", positive="NORMAL")))
    assert not result.passed
    assert "PNEUMONIA" in result.failures[0]


def test_a_stale_threshold(bundle: Bundle) -> None:
    model = bundle.manifest.variants["quant"]
    stale = msgspec.structs.replace(model.operating_points[0], threshold=0.51)
    changed = msgspec.structs.replace(model, operating_points=(stale, *model.operating_points[1:]))
    result = run(replaced(bundle, variants={**bundle.manifest.variants, "quant": changed}))
    assert not result.passed
    assert "balanced=0.51" in result.failures[0]


def test_a_colour_model_fed_with_bgr_is_refused_before_it_runs(bundle: Bundle) -> None:
    model = bundle.manifest.variants["quant"]
    colour = msgspec.structs.replace(model.inputs[0], shape=(1, 224, 224, 3))
    with pytest.raises(BundleError, match="one grey film"):
        classifiers._single_input(msgspec.structs.replace(model, inputs=(colour,)))


def test_a_failure_is_raised_with_what_to_do(bundle: Bundle) -> None:
    from edge_app.system.errors import SelfTestError

    with pytest.raises(SelfTestError, match="Do not use it"):
        run(bundle, FakeClassifier(bundles.weights(2))).require()
