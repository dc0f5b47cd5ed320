"""Measures the quality of a bundle's heat maps without boxes: the part `heat_maps` of `metrics.json`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import ModelFile
from trainer.data.film_set import FilmSet
from trainer.data.lung_masks import LungMasks
from trainer.data.second_site import SiteFilms
from trainer.errors import TrainingError
from trainer.heat_map_quality.deletion_insertion import FRACTIONS, SHOWN, curves
from trainer.heat_map_quality.evidence_maps import (
    Film,
    FinerGradCam,
    Map,
    centre_map,
    random_map,
    shifted_map,
    similarity,
)
from trainer.heat_map_quality.lungs import Mask, chest_mask, overlap
from trainer.heat_map_quality.map_checks import (
    CHANGES,
    CUTS,
    MapModel,
    Shift,
    cut_at_lungs,
    share_inside,
    under_changes,
)
from trainer.heat_map_quality.randomisation import cascade
from trainer.statistics.intervals import Intervals
from trainer.statistics.metrics import auc

_LOG = logging.getLogger(__name__)

Plain = dict[str, Any]
Progress = Callable[[int, int], None]

SHIFTS_PX = (-8, 8)
"""A quarter of a cell of the shipped net's grid."""


@dataclass(frozen=True, slots=True)
class Sample:
    """How many films each part looks at, drawn with the seed.

    Attributes:
        home: Films of the data set, of those with drawn lungs if there are any: lungs, cuts.
        away: Films of the other site: lungs, cuts.
        changes: Of the films at home: small changes.
        removal: Of those at home that are called positive: deletion and insertion.
        randomisation: Similarity to maps of a net with shuffled weights.
    """

    home: int = 600
    away: int = 80
    changes: int = 120
    removal: int = 40
    randomisation: int = 24


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """One film with what was measured on it; `cut_logits` are in the order of `CUTS`, empty without lungs."""

    film: Film
    logit: float
    map: Map
    mask: Mask | None
    cut_logits: NDArray[np.float64]


def heat_map_quality(
    films: FilmSet,
    keras_model: keras.Model,
    model_bytes: bytes,
    model: ModelFile,
    *,
    away: SiteFilms | None = None,
    masks: LungMasks | None = None,
    seed: int = 0,
    sample: Sample | None = None,
    progress: Progress | None = None,
) -> Plain:
    """Measures the heat maps of one shipped file.

    Args:
        films: Films of the data set that the model was not trained on.
        keras_model: The Keras model of the file, for finer maps and the sanity check; it is not changed.
        model_bytes: The `.tflite` file whose maps are shown.
        model: Entry of the file in the manifest.
        away: Films of another site.
        masks: Lungs drawn on films of the data set; without them, and at the other site, the net's lung head says where
            the lungs are. A net that has none is measured without lungs.
        seed: Of the choice of films and of everything drawn.
        sample: How many films.
        progress: Called with the number of films done and of all films.

    Returns:
        Plain values for JSON; `trainer.heat_map_quality.heat_map_report` renders them. A value that no film has, such
        as the share of evidence in the lungs where no film shows evidence, is None.
    """
    size = sample or Sample()
    random = np.random.default_rng(seed)
    drawn = [index for index, name in enumerate(films.names) if masks is not None and name in masks.bits]
    home = np.sort(random.permutation(drawn or len(films.labels))[: size.home])
    there = np.sort(random.permutation(len(away) if away else 0)[: size.away])
    total, done = len(home) + size.changes + len(there) + size.removal, 0

    def tick() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(min(done, total), total)

    map_model = MapModel(model_bytes, model)

    def drawn_mask(index: int) -> Mask | None:
        film = films.films[index]
        return masks.mask(films.names[index], *film.shape) if masks and drawn else map_model.lungs(film)

    measured = _measure(map_model, films.films[home], [drawn_mask(index) for index in home], tick)
    labels, patients = films.labels[home], films.patients[home]
    found: Plain = {
        "file": model.file.path,
        "seed": seed,
        "lungs_from": "drawn by people" if drawn else "the lung head",
        "lung_head": _head_agreement(map_model, measured) if drawn else None,
        "home": _lungs(map_model, measured, Intervals(labels, patients, seed), labels)
        | {"patients": len(set(patients.tolist()))},
    }
    few = random.permutation(len(home))[: size.changes]
    changed = Intervals(labels[few], patients[few], seed)
    found["changes"] = _changes(map_model, [measured[index] for index in few], changed, random, tick)
    if away is not None and len(there):
        names, views = np.array(away.patients)[there], np.array(away.views)[there]
        elsewhere = _measure(
            map_model, away.prepared[there], [map_model.lungs(film) for film in away.prepared[there]], tick
        )
        strata = np.unique(views, return_inverse=True)[1]
        found["away"] = _lungs(map_model, elsewhere, Intervals(strata, names, seed), None)
        found["away"] |= {"patients": len(set(names.tolist()))}
    called = random.permutation(np.flatnonzero([map_model.called(each.logit) for each in measured]))
    if len(called) > 1:
        chosen = called[: size.removal]
        found["removal"] = _removal(
            map_model,
            _finer(keras_model),
            [measured[k] for k in chosen],
            Intervals(labels[chosen], patients[chosen], seed),
            random,
            tick,
        )
        found["randomisation"] = _randomisation(keras_model, films.films[home][called[: size.randomisation]], seed)
    if progress:
        progress(total, total)
    return found


def _measure(
    map_model: MapModel, films: NDArray[np.uint8], masks: Sequence[Mask | None], tick: Callable[[], None]
) -> list[_Measured]:
    measured = []
    for film, mask in zip(films, masks, strict=True):
        value, shown = map_model.run(film)
        cuts = np.array([map_model.logit(cut) for cut in cut_at_lungs(film, mask)] if mask is not None else [])
        measured.append(_Measured(film, value, shown, mask, cuts))
        tick()
    return measured


def _lungs(
    map_model: MapModel, measured: Sequence[_Measured], intervals: Intervals, labels: NDArray[np.int64] | None
) -> Plain:
    """Share of the evidence in the lungs, and the answers for both parts of the film; labels only where trusted."""
    called = np.array([map_model.called(each.logit) for each in measured])
    lungs = [each.mask for each in measured if each.mask is not None]
    counts: Plain = {"films": len(measured), "called_positive": int(called.sum())}
    if not lungs:
        return counts
    centre = centre_map(*measured[0].map.shape)
    share = np.array([share_inside(each.map, mask) for each, mask in zip(measured, lungs, strict=True)])
    area = np.array([mask.mean() for mask in lungs])
    chests = [chest_mask(mask) for mask in lungs]
    whole = np.array([each.logit for each in measured])
    cuts: Plain = {}
    for column, name in enumerate(CUTS):
        cut = np.array([each.cut_logits[column] for each in measured])
        moved_over = np.array([map_model.called(value) for value in cut]) != called
        cuts[name] = {
            "calls_changed": intervals.mean(moved_over.astype(np.float64)),
            "logit_change": intervals.mean(np.abs(cut - whole)),
            "rank_correlation": intervals.of(partial(_rank_correlation, cut, whole)),
            "roc_auc": None if labels is None else intervals.of(partial(_auc, labels, cut)),
        }
    return counts | {
        "without_lungs": sum(not mask.any() for mask in lungs),
        "without_evidence": int(np.isnan(share).sum()),
        "lung_area": intervals.mean(area),
        "lung_share": intervals.mean(share),
        "lung_share_called_positive": intervals.mean(np.where(called, share, np.nan)),
        "lung_area_called_positive": intervals.mean(np.where(called, area, np.nan)),
        "chest_area": intervals.mean([float(chest.mean()) for chest in chests]),
        "chest_share": intervals.mean(
            [share_inside(each.map, chest) for each, chest in zip(measured, chests, strict=True)]
        ),
        "lung_share_of_centre": intervals.mean([share_inside(centre, mask) for mask in lungs]),
        "roc_auc": None if labels is None else intervals.of(partial(_auc, labels, whole)),
        "cuts": cuts,
    }


def _rank_correlation(first: NDArray[np.float64], second: NDArray[np.float64], films: NDArray[np.int64]) -> float:
    found = similarity(first[films], second[films])
    return float("nan") if found is None else found


def _auc(labels: NDArray[np.int64], scores: NDArray[np.float64], films: NDArray[np.int64]) -> float:
    return auc(labels[films], scores[films])


def _changes(
    map_model: MapModel,
    measured: Sequence[_Measured],
    intervals: Intervals,
    random: np.random.Generator,
    tick: Callable[[], None],
) -> Plain:
    rows: list[dict[str, Shift]] = []
    for each in measured:
        rows.append(under_changes(map_model, each.film, random))
        tick()
    return {
        name: {
            "similarity": intervals.mean([row[name].similarity for row in rows]),
            "logit_change": intervals.mean([row[name].logit_change for row in rows]),
            "calls_changed": intervals.mean([float(row[name].call_changed) for row in rows]),
        }
        for name in CHANGES
    }


def _finer(keras_model: keras.Model) -> FinerGradCam | None:
    """None for a net that cannot be cut at such a level; its other maps are still measured."""
    try:
        return FinerGradCam(keras_model)
    except TrainingError as error:
        _LOG.warning("No finer maps are measured: %s", error)
        return None


def _removal(
    map_model: MapModel,
    finer: FinerGradCam | None,
    chosen: Sequence[_Measured],
    intervals: Intervals,
    random: np.random.Generator,
    tick: Callable[[], None],
) -> Plain:
    """Deletion and insertion of the shown map, finer ones and control maps, and the share of each in the lungs."""
    rows, shares = [], []
    for index, each in enumerate(chosen):
        other = chosen[(index + 1) % len(chosen)]
        maps = {
            SHOWN: each.map,
            "evidence, mean of 4 shifts": shifted_map(map_model.map, each.film, SHIFTS_PX),
            "random": random_map(random, (7, 7), *each.film.shape),
            "centre of the film": centre_map(*each.film.shape),
            "another film's evidence": other.map,
        }
        if each.mask is not None:
            maps["the lungs"] = each.mask.astype(np.float32)
        if finer:
            maps["Grad-CAM, twice as fine"] = finer(each.film, by_cell=False)
            maps["HiResCAM, twice as fine"] = finer(each.film, by_cell=True)
        rows.append(dict(zip(maps, curves(each.film, list(maps.values()), map_model.logit, random), strict=True)))
        shares.append(
            {name: float("nan") if each.mask is None else share_inside(one, each.mask) for name, one in maps.items()}
        )
        tick()
    found: Plain = {}
    shown = np.array([row[SHOWN].areas() for row in rows])
    for name in rows[0]:
        areas = np.array([row[name].areas() for row in rows])
        better = areas - shown
        found[name] = {
            "deletion": intervals.mean(areas[:, 0]),
            "insertion": intervals.mean(areas[:, 1]),
            "deletion_against_shown": intervals.mean(better[:, 0]),
            "insertion_against_shown": intervals.mean(better[:, 1]),
            "lung_share": intervals.mean([share[name] for share in shares]),
            "lung_share_against_shown": intervals.mean([share[name] - share[SHOWN] for share in shares]),
            "deletion_curve": np.mean([row[name].deletion for row in rows], axis=0).round(4).tolist(),
            "insertion_curve": np.mean([row[name].insertion for row in rows], axis=0).round(4).tolist(),
        }
    return {"films": len(chosen), "shares": [0.0, *FRACTIONS, 1.0], "maps": found}


def _randomisation(keras_model: keras.Model, films: NDArray[np.uint8], seed: int) -> Plain:
    steps = cascade(keras_model, films, seed)
    return {
        "films": len(films),
        "another_film": steps[0].as_plain(),
        "steps": [step.as_plain() for step in steps[1:]],
    }


def _head_agreement(map_model: MapModel, measured: Sequence[_Measured]) -> Plain | None:
    """Dice coefficients of the lung head with drawn lungs; None for a net without a lung head."""
    said = [map_model.lungs(each.film) for each in measured]
    scores = [
        overlap(one, each.mask)
        for one, each in zip(said, measured, strict=True)
        if one is not None and each.mask is not None
    ]
    if not scores:
        return None
    return {
        "films": len(scores),
        "dice": round(float(np.mean(scores)), 4),
        "twentieth": round(float(np.percentile(scores, 5)), 4),
        "least": round(min(scores), 4),
    }
