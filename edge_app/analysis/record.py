"""The row of a result. JSON, CSV, Parquet, history and reports take their fields from it.

A new field needs one line in `Record`, its value in `record_of`, and one migration of the history
(`edge_app/records/history_db.py`). A label `column.NAME` in the catalogue of messages adds it to the reports.
"""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

import msgspec

from edge_app.analysis.analysis import Analysis, Status
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle.decision import Band


class ElapsedMs(msgspec.Struct, frozen=True, kw_only=True):
    """Wall-clock milliseconds of each stage; 0 if it did not run."""

    decode: float
    preprocess: float
    invoke: float
    total: float


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """The row of a result, as printed by `predict --format jsonl`. Scripts depend on its fields.

    Attributes:
        path: Path from the caller.
        sha256: Hash of the file; None if it could not be read.
        status: `analysed`, `refused` or `failed`.
        reason: Reason for a missing probability, in English; None if analysed.
        reason_code: Code of the reason, for scripts.
        probability: Calibrated, 0..1, 6 decimals; None unless analysed.
        label: Name of the class; None unless analysed.
        band: `negative`, `uncertain` or `positive`; None unless analysed.
        threshold: Threshold of the operating point, 6 decimals; None unless analysed.
        ood_score: Distance from the known films, 4 decimals; None if not computed.
        quality: Codes of the notices.
        model: Name and version.
        model_sha256: Hash of the model file.
        variant: `quant` or `float`.
        runtime: Name and version of the interpreter.
        elapsed_ms: Time of each stage, 2 decimals.
        heatmap: Path of the written heat map; None for none.
    """

    path: str
    sha256: str | None
    status: Status
    reason: str | None
    reason_code: str | None
    probability: float | None
    label: str | None
    band: Band | None
    threshold: float | None
    ood_score: float | None
    quality: tuple[str, ...]
    model: str
    model_sha256: str
    variant: str
    runtime: str
    elapsed_ms: ElapsedMs
    heatmap: str | None

    @property
    def is_outside_population(self) -> bool:
        """Whether the model was not validated for this patient, so that the score must not be used."""
        return OUTSIDE_CODE in self.quality


class Column(NamedTuple):
    """A column of a flat row.

    Attributes:
        name: Name; the nested field `elapsed_ms.total` becomes `total_ms`.
        kind: `text`, `number`, or `texts` for several.
        optional: Whether the value may be None.
    """

    name: str
    kind: Literal["text", "number", "texts"]
    optional: bool


def record_of(analysis: Analysis, heatmap: str | None = None) -> Record:
    """Returns the row of an analysis; `heatmap` is the path of its written heat map."""
    decision, timings = analysis.decision, analysis.timings
    return Record(
        path=analysis.path,
        sha256=analysis.sha256 or None,
        status=analysis.status,
        reason=str(analysis.reason) if analysis.reason else None,
        reason_code=analysis.reason.code if analysis.reason else None,
        probability=round(decision.probability, 6) if decision else None,
        label=decision.label if decision else None,
        band=decision.band if decision else None,
        threshold=round(decision.threshold, 6) if decision else None,
        ood_score=None if analysis.ood_score is None else round(analysis.ood_score, 4),
        quality=tuple(notice.code for notice in analysis.quality),
        model=analysis.model.name,
        model_sha256=analysis.model.sha256,
        variant=analysis.model.variant,
        runtime=analysis.model.runtime,
        elapsed_ms=ElapsedMs(
            decode=round(timings.decode_ms, 2),
            preprocess=round(timings.preprocess_ms, 2),
            invoke=round(timings.invoke_ms, 2),
            total=round(timings.total_ms, 2),
        ),
        heatmap=heatmap,
    )


def to_json(record: Record) -> str:
    """Returns the row as one line of JSON in ASCII; undecodable bytes of a path stay lone surrogates."""
    return json.dumps(msgspec.to_builtins(record))


def columns_of(row_type: type[Record] = Record) -> tuple[Column, ...]:
    """Returns the columns of a row type: its fields in order, then those of nested rows."""
    flat: list[Column] = []
    nested: list[Column] = []
    for field in msgspec.structs.fields(row_type):
        if inner := _fields_inside(field.type):
            nested += (_column(_nested_name(field.name, part.name), part.type) for part in inner)
        else:
            flat.append(_column(field.name, field.type))
    return (*flat, *nested)


def to_row(record: Record) -> dict[str, Any]:
    """Returns the values of a record by column, in the order of `columns_of`."""
    flat: dict[str, Any] = {}
    nested: dict[str, Any] = {}
    for name, value in msgspec.structs.asdict(record).items():
        if isinstance(value, msgspec.Struct):
            nested.update({_nested_name(name, inner): part for inner, part in msgspec.structs.asdict(value).items()})
        else:
            flat[name] = value
    return flat | nested


def from_row(row: Mapping[str, Any], row_type: type[Record] = Record) -> Record:
    """Returns the record of a row, the inverse of `to_row`.

    Raises:
        msgspec.ValidationError: A value is invalid.
    """
    values: dict[str, Any] = {}
    for field in msgspec.structs.fields(row_type):
        inner = _fields_inside(field.type)
        values[field.name] = (
            {part.name: row[_nested_name(field.name, part.name)] for part in inner} if inner else row[field.name]
        )
    return msgspec.convert(values, row_type)


def _fields_inside(kind: Any) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(kind) if isinstance(kind, type) and issubclass(kind, msgspec.Struct) else ()


def _nested_name(outer: str, inner: str) -> str:
    """Returns `total_ms` for `elapsed_ms` and `total`: the unit stays at the end."""
    return f"{inner}_{outer.rpartition('_')[2]}"


def _column(name: str, hint: Any) -> Column:
    optional = False
    if get_origin(hint) in (Union, types.UnionType):
        [hint] = [kind for kind in get_args(hint) if kind is not type(None)]
        optional = True
    if get_origin(hint) is tuple:
        return Column(name, "texts", optional)
    return Column(name, "number" if hint in (int, float) else "text", optional)
