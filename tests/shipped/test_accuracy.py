"""What the shipped quantized file must be worth on the official test split, measured through `predict`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from edge_app.bundle import open_bundle
from tests.shipped.conftest import Record

pytestmark = pytest.mark.dataset
Predict = Callable[..., list[Record]]


@pytest.fixture(scope="module")
def on_test_films(data_set: Path, predict: Predict) -> dict[str, list[Record]]:
    return {variant: predict("--variant", variant, data_set / "test") for variant in ("quant", "float")}


def _analysed(records: list[Record]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Labels, probabilities and calls of the films that got a probability."""
    scored = [record for record in records if record["status"] == "analysed"]
    labels = np.array(["PNEUMONIA" in Path(record["path"]).parts for record in scored])
    probabilities = np.array([record["probability"] for record in scored])
    return labels, probabilities, np.array([record["label"] == "PNEUMONIA" for record in scored])


def test_nearly_every_test_film_is_scored(on_test_films: dict[str, list[Record]]) -> None:
    records = on_test_films["quant"]
    assert len(records) == 624
    assert sum(record["status"] == "analysed" for record in records) >= 0.98 * 624


def test_the_quantized_file_reaches_its_floor(on_test_films: dict[str, list[Record]]) -> None:
    labels, probabilities, called = _analysed(on_test_films["quant"])

    assert roc_auc_score(labels, probabilities) >= 0.975
    assert called[labels].mean() >= 0.96  # recall
    assert (~called[~labels]).mean() >= 0.88  # specificity


@pytest.mark.reliability("B6", part="the films state no sex and no age")
def test_quantization_changes_few_decisions(on_test_films: dict[str, list[Record]]) -> None:
    quant = {r["path"]: r for r in on_test_films["quant"] if r["status"] == "analysed"}
    exact = {r["path"]: r for r in on_test_films["float"] if r["status"] == "analysed"}
    both = sorted(quant.keys() & exact.keys())

    changed = np.mean([quant[path]["label"] != exact[path]["label"] for path in both])
    labels = ["PNEUMONIA" in Path(path).parts for path in both]
    areas = [roc_auc_score(labels, [source[path]["probability"] for path in both]) for source in (exact, quant)]

    assert changed <= 0.01
    assert areas[0] - areas[1] <= 0.002


def test_the_quantized_file_is_small() -> None:
    assert open_bundle().manifest.variant("quant").file.bytes <= 3_200_000


@pytest.mark.reliability("C9", part="three figures")
def test_the_model_card_states_the_metrics_of_the_manifest() -> None:
    bundle = open_bundle()
    card = (bundle.directory / "MODEL_CARD.md").read_text(encoding="utf-8")
    for name in ("recall", "specificity", "roc_auc"):
        assert f"{bundle.manifest.metrics['quant'][name].value:.3f}" in card


def test_the_readme_names_the_run_of_the_shipped_bundle() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert f"run `{open_bundle().manifest.training.run}`" in " ".join(readme.split())


def test_films_of_original_size_are_answered_like_their_small_twins(data_set: Path, predict: Predict) -> None:
    originals = data_set.parent / "originals"
    if not originals.is_dir():
        pytest.skip("needs the films of original size beside the data set")
    large = {Path(record["path"]).name: record for record in predict(originals)}
    small = {
        Path(record["path"]).name: record
        for record in predict(*(data_set / "train" / p.relative_to(originals) for p in sorted(originals.glob("*/*"))))
    }
    both = [name for name in large if large[name]["status"] == small[name]["status"] == "analysed"]

    assert len(large) == len(small) == 48
    assert len(both) >= 46
    assert sum(large[name]["label"] != small[name]["label"] for name in both) <= 2
    assert np.median([abs(large[name]["probability"] - small[name]["probability"]) for name in both]) <= 0.05


@pytest.mark.reliability("B3", part="within 2/256; aarch64 by `make test-pi`")
def test_both_runtimes_give_the_same_answers(data_set: Path, predict: Predict) -> None:
    films = sorted((data_set / "test").glob("*/*"))[::13]
    answers = {runtime: predict("--runtime", runtime, *films) for runtime in ("litert", "tflite-runtime")}

    pairs = list(zip(*answers.values(), strict=True))
    assert [a["label"] for a, _ in pairs] == [b["label"] for _, b in pairs]
    differences = [abs(a["probability"] - b["probability"]) for a, b in pairs if a["status"] == "analysed"]
    assert max(differences) <= 2 / 256
