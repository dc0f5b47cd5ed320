"""A plot of the quality of heat maps; it shows no film."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from trainer.evaluation.plots import COLOURS
from trainer.heat_map_quality.deletion_insertion import SHOWN

_LINES = (SHOWN, "HiResCAM, twice as fine", "random", "centre of the film", "another film's evidence")


def draw_heat_maps(found: Mapping[str, Any], path: Path) -> None:
    """Draws deletion and insertion curves, the sanity check, and the evidence in the lungs.

    Args:
        found: Figures from `heat_map_quality`.
        path: PNG file to write.
    """
    figure, (deletion, insertion, sanity, lungs) = plt.subplots(1, 4, figsize=(17, 3.8))
    if "removal" in found:
        shares = found["removal"]["shares"]
        for name, colour in zip(_LINES, COLOURS, strict=True):
            if name not in found["removal"]["maps"]:
                continue
            curves = found["removal"]["maps"][name]
            deletion.plot(shares, curves["deletion_curve"], "o-", color=colour, label=name)
            insertion.plot(shares, curves["insertion_curve"], "o-", color=colour, label=name)
        deletion.legend(fontsize=7)
    deletion.set(title="Deletion", xlabel="share of the film taken away", ylabel="logit")
    insertion.set(title="Insertion", xlabel="share of the film put back", ylabel="logit")
    if "randomisation" in found:
        steps = found["randomisation"]["steps"]
        for key, colour in (("rank_correlation", COLOURS[0]), ("ssim", COLOURS[1])):
            sanity.plot([s["layers"] for s in steps], [s[key] for s in steps], "o-", color=colour, label=key)
            sanity.axhline(found["randomisation"]["another_film"][key], color=colour, linestyle=":")
        sanity.legend(fontsize=7)
    sanity.set(title="Weights shuffled (dotted: another film)", xlabel="layers, from the head", ylim=(-0.5, 1))
    sites = {site: found[site] for site in ("home", "away") if "cuts" in found.get(site, {})}
    for offset, (key, label) in enumerate(
        (("lung_area_called_positive", "lungs' share of the film"), ("lung_share_called_positive", "of the evidence"))
    ):
        estimates = [site[key] or {"value": 0.0, "low": 0.0, "high": 0.0} for site in sites.values()]
        values = np.array([estimate["value"] for estimate in estimates])
        errors = np.abs(np.array([[e["low"] for e in estimates], [e["high"] for e in estimates]]) - values)
        places = np.arange(len(sites)) + 0.4 * offset - 0.2
        lungs.bar(places, values, 0.36, yerr=errors, color=COLOURS[offset], capsize=3, label=label)
    lungs.set_xticks(range(len(sites)), list(sites))
    lungs.set(title="Inside the lungs, films called positive", ylim=(0, 1))
    lungs.legend(fontsize=7)
    for axis in (deletion, insertion, sanity, lungs):
        axis.grid(alpha=0.3)
    figure.savefig(path, dpi=110, bbox_inches="tight", metadata={"Software": None})
    plt.close(figure)
