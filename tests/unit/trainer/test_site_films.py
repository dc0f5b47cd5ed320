"""How a site may list its films, and what is said of a list that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.data_sets import write_film
from trainer.data.site_films import list_site_films
from trainer.errors import DataError


def _films(folder: Path, *names: str) -> None:
    for seed, name in enumerate(names):
        write_film(folder / name, seed)


def test_a_folder_is_read_by_class_and_patients_by_name(tmp_path: Path) -> None:
    _films(
        tmp_path, "NORMAL/a.png", "NORMAL/deep/b.png", "PNEUMONIA/person7_virus_1.png", "PNEUMONIA/person7_virus_2.png"
    )

    films = list_site_films(tmp_path)

    assert [(film.path.name, film.label) for film in films] == [
        ("a.png", 0),
        ("b.png", 0),
        ("person7_virus_1.png", 1),
        ("person7_virus_2.png", 1),
    ]
    assert len({film.patient for film in films}) == 3


def test_a_csv_names_label_and_patient(tmp_path: Path) -> None:
    _films(tmp_path, "x.png", "sub/y.png", "z.png")
    (tmp_path / "films.csv").write_text("path,label,patient\nx.png,normal,p1\nsub/y.png,PNEUMONIA,p1\nz.png,1,\n")

    films = list_site_films(tmp_path / "films.csv")

    assert [(film.label, film.patient) for film in films] == [(0, "p1"), (1, "p1"), (1, "PNEUMONIA/z")]


def test_every_unusable_line_is_named(tmp_path: Path) -> None:
    _films(tmp_path, "x.png")
    (tmp_path / "films.csv").write_text("path,label\nx.png,sick\ngone.png,NORMAL\nx.png,NORMAL\n")

    with pytest.raises(DataError, match=r"2 lines(.|\n)*line 2: label 'sick'(.|\n)*line 3: there is no file gone.png"):
        list_site_films(tmp_path / "films.csv")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "There is no"),
        (lambda folder: folder.mkdir(), "lacks NORMAL and PNEUMONIA"),
        (lambda folder: [(folder / name).mkdir(parents=True) for name in ("NORMAL", "PNEUMONIA")], "holds no film of"),
        (lambda folder: folder.write_text("file,class\n"), "lacks the column path or label"),
    ],
)
def test_what_is_no_listing_is_refused(tmp_path: Path, make, words: str) -> None:
    source = tmp_path / "site"
    make(source)

    with pytest.raises(DataError, match=words):
        list_site_films(source)
