"""The part `heat_maps` of `metrics.json` as Markdown; no number in it is typed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from trainer.heat_map_quality.deletion_insertion import SHOWN


def heat_map_section(found: Mapping[str, Any]) -> str:
    """Renders the quality of the heat maps, for the model card and the report.

    Args:
        found: Figures from `heat_map_quality`; empty where the heat maps were not measured.

    Returns:
        Markdown without a heading of its own; empty where the heat maps were not measured.
    """
    if not found:
        return ""
    parts = [_in_words(found)]
    if "cuts" in found["home"]:
        parts += [_lung_table(found), _cut_table(found)]
    if "removal" in found:
        parts.append(_removal_table(found["removal"]))
    if "randomisation" in found:
        parts.append(_randomisation_table(found["randomisation"]))
    parts.append(_change_table(found["changes"]))
    return "\n\n".join(parts)


def heat_map_page(found: Mapping[str, Any], model: str) -> str:
    """Renders `heat_maps.md`.

    Args:
        found: Figures from `heat_map_quality`.
        model: Name and version of the bundle.

    Returns:
        Markdown.
    """
    return (
        f"# Quality of the heat maps\n\nMeasured on `{found['file']}` of {model} without boxes: the data set "
        "has none. Written by `python -m trainer heat-maps`. Values in brackets are 95 % "
        f"intervals from a bootstrap over patients.\n\n{heat_map_section(found)}\n\n"
        "![Deletion and insertion curves, weight randomisation, lungs](heat_maps.png)\n\n"
        f"{_HOW}\n"
    )


_HOW = """## How it was measured

- **Lungs.** Films of the test split with hand-drawn lungs (V7 Labs, covid-19-xray-dataset, CC BY 4.0), including opaque
  parts and the lung behind the heart. At the other hospital, and without drawn masks, the net's own lung head finds the
  lungs. For checking by eye `runs/heat_maps/lungs.png` shows its outlines on films of both sites, and
  `runs/heat_maps/evidence.png` the maps of 24 random films; both show films and stay on the machine.
- **Film covered inside or outside the lungs.** The border is eight pixels outside the outline, so that a slightly wrong
  outline covers no lung. The border of the covered part still shows shape and size of the lungs.
- **Deletion and insertion.** Pixels are removed, the most important first, or restored on a blank film. Missing pixels
  are filled smoothly from their surroundings, with a little noise. All maps of a film get the same noise, and
  differences are paired film by film. The areas are mean logits along the curve.
- **Sanity check.** The weights are shuffled within their tensors, layer after layer from the head down (Adebayo et al.
  2018). A map that explains the model must become unlike the trained one.
- **Finer maps.** The mean over four shifts of a quarter of a cell, each shifted back, and Grad-CAM and HiResCAM at the
  last level with twice the resolution.

## Consequences

The grid of 7 x 7 cells stays ([ADR 2](adr/0002-evidence-in-the-graph.md)). It has no cost: the graph emits it in the
same invoke. A mean of shifts costs an invoke for each shift. Grad-CAM and HiResCAM at a finer level need gradients,
which the runtimes of a device do not compute. So even where HiResCAM is better above, it is available only with
TensorFlow, and two machines would show two maps of one film. The map shows where the model found something, in the
lungs or not; the table of covered films shows how much the answer depends on the rest of the film."""


def _in_words(found: Mapping[str, Any]) -> str:
    home = found["home"]
    lines = [
        f"On {home['films']} films of {home['patients']} patients of the test split, drawn with seed {found['seed']}, "
        f"lungs {found.get('lungs_from', 'from a fitted shape')}:"
        if "cuts" in home
        else f"On {home['films']} films of {home['patients']} patients of the test split, without masks of the lungs:",
        "",
    ]
    if "cuts" in home:
        lines.append(f"- {_lungs_in_words(home)}")
        if "cuts" in found.get("away", {}):
            lines.append(f"- On {found['away']['films']} films of the other hospital: {_lungs_in_words(found['away'])}")
        lines.append(_outside_in_words(home))
    if "removal" in found:
        maps = found["removal"]["maps"]
        beaten = [name for name in maps if name != SHOWN and _shown_is_better(maps[name])]
        better = [name for name in maps if name != SHOWN and _is_better(maps[name])]
        lines.append(
            f"- The shown map is better, beyond chance, in both deletion and insertion than: {_names(beaten)}; "
            f"worse than: {_names(better)}."
        )
        curve = maps[SHOWN]["deletion_curve"]
        lines.append(
            f"- Deletion ends at a blank film of the film's mean grey; its mean logit is {curve[-1]:.1f}, that of the "
            f"films {curve[0]:.1f}."
        )
    if "randomisation" in found:
        steps, other = found["randomisation"]["steps"], found["randomisation"]["another_film"]
        lines.append(
            "- With all weights shuffled its rank correlation with the trained map is "
            f"{steps[-1]['rank_correlation']:.2f}, against {other['rank_correlation']:.2f} between trained maps of "
            "different films."
        )
    if shape := found.get("lung_masks"):  # in bundles that were measured with a fitted shape
        lines.append(
            "- The fitted shape against outlines drawn by hand, Dice coefficient: "
            + "; ".join(
                f"{site} {each['dice']:.2f} ({each['films']} films, least {each['least']:.2f})"
                for site, each in shape.items()
            )
            + ". A share is as uncertain as that."
        )
    if head := found.get("lung_head"):
        lines.append(
            f"- The lung head against drawn lungs, Dice coefficient: {head['dice']:.3f} on {head['films']} films, "
            f"a twentieth of them below {head['twentieth']:.2f}, least {head['least']:.2f}."
        )
    return "\n".join(lines)


def _outside_in_words(home: Mapping[str, Any]) -> str:
    without, alone = (home["cuts"][cut]["roc_auc"] for cut in ("lungs grey", "lungs alone, rest grey"))
    if without is None or alone is None:
        return "- The films have one label, so the AUC of either part is not defined."
    told = (
        "So the model also uses the film outside the lungs: its answer is not a reading of the lungs alone."
        if without["low"] > 0.5
        else "So without the lungs the model cannot tell the films apart."
    )
    return (
        f"- The AUC is {_cell(without)} with the lungs covered in grey, {_cell(alone)} with everything else covered, "
        f"and {_cell(home['roc_auc'])} on whole films. {told}"
    )


def _lungs_in_words(site: Mapping[str, Any]) -> str:
    share, area = site["lung_share_called_positive"], site["lung_area_called_positive"]
    if share is None or area is None:
        return "No film called positive shows any evidence."
    said = (
        f"Of the evidence of the {site['called_positive']} films called positive {_percent(share)} lies inside the "
        f"lungs, which are {_percent(area)} of the film"
    )
    if share["low"] > area["high"]:
        return f"{said}: more than chance, but the rest is outside."
    if share["high"] < area["low"]:
        return f"{said}: less than chance."
    return f"{said}: no more than chance."


def _shown_is_better(other: Mapping[str, Any]) -> bool:
    worse_deletion = other["deletion_against_shown"]["low"]
    worse_insertion = -other["insertion_against_shown"]["high"]
    return bool(min(worse_deletion, worse_insertion) > 0)


def _is_better(other: Mapping[str, Any]) -> bool:
    return bool(other["deletion_against_shown"]["high"] < 0 and other["insertion_against_shown"]["low"] > 0)


def _names(names: list[str]) -> str:
    return ", ".join(names) if names else "none"


def _sites(found: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {site: found[site] for site in ("home", "away") if "cuts" in found.get(site, {})}


def _lung_table(found: Mapping[str, Any]) -> str:
    sites = _sites(found)
    rows = {
        "films (called positive)": lambda s: f"{s['films']} ({s['called_positive']})",
        "films without any evidence": lambda s: str(s["without_evidence"]),
        "films without lungs": lambda s: str(s.get("without_lungs", "-")),
        "lungs' share of the film": lambda s: _cell(s["lung_area"]),
        "share of the evidence inside the lungs": lambda s: _cell(s["lung_share"]),
        "the same, films called positive": lambda s: _cell(s["lung_share_called_positive"]),
        "lungs' share of the film, films called positive": lambda s: _cell(s["lung_area_called_positive"]),
        "convex hull of both lungs, share of the film": lambda s: _cell(s["chest_area"]),
        "share of the evidence inside the hull": lambda s: _cell(s["chest_share"]),
        "share of a Gaussian around the film's centre inside the lungs": lambda s: _cell(s["lung_share_of_centre"]),
    }
    lines = [f"| lungs | {' | '.join(sites)} |", "|---|" + "---|" * len(sites)]
    lines += [f"| {name} | {' | '.join(cell(site) for site in sites.values())} |" for name, cell in rows.items()]
    return "\n".join(lines)


def _cut_table(found: Mapping[str, Any]) -> str:
    lines = [
        "| film covered inside or outside the lungs | | calls changed | change of the logit "
        "| rank correlation with the whole | AUC |",
        "|---|---|---|---|---|---|",
    ]
    for name, site in _sites(found).items():
        for cut, value in site["cuts"].items():
            cells = [value[key] for key in ("calls_changed", "logit_change", "rank_correlation", "roc_auc")]
            lines.append(f"| {cut} | {name} | {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines)


def _removal_table(removal: Mapping[str, Any]) -> str:
    lines = [
        f"| {removal['films']} films called positive | deletion, less is better | against shown "
        "| insertion, more is better | against shown | evidence in the lungs |",
        "|---|---|---|---|---|---|",
    ]
    for name, value in removal["maps"].items():
        own = name == SHOWN
        cells = [
            _cell(value["deletion"]),
            "" if own else _signed(value["deletion_against_shown"]),
            _cell(value["insertion"]),
            "" if own else _signed(value["insertion_against_shown"]),
            _cell(value["lung_share"]),
        ]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _randomisation_table(found: Mapping[str, Any]) -> str:
    lines = [
        f"| weights shuffled down to ({found['films']} films) | rank correlation | SSIM | no evidence left |",
        "|---|---|---|---|",
    ]
    for step in (found["another_film"], *found["steps"]):
        name = f"`{step['layer']}`, {step['layers']} layers" if step["layer"] else "none; map of another film"
        lines.append(f"| {name} | {step['rank_correlation']:.2f} | {step['ssim']:.2f} | {step['empty']:.0%} |")
    return "\n".join(lines)


def _change_table(changes: Mapping[str, Any]) -> str:
    lines = [
        "| small change | rank correlation of the maps | change of the logit | calls changed |",
        "|---|---|---|---|",
    ]
    for name, value in changes.items():
        cells = [_cell(value[key]) for key in ("similarity", "logit_change", "calls_changed")]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(value: Mapping[str, float] | None) -> str:
    return "-" if value is None else f"{value['value']:.2f} ({value['low']:.2f}-{value['high']:.2f})"


def _signed(value: Mapping[str, float] | None) -> str:
    return "-" if value is None else f"{value['value']:+.2f} ({value['low']:+.2f} to {value['high']:+.2f})"


def _percent(value: Mapping[str, float] | None) -> str:
    return "none" if value is None else f"{value['value']:.0%} ({value['low']:.0%}-{value['high']:.0%})"
