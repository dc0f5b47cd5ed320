"""The report and the card say what was measured, and say so where nothing was."""

from __future__ import annotations

import dataclasses

import msgspec
import numpy as np
import pytest

from edge_app.bundle import open_bundle
from tests.support.manifests import manifest
from trainer.calibration.calibration import LabelledLogits
from trainer.calibration.operating_point import calibrate_file
from trainer.config import OperatingPointConfig
from trainer.data.film_set import FilmSet
from trainer.evaluation.figures import BundleFigures, read_metrics
from trainer.evaluation.file_figures import calibration_figures, evaluate_file
from trainer.evaluation.report import calibration_section, evaluation_section
from trainer.packaging.card_sections import extra_sections
from trainer.packaging.model_card import render


def _films(count: int = 120) -> tuple[FilmSet, np.ndarray]:
    random = np.random.default_rng(3)
    labels = np.arange(count) % 2
    raw = np.clip(random.normal(np.where(labels == 1, 0.75, 0.25), 0.15), 0.01, 0.99)
    kinds = np.where(labels == 0, "normal", np.where(np.arange(count) % 4 == 1, "viral", "bacterial"))
    films = FilmSet(
        np.zeros((count, 8, 8), np.uint8), labels, (np.arange(count) // 2).astype(str), kinds, ("film",) * count
    )
    return films, raw


def _measured() -> BundleFigures:
    """The figures of the shipped bundle, to be changed."""
    return read_metrics(open_bundle().directory)


def test_every_operating_point_and_the_band_are_stated_with_intervals() -> None:
    films, raw = _films()
    found = evaluate_file(films, raw, manifest().variant("quant"))

    text = evaluation_section(msgspec.structs.replace(_measured(), test={"quant": found}, validation={}))

    assert "| balanced | 0.9" in text
    assert "| high-sensitivity | " in text
    assert "Uncertain band of quant" in text
    assert "Validation films" not in text
    point = found.operating_points["balanced"]
    assert point.sensitivity.value == found.metrics["recall"].value
    assert point.true_positives + point.false_negatives == found.positive == 60
    assert found.metrics["calibration_error_equal_mass"].value > 0


def test_sources_and_kinds_are_stated_apart() -> None:
    films, raw = _films()
    # In the west half of the answers are turned round.
    west = np.arange(len(raw)) % 8 < 2
    mixed = dataclasses.replace(films, sources=np.where(west, "west wing", "east"))

    found = evaluate_file(mixed, np.where(west, 1 - raw, raw), manifest().variant("quant")).metrics

    assert found["roc_auc_west_wing"].value < 0.5 < found["roc_auc_east"].value
    assert {"recall_viral", "recall_bacterial"} <= set(found)


def test_calibration_is_stated_for_plain_and_stressed_films() -> None:
    films, raw = _films()
    logits = np.log(raw / (1 - raw))
    stressed = np.arange(len(raw)) >= 80
    chosen = calibrate_file(LabelledLogits(logits, films.labels, films.patients, stressed), OperatingPointConfig())

    text = calibration_section({"quant": calibration_figures(chosen)})

    assert "| quant, plain |" in text
    assert "| quant, stressed |" in text
    assert "10 bins of equal width" in text


def test_without_films_of_another_hospital_the_card_says_so() -> None:
    text = extra_sections(msgspec.structs.replace(_measured(), external_site=None), name_films=False)

    assert "nothing was measured there" in text


@pytest.mark.reliability("C9", part="from stored figures, not from stored predictions")
def test_the_shipped_card_is_what_its_figures_give() -> None:
    bundle = open_bundle()
    card = (bundle.directory / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert card == render(bundle.manifest, read_metrics(bundle.directory))
