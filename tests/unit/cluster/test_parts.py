"""The output of a long run: whole parts, each film once, and a second run that knows what the first one did."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from edge_app.analysis.record import record_of, to_row
from edge_app.cluster import parts as module
from edge_app.cluster.parts import Form, Parts, locked
from edge_app.system.errors import PneumoscopeError
from edge_app.system.files import FileWriteError
from tests.support import analyses

pytest.importorskip("pyarrow")
SETTINGS = {"variant": "quant", "limits": {"max_pixels": 40}}
FORMS: tuple[Form, ...] = ("parquet", "csv")


def open_parts(folder: Path, form: Form = "parquet", **changes: Any) -> Parts:
    return Parts(folder, form, {**SETTINGS, **changes})


def fill(parts: Parts, *names: bytes) -> None:
    for name in names:
        if parts.claim(name):
            parts.add(name, record_of(analyses.analysed("")))


def rows(folder: Path) -> list[dict[str, Any]]:
    from pyarrow import dataset

    found: list[dict[str, Any]] = []
    for path in sorted(folder.glob("part-*")):
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as stream:
                found += csv.DictReader(stream)
        else:
            found += dataset.dataset(path).to_table().to_pylist()
    return found


@pytest.mark.parametrize("form", FORMS)
def test_what_one_run_wrote_the_next_one_skips(tmp_path: Path, form: Form) -> None:
    first = open_parts(tmp_path, form)
    fill(first, b"/films/a.png", b"/films/b.png", b"/films/a.png")
    assert first.claim(b"/films/lost.png")
    assert rows(tmp_path) == [], "nothing is there by half"
    first.flush()
    second = open_parts(tmp_path, form)
    assert len(second) == 2
    assert not second.claim(b"/films/a.png")
    fill(second, b"/films/b.png", b"/films/lost.png")
    second.flush()
    assert [row["path"] for row in rows(tmp_path)] == ["/films/a.png", "/films/b.png", "/films/lost.png"]
    assert second.statuses == {"analysed": 3}


@pytest.mark.parametrize("form", FORMS)
def test_paths_that_are_no_text_or_look_alike_are_told_apart(tmp_path: Path, form: Form) -> None:
    names = (b"/films/\xe9.png", b"/films/\xff.png", b"=1+1.png", b"'=1+1.png", b"a\rb.png", b"a\nb.png", b'"a", b.png')
    first = open_parts(tmp_path, form)
    fill(first, *names)
    first.add(names[0], structs.replace(record_of(analyses.failed()), reason="\N{REPLACEMENT CHARACTER} is damaged."))
    first.flush()
    second = open_parts(tmp_path, form)
    assert not any(second.claim(name) for name in names)
    assert second.claim("/films/\N{REPLACEMENT CHARACTER}.png".encode())


def test_the_columns_are_those_of_the_csv_with_types(tmp_path: Path) -> None:
    from pyarrow import dataset, types

    fill(open_parts(tmp_path / "csv", "csv"), b"/a.png")
    for form in FORMS:
        parts = open_parts(tmp_path / form, form)
        fill(parts, b"/b.png")
        parts.add(b"/c.png", record_of(analyses.refused()))
        parts.flush()
    schema = dataset.dataset(tmp_path / "parquet").schema
    assert schema.names == list(rows(tmp_path / "csv")[0])
    assert schema.names[-1] == "path_id"
    assert types.is_floating(schema.field("probability").type)
    analysed, refused = rows(tmp_path / "parquet")
    record = to_row(record_of(analyses.analysed("/b.png")))
    for name in ("probability", "band", "model", "total_ms"):
        assert analysed[name] == record[name]
    assert tuple(analysed["quality"]) == record["quality"]
    assert (refused["status"], refused["probability"], refused["reason_code"]) == ("refused", None, "gate.not_chest")
    assert refused["reason"].startswith("The picture does not look like")


def test_a_part_is_written_when_there_are_enough_or_one_has_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ROWS_PER_PART", 3)
    parts = open_parts(tmp_path)
    fill(parts, *(f"/{n}.png".encode() for n in range(7)))
    assert len(rows(tmp_path)) == 6
    monkeypatch.setattr(module, "PART_AGE_S", 0.0)
    fill(parts, b"/7.png")
    assert len(rows(tmp_path)) == 8


def test_a_part_that_could_not_be_written_is_not_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = open_parts(tmp_path)
    fill(parts, b"/a.png")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(module, "_write_parquet", full)
        with pytest.raises(FileWriteError, match="No space left"):
            parts.flush()
    assert rows(tmp_path) == []
    parts.flush()
    assert len(rows(tmp_path)) == 1


@pytest.mark.parametrize("changes", [{"variant": "float"}, {"form": "csv"}, {"limits": {"max_pixels": 80}}])
def test_another_question_does_not_go_on_in_the_same_folder(tmp_path: Path, changes: dict[str, Any]) -> None:
    open_parts(tmp_path)
    with pytest.raises(PneumoscopeError, match=r"begun with another (variant|format|limits)"):
        open_parts(tmp_path, **changes)


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("chapter 1")
    with pytest.raises(PneumoscopeError, match="no output"):
        open_parts(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_two_writers_of_one_folder_are_one_too_many(tmp_path: Path) -> None:
    with locked(tmp_path / "out"):
        with pytest.raises(PneumoscopeError, match="Another process"), locked(tmp_path / "out"):
            pass
        open_parts(tmp_path / "out")
    with locked(tmp_path / "out"):
        pass


@pytest.mark.parametrize("form", FORMS)
def test_a_damaged_part_is_named(tmp_path: Path, form: Form) -> None:
    first = open_parts(tmp_path, form)
    fill(first, *(f"/films/{number}.png".encode() for number in range(50)))
    first.flush()
    (part,) = tmp_path.glob("part-*")
    whole = part.read_bytes()
    damaged = {
        "cut": whole[:-20],
        "empty": b"",
        "noise": bytes(range(256)) * 20,
        "a table of something else": b"name,age\r\nx,1\r\n",
    }
    for what, data in damaged.items():
        part.write_bytes(data)
        if form == "csv" and what == "empty":
            continue  # a CSV without rows is one
        with pytest.raises(PneumoscopeError) as caught:
            open_parts(tmp_path, form)
        assert f"The part {part} is damaged." in caught.value.message, what
        assert "Delete it" in caught.value.hint
    part.unlink()
    assert open_parts(tmp_path, form).claim(b"/films/1.png"), "what the hint says helps"


@pytest.mark.parametrize(
    "name", ["part-x.csv", "part-1.csv", "part-000001 (copy).csv", "part-\u0661\u0661\u0661\u0661\u0661\u0661.csv"]
)
def test_a_file_that_is_only_named_like_a_part_is_named(tmp_path: Path, name: str) -> None:
    open_parts(tmp_path, "csv")
    (tmp_path / name).write_bytes(b"")
    with pytest.raises(PneumoscopeError, match="named like a part") as caught:
        open_parts(tmp_path, "csv")
    assert name in caught.value.message
