"""The figures of `metrics.json` as Markdown. Recall comes first: a missed positive film is the costly error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from edge_app.bundle.manifest import Estimate
from trainer.evaluation.figures import BundleFigures, CalibrationFigures, FileFigures, PrecisionFigures
from trainer.evaluation.file_figures import RECALL_GOAL
from trainer.statistics.metrics import CALIBRATION_BINS


def evaluation_section(figures: BundleFigures, heading: str = "##") -> str:
    """Renders the figures on test and validation films.

    Args:
        figures: What was measured.
        heading: Marks of the headings.
    """
    lines: list[str] = []
    for side, files in (("Test", figures.test), ("Validation", figures.validation)):
        if files:
            lines += [*_file_table(side, files, heading), *_points_and_band(*next(iter(files.items()))), ""]
    return "\n".join(lines).strip()


def _file_table(side: str, files: Mapping[str, FileFigures], heading: str) -> list[str]:
    first = next(iter(files.values()))
    lines = [
        f"{heading} {side} films: {first.films} of {first.patients} patients "
        f"({first.negative} negative, {first.positive} positive)",
        "",
        "At each file's default operating point, with 95 % intervals from a bootstrap over patients.",
        "",
        "| | " + " | ".join(files) + " |",
        "|---|" + "---|" * len(files),
    ]
    for name in ("recall", "specificity", *(name for name in first.metrics if name not in ("recall", "specificity"))):
        cells = [estimate_cell(file.metrics.get(name)) for file in files.values()]
        lines.append(f"| {name.replace('_', ' ')} | " + " | ".join(cells) + " |")
    lines.append("")
    for name, file in files.items():
        point = file.operating_points[file.operating_point]
        verdict = "above" if file.recall_above_goal else "NOT above"
        lines.append(
            f"- **{name}**: {point.true_positives} of {file.positive} positive films found, {point.false_negatives} "
            f"missed; {point.true_negatives} of {file.negative} negative films called negative, "
            f"{point.false_positives} false alarms. Recall is {verdict} {RECALL_GOAL:.0%}."
        )
    return [*lines, ""]


def _points_and_band(name: str, file: FileFigures) -> list[str]:
    lines = [f"| {name}, operating point | sensitivity | specificity |", "|---|---|---|"]
    lines += [
        f"| {point} | {estimate_cell(found.sensitivity)} | {estimate_cell(found.specificity)} |"
        for point, found in file.operating_points.items()
    ]
    band = file.uncertain
    return [
        *lines,
        "",
        f"Uncertain band of {name}: {estimate_cell(band.share_of_films)} of the films lie in it; of the others "
        f"{estimate_cell(band.accuracy_outside)} are called right, of those in it "
        f"{estimate_cell(band.accuracy_inside)}.",
    ]


def calibration_section(parts: Mapping[str, CalibrationFigures]) -> str:
    """Renders the calibration of each file on held-out patients as a Markdown table."""
    names = list(next(iter(next(iter(parts.values())).held_out.values())))
    lines = [
        "On films of patients that neither calibration nor thresholds were fitted on (cross-fitted over patients), at "
        f"the balanced point. The calibration error is taken over {CALIBRATION_BINS} bins of equal width, the one of "
        "equal mass over as many bins of equally many films.",
        "",
        "| file, films | " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for variant, part in parts.items():
        for side, figures in part.held_out.items():
            lines.append(f"| {variant}, {side} | " + " | ".join(estimate_cell(figures[name]) for name in names) + " |")
    return "\n".join(lines)


def comparison_table(rows: Sequence[PrecisionFigures]) -> str:
    """Renders the comparison of precisions as a Markdown table."""
    runtimes = list(rows[0].ms) if rows else []
    head = ["file", "bytes", *[f"ms, {r}" for r in runtimes], "AUC", "recall", "specificity", "changed decisions"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for row in rows:
        times = ["does not load" if (ms := row.ms.get(runtime)) is None else f"{ms:.1f}" for runtime in runtimes]
        cells = [row.file, f"{row.bytes:,}", *times]
        cells += [f"{row.auc:.4f}", f"{row.recall:.3f}", f"{row.specificity:.3f}", f"{row.changed_decisions:.1%}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def estimate_cell(estimate: Estimate | None, decimals: int = 3, missing: str = "-") -> str:
    """An estimate with its interval as text."""
    if estimate is None:
        return missing
    return f"{estimate.value:.{decimals}f} ({estimate.low:.{decimals}f}-{estimate.high:.{decimals}f})"
