"""Results to a page in Markdown and a small table of medians."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import msgspec

from tests.bench.frame import Cell, Figure, Section, Table, number


class Result(msgspec.Struct, frozen=True):
    """An item that was run: title, seconds it took, machine, and what it found."""

    title: str
    seconds: int
    machine: dict[str, str]
    section: Section


def write_report(results: Mapping[str, Result], folder: Path) -> None:
    """Writes README.md, with all tables, and medians.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        "# How fast it is",
        "",
        "Written by `make bench` and `make bench ARGS=--publish`; do not edit by hand. Figures are medians of",
        "interleaved rounds, with the 95 % bootstrap interval of the median in brackets;",
        "[medians.csv](medians.csv) has the medians only. Compare ratios with other machines, not times. The project",
        "sets itself these limits; no test depends on them.",
        "",
        "| limit | asked | found | |",
        "|---|---|---|---|",
    ]
    for result in results.values():
        for limit in result.section.limits:
            asked = f"at least {number(limit.least or 0)}" if limit.most is None else f"at most {number(limit.most)}"
            met = "met" if limit.met else "**missed**"
            lines.append(f"| {limit.sentence} | {asked} | {_cell(limit.value)} | {met} |")
    for result in results.values():
        lines += ["", f"## {result.title}", ""]
        for table in result.section.tables:
            lines += [*_markdown(table), ""]
        lines += [f"- {note}" for note in result.section.notes]
        lines += [f"- {key}: {result.machine[key]}" for key in ("commit", "date", "load when it ended")]
    latest = max(results.values(), key=lambda result: result.machine["date"])
    lines += ["", "## The machine", ""]
    lines += [
        f"- {key}: {latest.machine[key]}" for key in ("processor", "cores", "memory", "system", "Python", "packages")
    ]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (folder / "medians.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("item", "case", "figure", "median"))
        for name, result in results.items():
            for table in result.section.tables:
                writer.writerows((name, *row) for row in _medians(table))


def _medians(table: Table) -> list[tuple[str, str, str]]:
    rows = []
    for row in table.rows:
        first = next((place for place, cell in enumerate(row) if isinstance(cell, Figure)), len(row))
        case = " ".join(_cell(cell) for cell in row[:first])
        rows += [(case, table.head[n], number(cell.median)) for n, cell in enumerate(row) if isinstance(cell, Figure)]
    return rows


def _markdown(table: Table) -> list[str]:
    rows = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows]
    return [table.caption, "", "| " + " | ".join(table.head) + " |", "|" + "---|" * len(table.head), *rows]


def _cell(cell: Cell) -> str:
    if isinstance(cell, float):
        return number(cell)
    return f"{cell:,}" if isinstance(cell, int) else str(cell).replace("|", "\\|")
