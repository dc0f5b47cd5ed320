from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_app.analysis.record import record_of
from edge_app.records.worklist import Review
from edge_app.report.csv_export import CsvWriter, escaped, write_list
from edge_app.system.messages import Message
from tests.support import analyses


def test_the_columns_are_those_of_predict_and_the_readers_own(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    analysis = analyses.analysed("/films/a.png", quality=(Message("a"), Message("b")))
    count = write_list(
        path,
        [
            (analysis, Review("agree", 'says "clear", twice\nsure')),
            (analyses.failed("/films/=cmd.png"), Review("disagree", "=1+1")),
        ],
    )
    assert count == 2
    with path.open(encoding="utf-8-sig", newline="") as stream:
        first, second = csv.DictReader(stream)
    assert list(first)[:5] == ["path", "sha256", "status", "reason", "reason_code"]
    assert (first["probability"], first["band"], first["quality"]) == ("0.9", "positive", "a b")
    assert (first["verdict"], first["comment"]) == ("agree", 'says "clear", twice\nsure')
    assert first["total_ms"] == "6"
    assert (second["status"], second["probability"], second["reason_code"]) == ("failed", "", "file.broken")
    assert second["comment"] == "'=1+1"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_what_a_spreadsheet_would_run_is_text(start: str) -> None:
    assert escaped(f"{start}cmd|' /C calc'!A0") == f"'{start}cmd|' /C calc'!A0"


def test_a_carriage_return_neither_runs_nor_ends_the_row() -> None:
    assert escaped("\r=1") == "'\n=1"
    assert escaped("a\r\nb\rc") == "a\nb\nc"


def test_numbers_and_harmless_text_stay_as_they_are() -> None:
    assert (escaped(-0.5), escaped(None), escaped("a=b")) == (-0.5, None, "a=b")


@given(st.text())
def test_any_text_can_be_written_and_read_back(text: str) -> None:
    stream = io.StringIO(newline="")
    CsvWriter(stream)(record_of(analyses.analysed()), {"comment": text})
    assert stream.getvalue().encode("utf-8")
    stream.seek(0)
    [row] = csv.DictReader(stream)
    assert row["comment"] == str(escaped(text))


def test_a_name_that_is_no_text_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    write_list(path, [(analyses.analysed("/films/caf\udce9.png"), Review())])
    assert "caf�.png" in path.read_text(encoding="utf-8-sig")


def test_an_empty_list_is_an_empty_file(tmp_path: Path) -> None:
    assert write_list(tmp_path / "list.csv", []) == 0
    assert (tmp_path / "list.csv").read_text(encoding="utf-8-sig") == ""
