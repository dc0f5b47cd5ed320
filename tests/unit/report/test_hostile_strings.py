"""Strings of a film's header and name that would be code elsewhere: in what is printed, exported and said of it."""

from __future__ import annotations

import csv
import io

import pytest

from edge_app.analysis.gate.population import header_refusal
from edge_app.analysis.record import record_of
from edge_app.imaging.decode import FilmFile, decode_film
from edge_app.report.csv_export import CsvWriter
from edge_app.system.errors import FilmUnreadableError
from tests.support import dicom as d
from tests.support.analyses import failed
from tests.support.films import chest_like

HOSTILE = (
    "<b>x</b><img src=file:///etc/passwd>", "'; DROP TABLE analyses; --", "%s%n%d{0}{name}", "\x1b[2J\x1b]0;x\x07",
    "=cmd|' /C calc'!A0", "+1+1", "@SUM(1)", "\t=1", "x" * 65_000,
)  # fmt: skip
TAGS = (
    0x00080005, 0x00080060, 0x00080068, 0x00080070, 0x00080080, 0x00081030, 0x0008103E, 0x00081090, 0x00100010,
    0x00100020, 0x00100040, 0x00101010, 0x00104000, 0x00180015, 0x00185101, 0x00200010, 0x00200020, 0x00200060,
    0x00200062, 0x00204000,
)  # fmt: skip


@pytest.mark.reliability("A16")
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_what_stands_in_a_header_comes_out_as_short_plain_text(text: str) -> None:
    assert len(TAGS) == 20
    for tag in TAGS:
        elements = {tag: d.text("UT", text)}
        try:
            film = decode_film(FilmFile(d.DicomBuilder(chest_like(80, 64), elements=elements).bytes(), "film"))
        except FilmUnreadableError as error:
            said = error.message
        else:
            refusal = header_refusal(film.acquisition)
            said = " ".join(map(str, (*film.notices, *([refusal.message] if refusal else []))))
        assert "<" not in said
        assert said.isprintable()
        assert len(said) < 400


@pytest.mark.reliability("A16")
@pytest.mark.parametrize("text", HOSTILE[:-1], ids=range(len(HOSTILE) - 1))
def test_what_stands_in_a_name_or_comment_is_no_formula_in_a_table(text: str) -> None:
    stream = io.StringIO()
    write = CsvWriter(stream)
    write(record_of(failed(text)), {"comment": text})
    [row] = csv.DictReader(io.StringIO(stream.getvalue()))
    for cell in (row["path"], row["comment"]):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
        assert cell in (text, f"'{text}")
