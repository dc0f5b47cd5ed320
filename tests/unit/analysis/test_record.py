"""The one row of a result, and that everything else follows from it."""

from __future__ import annotations

import json
from dataclasses import replace

import msgspec
import pytest

from edge_app.analysis.record import Column, Record, columns_of, from_row, record_of, to_json, to_row
from edge_app.system.messages import Message
from tests.support import analyses

OUTSIDE = Message("population.outside", reasons=(Message("population.years", years=45.0),), least=1.0, greatest=5.0)


def test_the_line_of_predict_is_a_contract() -> None:
    line = json.loads(to_json(record_of(analyses.analysed("/films/a.png", ood_score=1.23456), "/maps/a.png")))
    assert list(line) == [
        "path",
        "sha256",
        "status",
        "reason",
        "reason_code",
        "probability",
        "label",
        "band",
        "threshold",
        "ood_score",
        "quality",
        "model",
        "model_sha256",
        "variant",
        "runtime",
        "elapsed_ms",
        "heatmap",
    ]
    assert list(line["elapsed_ms"]) == ["decode", "preprocess", "invoke", "total"]
    assert (line["status"], line["reason"], line["ood_score"]) == ("analysed", None, 1.2346)
    assert (line["quality"], line["heatmap"]) == ([], "/maps/a.png")


def test_a_film_without_a_score_has_a_reason_and_no_number() -> None:
    record = record_of(analyses.failed("/films/a.png"))
    assert (record.sha256, record.probability, record.label, record.band, record.threshold) == (None,) * 5
    assert (
        record.reason == "a.png is damaged or incomplete. Copy or export it again from its source; nothing was scored."
    )
    assert record.reason_code == "file.broken"


def test_bytes_of_a_path_that_are_no_text_survive_json() -> None:
    path = "/films/caf\udce9.png"
    assert json.loads(to_json(record_of(analyses.analysed(path))))["path"] == path


@pytest.mark.parametrize("analysis", [analyses.analysed(quality=(OUTSIDE,)), analyses.failed(), analyses.refused()])
def test_a_flat_row_makes_the_same_record_again(analysis) -> None:
    record = record_of(analysis)
    assert from_row(to_row(record)) == record
    assert tuple(to_row(record)) == tuple(column.name for column in columns_of())


def test_a_row_with_an_impossible_value_is_no_record() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_row({**to_row(record_of(analyses.analysed())), "band": "maybe"})


def test_outside_the_population_is_one_question() -> None:
    analysis = analyses.analysed(quality=(OUTSIDE,))
    assert analysis.is_outside_population
    assert record_of(analysis).is_outside_population
    assert not record_of(replace(analysis, quality=())).is_outside_population


class WiderRecord(Record, frozen=True, kw_only=True):
    routed_by: str | None = None
    evidence_in_lungs: float | None = None


def test_a_new_field_is_one_line() -> None:
    """JSON, CSV, Parquet and the history read the columns; the history's file needs a migration beside it."""
    new = {column.name: column for column in columns_of(WiderRecord)}
    assert new["routed_by"] == Column("routed_by", "text", optional=True)
    assert new["evidence_in_lungs"] == Column("evidence_in_lungs", "number", optional=True)
    wide = WiderRecord(
        **msgspec.structs.asdict(record_of(analyses.analysed())), routed_by="age", evidence_in_lungs=0.75
    )
    assert json.loads(to_json(wide))["routed_by"] == "age"
    assert to_row(wide)["evidence_in_lungs"] == 0.75
    assert from_row(to_row(wide), WiderRecord) == wide
