"""The report and the card say what was measured, and say so where nothing was."""

from __future__ import annotations

import numpy as np

from tests.support.manifests import manifest
from trainer.calibration.calibration import JudgedFilms
from trainer.calibration.operating_point import calibrate_file
from trainer.config import OperatingPointConfig
from trainer.data.film_set import FilmSet
from trainer.evaluation.report import calibration_part, calibration_section, evaluate_file, readable
from trainer.packaging.card_sections import further_sections


def _films(count: int = 120) -> tuple[FilmSet, np.ndarray]:
    random = np.random.default_rng(3)
    labels = np.arange(count) % 2
    raw = np.clip(random.normal(np.where(labels == 1, 0.75, 0.25), 0.15), 0.01, 0.99)
    kinds = np.where(labels == 0, "normal", np.where(np.arange(count) % 4 == 1, "viral", "bacterial"))
    films = FilmSet(
        np.zeros((count, 8, 8), np.uint8), labels, (np.arange(count) // 2).astype(str), kinds, ("film",) * count
    )
    return films, raw


def test_every_operating_point_and_the_band_are_stated_with_intervals() -> None:
    films, raw = _films()
    part, estimates = evaluate_file(films, raw, manifest().variant("quant"))

    text = readable({"test": {"quant": part}})

    assert "| balanced | 0.9" in text
    assert "| high-sensitivity | " in text
    assert "Uncertain band of quant" in text
    assert (
        part["operating_points"]["balanced"]["intervals"]["sensitivity"]["value"] == part["metrics"]["recall"]["value"]
    )
    assert estimates["calibration_error_equal_mass"].value > 0


def test_calibration_is_stated_for_plain_and_stressed_films() -> None:
    films, raw = _films()
    logits = np.log(raw / (1 - raw))
    stressed = np.arange(len(raw)) >= 80
    chosen = calibrate_file(JudgedFilms(logits, films.labels, films.patients, stressed), OperatingPointConfig())

    text = calibration_section({"quant": calibration_part(chosen)})

    assert "| quant, plain |" in text
    assert "| quant, stressed |" in text
    assert "10 bins of equal width" in text


def test_without_films_of_another_hospital_the_card_says_so() -> None:
    text = further_sections({}, name_films=False)

    assert "nothing was measured there" in text
