from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from trainer.data.catalog import Catalog, catalog_sha256
from trainer.data.catalog import scan as scan_task
from trainer.errors import DataError
from trainer.task import load_task

TASK = load_task()


def scan(root: Path) -> Catalog:
    return scan_task(root, TASK)


def test_every_film_is_listed_with_patient_and_kind(data_set: Path) -> None:
    catalog = scan(data_set)

    assert len(catalog.films) == 2 * 2 * (24 + 2 + 6)
    film = next(film for film in catalog.films if film.path.startswith("train/PNEUMONIA/person1_bacteria"))
    assert (film.label, film.patient, film.kind) == (1, "train/person1", "bacterial")
    assert (film.rows, film.columns) == (100, 90)
    assert film.bytes == (data_set / film.path).stat().st_size


def test_numbers_restart_in_the_test_folder_so_patients_differ(data_set: Path) -> None:
    catalog = scan(data_set)

    patients = {folder: {film.patient for film in catalog.of(folder)} for folder in ("train", "test")}
    assert not patients["train"] & patients["test"]


@pytest.mark.parametrize(
    ("name", "label", "expected"),
    [
        ("person63_bacteria_306.jpeg", 1, ("person63", "bacterial")),
        ("person1345_virus_2317_1.jpeg", 1, ("person1345", "viral")),
        ("IM-0115-0001.jpeg", 0, ("im-0115", "")),
        ("NORMAL2-IM-1337-0001-0002.jpeg", 0, ("normal2-im-1337", "")),
        ("scan7.png", 1, ("", "")),
    ],
)
def test_patient_and_kind_are_read_off_the_name(name: str, label: int, expected: tuple[str, str]) -> None:
    assert TASK.films.read_name(name, label) == expected


def test_a_missing_folder_says_what_to_give(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist") as caught:
        scan(tmp_path / "nothing")
    assert "DATA=" in caught.value.hint


def test_another_layout_names_what_is_missing(data_set: Path) -> None:
    shutil.rmtree(data_set / "val" / "NORMAL")
    with pytest.raises(DataError, match="lacks val/NORMAL"):
        scan(data_set)


def test_a_folder_too_high_is_recognised(data_set: Path) -> None:
    with pytest.raises(DataError) as caught:
        scan(data_set.parent)
    assert f"Did you mean {data_set}?" in caught.value.hint


def test_an_empty_class_is_named(data_set: Path) -> None:
    for film in (data_set / "test" / "NORMAL").iterdir():
        film.unlink()
    with pytest.raises(DataError, match="no films in test/NORMAL"):
        scan(data_set)


def test_all_unreadable_films_are_listed_not_only_the_first(data_set: Path) -> None:
    films = sorted((data_set / "train" / "NORMAL").iterdir())
    films[0].write_bytes(b"")
    films[3].write_bytes(films[3].read_bytes()[:200])
    films[5].write_text("no picture")

    with pytest.raises(DataError) as caught:
        scan(data_set)

    assert caught.value.message.startswith("3 of ")
    for film in (films[0], films[3], films[5]):
        assert film.name in caught.value.message


def test_one_picture_under_both_labels_is_refused(data_set: Path, write_film: Callable[[Path, int], None]) -> None:
    write_film(data_set / "train" / "NORMAL" / "IM-7777-0001.jpeg", 4242)
    write_film(data_set / "train" / "PNEUMONIA" / "person7777_virus_1.jpeg", 4242)

    with pytest.raises(DataError, match="under both labels") as caught:
        scan(data_set)
    assert "IM-7777-0001.jpeg" in caught.value.message
    assert "person7777_virus_1.jpeg" in caught.value.message


def test_the_identity_of_a_data_set_changes_with_one_film(
    data_set: Path, write_film: Callable[[Path, int], None]
) -> None:
    before = catalog_sha256(scan(data_set))
    assert catalog_sha256(scan(data_set)) == before

    write_film(next((data_set / "val" / "NORMAL").iterdir()), 999)
    assert catalog_sha256(scan(data_set)) != before
