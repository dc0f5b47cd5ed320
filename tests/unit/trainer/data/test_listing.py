"""How a site may list its films, and what is said of a list that cannot be used."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from edge_app.bundle.manifest import Labels
from tests.support.data_sets import write_film
from trainer.data.listing import ListedFilm, list_films, list_labelled
from trainer.errors import DataError
from trainer.task import Columns, Films, Task, load_task

TASK = load_task()


def list_site_films(source: Path) -> list[ListedFilm]:
    return list_labelled(source, Labels(), TASK.films)


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

    assert [(film.label, film.patient) for film in films] == [(0, "p1"), (1, "p1"), (1, "z")]


def test_every_unusable_line_is_named(tmp_path: Path) -> None:
    _films(tmp_path, "x.png")
    (tmp_path / "films.csv").write_text("path,label\nx.png,sick\ngone.png,NORMAL\nx.png,NORMAL\n")

    with pytest.raises(
        DataError, match=r"2 lines(.|\n)*line 2: label 'sick' is not one(.|\n)*line 3: there is no file gone.png"
    ):
        list_site_films(tmp_path / "films.csv")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: None, "There is no"),
        (lambda folder: folder.mkdir(), "lacks NORMAL and PNEUMONIA"),
        (lambda folder: [(folder / name).mkdir(parents=True) for name in ("NORMAL", "PNEUMONIA")], "holds no film of"),
        (lambda folder: folder.write_text("file,class\n"), "lacks the column path and the column label"),
    ],
)
def test_what_is_no_listing_is_refused(tmp_path: Path, make, words: str) -> None:
    source = tmp_path / "site"
    make(source)

    with pytest.raises(DataError, match=words):
        list_site_films(source)


LISTED = Films(columns=Columns(side="part", patient="who", kind="reading", source="unit"))


def _listing(folder: Path, *lines: str) -> Path:
    _films(folder, *(line.split(",")[0] for line in lines))
    (folder / "films.csv").write_text("\n".join(["path,label,who,part,reading,unit", *lines]) + "\n")
    return folder


def _task(films: Films) -> Task:
    return msgspec.structs.replace(TASK, films=films)


def test_a_listing_with_sides_keeps_them_and_its_columns_are_read(tmp_path: Path) -> None:
    root = _listing(
        tmp_path,
        *("a.png,NORMAL,7,train,clear,east", "b.png,PNEUMONIA,8,val,dense,east"),
        *("c.png,PNEUMONIA,7,test,dense,west", "d.png,NORMAL,9,test,clear,east"),
    )

    films = list_films(root, _task(msgspec.structs.replace(LISTED, listing="films.csv")))

    assert [film.folder for film in films] == ["train", "val", "test", "test"]
    assert [film.patient for film in films] == ["east/7", "east/8", "west/7", "east/9"]
    assert (films[1].kind, films[1].source) == ("dense", "east")


def test_a_patient_on_both_sides_is_refused(tmp_path: Path) -> None:
    root = _listing(
        tmp_path,
        *("a.png,NORMAL,7,train,,", "b.png,PNEUMONIA,8,train,,", "c.png,PNEUMONIA,8,test,,", "d.png,NORMAL,9,test,,"),
    )

    with pytest.raises(DataError, match="1 patients have films both in test and outside of it"):
        list_films(root, _task(msgspec.structs.replace(LISTED, listing="films.csv")))


def test_a_column_that_the_task_names_and_the_listing_lacks_is_refused(tmp_path: Path) -> None:
    root = _listing(tmp_path, "a.png,NORMAL,7,train,,")

    with pytest.raises(DataError, match="lacks the column group") as caught:
        list_films(root, _task(Films(listing="films.csv", columns=Columns(patient="group"))))
    assert "path, label, who" in caught.value.hint


def test_the_drawn_test_split_takes_whole_patients_and_keeps_them_when_films_are_added(tmp_path: Path) -> None:
    lines = [f"p{who}-{film}.png,{('NORMAL', 'PNEUMONIA')[who % 2]},{who},,," for who in range(60) for film in (0, 1)]
    films = Films(listing="films.csv", columns=Columns(patient="who"), test_share=0.3)
    first = list_films(_listing(tmp_path / "first", *lines[:80]), _task(films))
    more = list_films(_listing(tmp_path / "more", *lines), _task(films))

    def test_patients(found: list[ListedFilm]) -> set[str]:
        return {film.patient for film in found if film.folder == "test"}

    assert not test_patients(first) & {film.patient for film in first if film.folder == "train"}
    assert test_patients(first) == test_patients(more) & {film.patient for film in first}
    assert 0.1 < len(test_patients(more)) / 60 < 0.5
