"""The measures of heat maps on a net of which it is known what it looks for: a bright patch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from msgspec import structs

from trainer.data.film_set import FilmSet
from trainer.data.lung_masks import LungMasks
from trainer.data.second_site import SiteFilms
from trainer.evaluation.predictions import score_tflite
from trainer.export.convert import convert
from trainer.export.describe import draft
from trainer.export.fold_input import fold_input
from trainer.export.graph import export_graph
from trainer.heat_map_quality.deletion_insertion import SHOWN
from trainer.heat_map_quality.heat_map_plot import draw_heat_maps
from trainer.heat_map_quality.heat_map_report import heat_map_page, heat_map_section
from trainer.heat_map_quality.heat_maps import Sample, heat_map_quality
from trainer.heat_map_quality.map_checks import CHANGES, CUTS
from trainer.heat_map_quality.randomisation import STEPS, cascade


@pytest.fixture(scope="module")
def found(small_model: keras.Model, small_films: tuple[np.ndarray, np.ndarray]) -> dict[str, Any]:
    films, labels = small_films
    data = convert(fold_input(export_graph(small_model)), films[:40])["float"]
    model = draft("float.tflite", data)
    scores = score_tflite(films, data, model)
    # This net sees many patches as less darkness than elsewhere: it calls positive what it has evidence for.
    seen = scores.probability[scores.evidence.max(axis=(1, 2)) > 0.1 * scores.evidence.max()]
    points = (structs.replace(model.operating_points[0], threshold=float(np.median(seen))),)
    patients = np.array([f"p{index // 2}" for index in range(len(labels))])
    test = FilmSet(films, labels, patients, np.where(labels == 1, "viral", "normal"), tuple(patients.tolist()))
    away = SiteFilms(
        films[:12],
        tuple(f"q{index}" for index in range(12)),
        np.full(12, 40.0),
        ("AP", "PA") * 6,
        labels[:12],
        ("",) * 12,
    )
    rows, columns = np.mgrid[0:224, 0:224] / 224
    bits = np.packbits((np.abs(columns - 0.5) > 0.1) & (np.abs(columns - 0.5) < 0.4) & (np.abs(rows - 0.5) < 0.4))
    done: list[tuple[int, int]] = []
    quality = heat_map_quality(
        test,
        small_model,
        data,
        structs.replace(model, operating_points=points),
        away=away,
        masks=LungMasks("0" * 64, dict.fromkeys(patients[::2], bits)),
        seed=1,
        sample=Sample(home=60, away=6, removal=10, randomisation=6),
        progress=lambda now, total: done.append((now, total)),
    )
    assert done[-1][0] == done[-1][1]
    return quality


def test_it_can_be_written_as_json(found: dict[str, Any]) -> None:
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_taking_the_evidence_away_harms_more_than_taking_a_random_place_away(found: dict[str, Any]) -> None:
    maps = found["removal"]["maps"]
    for blind in ("random", "another film's evidence"):
        assert maps[blind]["deletion_against_shown"]["value"] > 0, blind
        assert maps[blind]["insertion_against_shown"]["value"] < 0, blind
    assert maps[SHOWN]["deletion"]["value"] < maps[SHOWN]["insertion"]["value"]


@pytest.mark.reliability("C7", part="no mirrored film")
def test_shuffled_weights_undo_the_map_and_leave_the_model_alone(
    small_model: keras.Model, small_films: tuple[np.ndarray, np.ndarray]
) -> None:
    before = [weight.copy() for weight in small_model.get_weights()]
    films = small_films[0][1:17:2]
    _, *steps = cascade(small_model, films, seed=0)
    assert len(steps) == STEPS
    assert steps[-1].layers == sum(bool(layer.weights) for layer in small_model.layers)
    assert steps[-1].layer == "stem"
    assert abs(steps[-1].rank_correlation) < 0.5
    assert all(np.array_equal(a, b) for a, b in zip(before, small_model.get_weights(), strict=True))


def test_every_change_and_cut_is_measured(found: dict[str, Any]) -> None:
    assert list(found["changes"]) == list(CHANGES)
    assert list(found["home"]["cuts"]) == list(CUTS)
    assert found["home"]["lung_area"]["value"] == pytest.approx(0.48, abs=0.02)
    assert "cuts" not in found["away"]  # no drawn masks there, and this net has no lung head
    assert found["changes"]["JPEG, quality 75"]["similarity"]["value"] > 0.7
    assert found["home"]["roc_auc"]["value"] > 0.9


def test_the_card_says_it_in_words_and_the_page_in_tables(found: dict[str, Any], tmp_path: Path) -> None:
    section = heat_map_section(found)
    assert f"{found['home']['lung_share_called_positive']['value']:.0%}" in section
    assert "AUC" in section
    for name in found["removal"]["maps"]:
        assert f"| {name} |" in section
    assert heat_map_section({}) == ""
    assert section in heat_map_page(found, "small 1")
    draw_heat_maps(found, tmp_path / "maps.png")
    assert (tmp_path / "maps.png").stat().st_size > 10_000
