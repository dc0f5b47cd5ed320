"""Evaluates one model file on a set of films."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile, OperatingPoint
from edge_app.bundle.manifest import Estimate
from trainer.calibration.operating_point import Calibration
from trainer.data.catalog import UNKNOWN_KIND
from trainer.data.film_set import FilmSet
from trainer.evaluation.figures import BandFigures, CalibrationFigures, FileFigures, PointFigures
from trainer.evaluation.predictions import calibrated_probabilities
from trainer.statistics.metrics import auc_of, binned_error, equal_mass_bins, share_of, with_intervals

RECALL_GOAL = 0.9


def evaluate_file(films: FilmSet, raw: NDArray[np.float64], model: ModelFile) -> FileFigures:
    """Evaluates one file at its operating points.

    Args:
        films: The films that were scored.
        raw: `(films,)`, uncalibrated probabilities.
        model: Calibration and operating points.
    """
    probabilities = calibrated_probabilities(raw, model)
    point = model.operating_point()
    called = probabilities >= point.threshold
    metrics = with_intervals(films.labels, probabilities, films.patients, point.threshold)
    metrics |= _subgroups(films, raw, called)
    metrics["calibration_error_equal_mass"] = binned_error(
        films.labels, probabilities, films.patients, equal_mass_bins(probabilities)
    )
    inside = (probabilities >= model.uncertain.low) & (probabilities <= model.uncertain.high)
    right = called == (films.labels == 1)
    return FileFigures(
        films=len(films.labels),
        negative=int((films.labels == 0).sum()),
        positive=int((films.labels == 1).sum()),
        patients=len(np.unique(films.patients)),
        operating_point=point.name,
        temperature=model.temperature,
        bias=model.bias,
        metrics=metrics,
        recall_above_goal=metrics["recall"].value > RECALL_GOAL,
        operating_points={each.name: _at_point(films, probabilities, each) for each in model.operating_points},
        uncertain=BandFigures(
            low=model.uncertain.low,
            high=model.uncertain.high,
            share_of_films=_share(films, inside, np.ones_like(inside)),
            accuracy_outside=_share(films, right, ~inside),
            accuracy_inside=_share(films, right, inside),
        ),
    )


def calibration_figures(chosen: Calibration) -> CalibrationFigures:
    """The calibration of a file, with its figures on held-out patients."""
    return CalibrationFigures(
        temperature=chosen.temperature,
        bias=chosen.bias,
        prevalence=chosen.prevalence,
        held_out={side: dict(figures) for side, figures in chosen.held_out.items()},
    )


def _at_point(films: FilmSet, probabilities: NDArray[np.float64], point: OperatingPoint) -> PointFigures:
    called, positive = probabilities >= point.threshold, films.labels == 1
    return PointFigures(
        threshold=point.threshold,
        true_positives=int((called & positive).sum()),
        false_negatives=int((~called & positive).sum()),
        true_negatives=int((~called & ~positive).sum()),
        false_positives=int((called & ~positive).sum()),
        sensitivity=_share(films, called, positive),
        specificity=_share(films, ~called, ~positive),
    )


def _subgroups(films: FilmSet, raw: NDArray[np.float64], called: NDArray[np.bool_]) -> dict[str, Estimate]:
    """Recall of each kind of positive film, and AUC of each source."""
    positive = films.labels == 1
    found = {
        _key("recall", kind): _share(films, called, positive & (films.kinds == kind))
        for kind in np.unique(films.kinds[positive])
        if kind != UNKNOWN_KIND
    }
    sources: Sequence[str] = [] if films.sources is None else np.unique(films.sources).tolist()
    for source in sources:
        mine = films.sources == source
        if len(np.unique(films.labels[mine])) == 2:
            found[_key("roc_auc", source)] = auc_of(films.labels[mine], raw[mine], films.patients[mine])
    return found


def _key(metric: str, group: str) -> str:
    return f"{metric}_{re.sub('[^a-z0-9]+', '_', str(group).lower()).strip('_')}"


def _share(films: FilmSet, hit: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Estimate:
    return share_of(hit[chosen], films.labels[chosen], films.patients[chosen])
