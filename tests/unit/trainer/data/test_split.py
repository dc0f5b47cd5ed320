from __future__ import annotations

import dataclasses
import hashlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_app.bundle import open_bundle
from trainer.data.catalog import Catalog, CatalogFilm, scan
from trainer.data.phash import near_pairs, perceptual_hash
from trainer.data.split import Split, configured_split, make_split
from trainer.task import load_task

TASK = load_task()


def _split(root: Path, **changes: object) -> Split:
    options = {"validation_fraction": 0.2, "seed": 3, **changes}
    return make_split(scan(root, TASK), **options)  # type: ignore[arg-type]


def test_no_patient_stands_on_two_sides(data_set: Path) -> None:
    split = _split(data_set)

    sides = [{film.patient for film in split.side(side)} for side in ("training", "validation", "test")]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]


def test_every_film_is_used_once_and_the_test_folder_is_the_test_side(data_set: Path) -> None:
    split = _split(data_set)

    used = [film.path for film in (*split.training, *split.validation, *split.test, *split.excluded)]
    assert sorted(used) == sorted(film.path for film in scan(data_set, TASK).films)
    assert {film.folder for film in split.test} == {"test"}


def test_the_split_is_stratified_by_kind(data_set: Path) -> None:
    split = _split(data_set)

    for kind in ("normal", "bacterial", "viral"):
        share = sum(film.kind == kind for film in split.validation) / sum(
            film.kind == kind for film in (*split.training, *split.validation)
        )
        assert 0.12 <= share <= 0.28, kind


def test_a_seed_gives_the_same_split_and_another_seed_another(data_set: Path) -> None:
    assert _split(data_set).sha256 == _split(data_set).sha256
    assert _split(data_set).sha256 != _split(data_set, seed=4).sha256


def test_folds_are_disjoint_and_cover_all_patients(data_set: Path) -> None:
    folds = [_split(data_set, fold=fold) for fold in range(5)]

    seen = [film.path for split in folds for film in split.validation]
    assert len(seen) == len(set(seen))
    assert len(seen) == len(folds[0].training) + len(folds[0].validation)


def test_near_copies_of_different_patients_stay_on_one_side(data_set: Path) -> None:
    original = next((data_set / "train" / "NORMAL").glob("IM-0001-0001*"))
    copy = data_set / "train" / "NORMAL" / "IM-5000-0001.jpeg"
    Image.open(original).save(copy, quality=60)

    split = _split(data_set)

    pairs = [pair for pair in split.duplicates if copy.name in pair.first + pair.second]
    assert pairs
    sides = {
        side
        for side in ("training", "validation")
        for film in split.side(side)  # type: ignore[arg-type]
        if film.path.endswith((copy.name, original.name))
    }
    assert len(sides) == 1


def test_a_near_copy_of_a_test_film_is_used_for_nothing(data_set: Path) -> None:
    original = next((data_set / "test" / "PNEUMONIA").iterdir())
    copy = data_set / "train" / "PNEUMONIA" / "person5000_virus_1.jpeg"
    shutil.copy(original, copy)

    split = _split(data_set)

    assert [film.path for film in split.excluded] == [f"train/PNEUMONIA/{copy.name}"]
    assert all(copy.name not in film.path for film in (*split.training, *split.validation))


def test_the_perceptual_hash_survives_jpeg_and_resizing_but_tells_films_apart(data_set: Path) -> None:
    films = sorted((data_set / "train" / "NORMAL").iterdir())[:6]
    hashes = [perceptual_hash(np.asarray(Image.open(film).convert("L"))) for film in films]
    small = perceptual_hash(np.asarray(Image.open(films[0]).convert("L").resize((60, 70))))

    assert (hashes[0] ^ small).bit_count() <= 2
    assert near_pairs(hashes, 6) == []
    assert near_pairs([*hashes, small], 2) == [(0, 6)]


def _drawn_catalog() -> Catalog:
    """Rows without films: patients with one to four films, near-copies across patients and with a test film."""
    random = np.random.default_rng(7)
    films: list[CatalogFilm] = []
    for folder, patients in (("train", 120), ("val", 6), ("test", 30)):
        for number in range(patients):
            for film in range(int(random.integers(1, 5))):
                path = f"{folder}/{int(number % 3 > 0)}/p{number}-{film}.png"
                films.append(
                    CatalogFilm(
                        path=path,
                        folder=folder,  # type: ignore[arg-type]
                        label=int(number % 3 > 0),
                        patient=f"{folder}/p{number}",
                        kind=("normal", "bacterial", "viral")[number % 3],
                        rows=8,
                        columns=8,
                        bytes=1,
                        sha256=hashlib.sha256(path.encode()).hexdigest(),
                        phash=f"{int(random.integers(0, 2**63)):016x}",
                    )
                )
    for original, copy in ((0, 40), (10, 90), (90, 20), (3, len(films) - 2)):
        films[copy] = dataclasses.replace(films[copy], phash=films[original].phash)
    return Catalog(Path(), tuple(sorted(films, key=lambda film: film.path)))


@pytest.mark.parametrize(
    ("options", "sha256"),
    [
        ({}, "6df407655b6ea0a677aa530e19a520788eca0fdcd6aa569fc40f9083090a3c1b"),
        ({"fold": 2}, "46eac717eaf29109028440fcee80f5ebf8061f33d9e7a27916df64525eab7047"),
        ({"training_films": 60}, "32c1868abd4a424acbc96e75df8f65eefb23d89ff5caaf140d344747983bd9d5"),
    ],
)
def test_the_split_is_the_one_of_earlier_versions(options: dict[str, int], sha256: str) -> None:
    assert make_split(_drawn_catalog(), validation_fraction=0.15, seed=1, **options).sha256 == sha256  # type: ignore[arg-type]


@pytest.mark.dataset
def test_the_task_gives_the_split_of_the_shipped_bundle() -> None:
    data = Path(os.environ.get("DATA") or "../shared/data/chest_xray")
    if not (data / "train").is_dir():
        pytest.skip("needs the chest X-ray data set; set DATA")
    split = configured_split(scan(data, TASK), TASK.recipe.data, TASK.recipe.seed)

    assert split.sha256 == open_bundle().manifest.training.split_sha256
