"""Recalibration: what it promises, what it refuses, and that a real bundle comes out consistent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_app.analysis.pipeline import Pipeline
from edge_app.bundle import open_bundle
from edge_app.bundle.bundle import SHIPPED_BUNDLE
from edge_app.bundle.manifest import Labels
from tests.acceptance.corpus import data_set as real_data_set
from tests.support.manifests import manifest
from trainer.calibration.calibration import LabelledLogits
from trainer.calibration.operating_point import calibrate_file
from trainer.commands.recalibrate import (
    before_and_after,
    changes_section,
    patients_needed,
    recalibrate,
    require_enough,
)
from trainer.commands.site_scores import ScoredSite, score_site
from trainer.config import OperatingPointConfig
from trainer.data.listing import ListedFilm, list_labelled
from trainer.errors import DataError
from trainer.evaluation.predictions import Scores
from trainer.statistics.metrics import wilson
from trainer.task import load_task


def site_of(logits: np.ndarray, labels: np.ndarray) -> ScoredSite:
    grids, features = np.zeros((len(labels), 7, 7), np.float32), np.zeros((len(labels), 4), np.float32)
    scores = Scores(1 / (1 + np.exp(-logits)), grids, features)
    return ScoredSite(
        dict.fromkeys(("quant", "float"), scores),
        labels,
        np.arange(len(labels)).astype(str),
        tuple(f"{i:064d}" for i in range(len(labels))),
        0,
        (),
    )


def shifted_site(films: int = 400, shift: float = -3.0) -> ScoredSite:
    """A site whose films all score lower than at home, where the threshold is a logit of 0."""
    random = np.random.default_rng(0)
    labels = np.arange(films) % 2
    return site_of(random.normal(np.where(labels == 1, 2.5, -2.5), 1.2) + shift, labels)


def test_the_number_of_patients_keeps_the_promise_and_one_less_does_not() -> None:
    needed = patients_needed(0.05)

    assert 60 < needed < 100
    kept, broken = (wilson(round(0.95 * count), count) for count in (needed, needed - 1))
    assert kept.high - kept.low <= 0.1 < broken.high - broken.low
    assert patients_needed(0.02) > 400


def test_too_few_patients_are_refused_with_the_number_that_is_needed() -> None:
    site = shifted_site(60)

    with pytest.raises(DataError, match=rf"30 of NORMAL, 30 of PNEUMONIA.*needs {patients_needed(0.05)} patients"):
        require_enough(site, 0.05, Labels())
    require_enough(site, 0.12, Labels())


def test_many_films_of_few_patients_are_few() -> None:
    site = shifted_site(400)
    site.patients[:] = np.where(site.labels == 1, "one", site.patients)

    with pytest.raises(DataError, match="200 of NORMAL, 1 of PNEUMONIA"):
        require_enough(site, 0.05, Labels())


def test_a_shifted_site_is_mended_and_both_are_shown() -> None:
    site = shifted_site()
    new = calibrate_file(site.labelled_logits("quant"), OperatingPointConfig())

    changes = before_and_after(site.labelled_logits("quant"), manifest().variant("quant"), new)

    assert changes["before"]["sensitivity"].value < 0.6
    assert changes["after"]["sensitivity"].value > 0.93
    assert changes["after"]["specificity"].value > 0.93
    assert changes["after"]["calibration_error"].value < 0.05 < changes["before"]["calibration_error"].value
    text = changes_section({"quant": changes}, site)
    assert "| quant, before |" in text
    assert "| quant, after |" in text


def test_a_site_is_judged_without_stressed_films() -> None:
    judged = shifted_site().labelled_logits("float")

    assert isinstance(judged, LabelledLogits)
    assert not judged.stressed.any()


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")

    with pytest.raises(DataError, match="exists and is no bundle"):
        recalibrate(open_bundle(SHIPPED_BUNDLE), (), tmp_path, OperatingPointConfig())


@pytest.fixture(scope="module")
def real_films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """40 real films of each class as links, a picture of noise among the normal ones, and one film twice."""
    data = real_data_set() / "train"
    if not data.is_dir():
        pytest.skip("needs the chest X-ray data set; set DATA")
    folder = tmp_path_factory.mktemp("site")
    for name in ("NORMAL", "PNEUMONIA"):
        (folder / name).mkdir()
        chosen = sorted((data / name).iterdir())
        for film in chosen[:: len(chosen) // 40][:40]:
            (folder / name / film.name).symlink_to(film.resolve())
    noise = np.random.default_rng(0).integers(0, 256, (300, 300), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "NORMAL" / "noise.png")
    (folder / "PNEUMONIA" / "zz_again.jpeg").symlink_to(film.resolve())
    return folder


@pytest.mark.dataset
def test_a_real_bundle_is_recalibrated_and_stays_consistent(real_films: Path, tmp_path: Path) -> None:
    old, out = open_bundle(SHIPPED_BUNDLE), tmp_path / "new"

    report = recalibrate(
        old,
        list_labelled(real_films, old.manifest.labels, load_task().films),
        out,
        OperatingPointConfig(),
        half_width=0.12,
    )

    new = open_bundle(out)
    about = new.manifest.recalibration
    assert about is not None
    assert about.films + 2 >= 80  # noise and the twin are left out; the gate may refuse a film or two
    assert about.base_uid == old.manifest.identity.uid != new.manifest.identity.uid
    assert "films were left out" in report
    for variant in ("quant", "float"):
        assert new.model_bytes(variant) == old.model_bytes(variant)
        assert new.manifest.variant(variant).operating_point() != old.manifest.variant(variant).operating_point()
    assert new.gate_bytes() == old.gate_bytes()
    card = (out / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "## Recalibrated for a site" in card
    assert report in card
    film = next((real_films / "PNEUMONIA").iterdir())
    analysis = Pipeline(new).analyse(film)
    assert analysis.decision is not None
    assert analysis.decision.threshold == new.manifest.variant("quant").operating_point().threshold


@pytest.mark.dataset
def test_what_is_left_out_is_named_with_its_reason(real_films: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpeg"
    broken.write_bytes(b"\xff\xd8\xff no film")
    film = sorted((real_films / "NORMAL").glob("IM*"))[0]
    files = (
        ListedFilm(film, 0, "a", ""),
        ListedFilm(broken, 0, "b", ""),
        ListedFilm(real_films / "NORMAL" / "noise.png", 0, "c", ""),
        ListedFilm(film, 0, "d", ""),
    )

    site = score_site(open_bundle(SHIPPED_BUNDLE), files)

    assert [path.name for path, _ in site.left_out] == ["broken.jpeg", "noise.png", film.name]
    assert len(site.labels) == 1
    with pytest.raises(DataError, match="same image under both labels"):
        score_site(open_bundle(SHIPPED_BUNDLE), (files[0], ListedFilm(film, 1, "e", "")))
