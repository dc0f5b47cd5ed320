"""Figures to Markdown and SVG: docs/benchmarks/README.md over every item that was ever run here."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.bench.frame import Bars, Cell, Figure, Section, Table, number
from tests.bench.items import ITEMS


class Result(msgspec.Struct, frozen=True):
    """An item that was run: `<item>.json`.

    Attributes:
        title: Of the item.
        seconds: How long it took.
        machine: Where.
        section: What it found.
    """

    title: str
    seconds: int
    machine: dict[str, str]
    section: Section


def write_report(folder: Path) -> None:
    """Writes README.md, and a plot for each item that has one, from the JSON files in `folder`."""
    results = {
        name: msgspec.json.decode(path.read_bytes(), type=Result)
        for name in ITEMS
        if (path := folder / f"{name}.json").is_file()
    }
    lines = [
        "# How fast it is",
        "",
        "Written by `make bench`; nothing here is typed by hand. Figures are medians over interleaved rounds, with",
        "the 95 % bootstrap interval of the median in brackets. A limit is what the project asks of itself; no test",
        "depends on it.",
        "",
        "| limit | asked | found | |",
        "|---|---|---|---|",
    ]
    for result in results.values():
        for limit in result.section.limits:
            asked = (
                f"at most {number(limit.most)}" if limit.most is not None else f"at least {number(limit.least or 0)}"
            )
            lines.append(
                f"| {limit.sentence} | {asked} | {_cell(limit.value)} | {'met' if limit.met else '**missed**'} |"
            )
    for name, result in results.items():
        lines += ["", f"## {result.title}", ""]
        if result.section.bars and _plot(result.section.bars, result.title, folder / f"{name}.svg"):
            lines += [f"![{result.title}]({name}.svg)", ""]
        for table in result.section.tables:
            lines += [*_markdown(table), ""]
        lines += [f"- {note}" for note in result.section.notes]
        lines += ["", "<details><summary>Where and when</summary>", ""]
        lines += [f"- {key}: {value}" for key, value in result.machine.items()]
        lines += [f"- it took {result.seconds} s", "", "</details>"]
    (folder / "README.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _markdown(table: Table) -> list[str]:
    rows = ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in table.rows]
    rule = "|" + "---|" * len(table.head)
    return [f"{table.caption}", "", "| " + " | ".join(table.head) + " |", rule, *rows]


def _cell(cell: Cell) -> str:
    return number(cell) if isinstance(cell, int | float) else str(cell).replace("|", "\\|")


def _plot(groups: tuple[Bars, ...], title: str, path: Path) -> bool:
    """Draws bars with intervals; returns whether matplotlib is there to do it."""
    try:
        import matplotlib
    except ImportError:
        return path.is_file()
    matplotlib.use("Agg")
    # The same file for the same figures.
    matplotlib.rcParams.update({"svg.hashsalt": "pneumoscope", "svg.fonttype": "none", "font.size": 9})
    from matplotlib import pyplot

    heights = [len(group.bars) + 1.5 for group in groups]
    figure, panels = pyplot.subplots(
        len(groups),
        1,
        figsize=(8, 0.28 * sum(heights) + 0.4),
        height_ratios=heights,
        squeeze=False,
        layout="constrained",
    )
    for group, panel in zip(groups, panels[:, 0], strict=True):
        for place, (name, value) in enumerate(group.bars.items()):
            middle = value.median if isinstance(value, Figure) else value
            error = [[middle - value.low], [value.high - middle]] if isinstance(value, Figure) else None
            panel.barh(place, middle, xerr=error, color="#4878a8", ecolor="#303030", capsize=2, label=name)
            panel.annotate(f" {number(middle)}", (value.high if error else middle, place), va="center", fontsize=8)
        panel.set_yticks(range(len(group.bars)), list(group.bars))
        panel.invert_yaxis()
        panel.margins(x=0.12)
        panel.set_title(group.title, loc="left", fontsize=9)
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    return True
