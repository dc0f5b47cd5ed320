"""The file of `predict --output`: whole or not there, written by one run, and gone on with after an interruption."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from edge_app.analysis.record import record_of
from edge_app.commands.output import open_output, partial_name
from edge_app.system.errors import PneumoscopeError
from tests.support import analyses

SETTINGS = {"version": "1", "limits": {"max_pixels": 1}}
FILMS = [Path(f"/films/{name}.png") for name in ("a", "=b", 'c "quoted", and\nbroken', "d\udce9", "e")]


def write(path: Path, form: str, films: list[Path], *, stop_after: int | None = None, **settings: Any) -> int:
    """Writes rows as a run does; one that is stopped raises. Returns how many rows were there before."""
    with open_output(path, form, {**SETTINGS, **settings}) as rows:
        left = iter(films)
        before = rows.skip_done(left).total()
        for number, film in enumerate(left, before):
            if number == stop_after:
                raise InterruptedError
            rows.write(record_of(analyses.analysed(str(film))))
    return before


def interrupted(path: Path, form: str, films: list[Path], after: int, **settings: Any) -> None:
    with pytest.raises(InterruptedError):
        write(path, form, films, stop_after=after, **settings)


@pytest.mark.parametrize("form", ["jsonl", "csv"])
@pytest.mark.parametrize("after", [0, 1, 3, 4])
def test_a_run_that_goes_on_writes_what_one_run_would(tmp_path: Path, form: str, after: int) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    assert write(one, form, FILMS) == 0
    interrupted(two, form, FILMS, after)
    assert not two.exists()
    assert write(two, form, FILMS) == after
    assert two.read_bytes() == one.read_bytes()
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}, "nothing is left beside them"


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_row_that_was_cut_by_the_power_is_written_again(tmp_path: Path, form: str) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    write(whole, form, FILMS)
    interrupted(torn, form, FILMS, 2)
    with partial_name(torn).open("ab") as stream:
        stream.write(b'{"path": "/films/c' if form == "jsonl" else b"/films/c")
    assert write(torn, form, FILMS) == 2
    assert torn.read_bytes() == whole.read_bytes()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_rows_of_another_run_are_neither_mixed_nor_lost(tmp_path: Path, form: str) -> None:
    path = tmp_path / "rows"
    interrupted(path, form, FILMS, 2)
    kept = partial_name(path).read_bytes()
    for films, settings in ((FILMS[1:], {}), (FILMS[:1], {}), (FILMS, {"version": "2"}), (FILMS, {"format": "table"})):
        with pytest.raises(PneumoscopeError, match="other films or settings"):
            write(path, form, films, **settings)
        assert partial_name(path).read_bytes() == kept


def test_a_table_is_not_gone_on_with(tmp_path: Path) -> None:
    interrupted(tmp_path / "rows", "table", FILMS, 2)
    with pytest.raises(PneumoscopeError, match="other films or settings"):
        write(tmp_path / "rows", "table", FILMS)


def test_two_runs_do_not_write_one_file(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    with open_output(path, "jsonl", SETTINGS) as rows:
        rows.write(record_of(analyses.analysed("/films/a.png")))
        with pytest.raises(PneumoscopeError, match=r"Another run writes to rows\.jsonl\.partial"):
            write(path, "jsonl", FILMS)
    assert [json.loads(line)["path"] for line in path.read_text().splitlines()] == ["/films/a.png"]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    partial_name(tmp_path / "rows").symlink_to(precious)
    with pytest.raises(PneumoscopeError, match="is a link"):
        write(tmp_path / "rows", "jsonl", FILMS)
    assert precious.read_text() == "mine"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(PneumoscopeError, match="No such file") as caught:
        write(tmp_path / "gone" / "rows", "jsonl", FILMS)
    assert "so far" not in str(caught.value), "nothing was written so far"
