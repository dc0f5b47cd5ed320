from __future__ import annotations

import shutil
from pathlib import Path

from PIL import Image

from trainer.data.catalog import scan
from trainer.data.phash import near_pairs, perceptual_hash
from trainer.data.split import Split, make_split


def _split(root: Path, **changes: object) -> Split:
    options = {"validation_fraction": 0.2, "seed": 3, **changes}
    return make_split(scan(root), **options)  # type: ignore[arg-type]


def test_no_patient_stands_on_two_sides(data_set: Path) -> None:
    split = _split(data_set)

    sides = [{film.patient for film in split.side(side)} for side in ("training", "validation", "test")]
    assert not sides[0] & sides[1]
    assert not sides[0] & sides[2]
    assert not sides[1] & sides[2]


def test_every_film_is_used_once_and_the_test_folder_is_the_test_side(data_set: Path) -> None:
    split = _split(data_set)

    used = [film.path for film in (*split.training, *split.validation, *split.test, *split.excluded)]
    assert sorted(used) == sorted(film.path for film in scan(data_set).films)
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
    import numpy as np

    hashes = [perceptual_hash(np.asarray(Image.open(film).convert("L"))) for film in films]
    small = perceptual_hash(np.asarray(Image.open(films[0]).convert("L").resize((60, 70))))

    assert (hashes[0] ^ small).bit_count() <= 2
    assert near_pairs(hashes, 6) == []
    assert near_pairs([*hashes, small], 2) == [(0, 6)]
