"""Calibrates logits by Platt scaling, cross-fitted over patients."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.model_selection import StratifiedGroupKFold

FOLDS = 5
"""Number of folds of patients for figures on held-out films."""

_TEMPERATURES = (0.05, 20.0)
_BIASES = (-30.0, 30.0)


@dataclass(frozen=True, slots=True, eq=False)
class LabelledLogits:
    """Logits of a model file for labelled films, plain and stressed.

    Attributes:
        logits: `(films,)` float64, uncalibrated.
        labels: `(films,)` int64, 0 or 1.
        patients: `(films,)` text; all films of a patient are in one fold.
        stressed: `(films,)` bool, True for a stressed copy.
    """

    logits: NDArray[np.float64]
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]
    stressed: NDArray[np.bool_]

    @property
    def weights(self) -> NDArray[np.float64]:
        """`(films,)`: plain and stressed films count half each, whatever the number of copies; the mean is 1."""
        if self.stressed.all() or not self.stressed.any():
            return np.ones(len(self.labels))
        return np.where(self.stressed, 0.5 / self.stressed.mean(), 0.5 / (~self.stressed).mean())

    @property
    def prevalence(self) -> float:
        """Weighted share of positive films, 0..1."""
        return float(np.average(self.labels, weights=self.weights))

    def take(self, films: NDArray[np.bool_]) -> LabelledLogits:
        """Some of the films; `films` is `(films,)` bool."""
        return LabelledLogits(self.logits[films], self.labels[films], self.patients[films], self.stressed[films])

    def folds(self, count: int = FOLDS, seed: int = 0) -> Iterator[tuple[LabelledLogits, NDArray[np.bool_]]]:
        """For each fold of patients: the films of all other patients, and a mask of the held-out films."""
        fold = patient_folds(self.labels, self.patients, count, seed)
        for number in np.unique(fold):
            yield self.take(fold != number), fold == number


@dataclass(frozen=True, slots=True)
class Platt:
    """A calibration, sigmoid(logit / temperature + bias), as in `edge_app.bundle.decision.calibrate`.

    Attributes:
        temperature: Temperature, > 0.
        bias: Bias, in units of the calibrated logit.
    """

    temperature: float
    bias: float

    def probabilities(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """Calibrates many logits; `(films,)`, 0..1."""
        return np.asarray(expit(logits / self.temperature + self.bias))

    def logits(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """The uncalibrated logits of calibrated probabilities; the inverse of `probabilities`."""
        return np.asarray((logit(probabilities) - self.bias) * self.temperature)


def fit_platt(films: LabelledLogits) -> Platt:
    """Fits the temperature and bias with the least weighted negative log-likelihood.

    Targets are those of Platt 1999 (Advances in Large Margin Classifiers), (n+ + 1) / (n+ + 2) and 1 / (n- + 2), so
    that probabilities stay below 1 where the labels of a small sample do not overlap.

    Args:
        films: Films of both labels, counted by their weights; the probabilities hold at the prevalence of these films.

    Returns:
        A temperature between 0.05 and 20 and a bias between -30 and 30.
    """
    z, weights = films.logits, films.weights / len(films.logits)
    positives = int((films.labels == 1).sum())
    negatives = len(z) - positives
    target = np.where(films.labels == 1, (positives + 1) / (positives + 2), 1 / (negatives + 2))

    def loss(at: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        slope = np.exp(at[0])
        s = slope * z + at[1]
        residual = weights * (expit(s) - target)
        value = float((weights * (np.logaddexp(0, s) - target * s)).sum())
        return value, np.array([(residual * slope * z).sum(), residual.sum()])

    bounds = [(-np.log(_TEMPERATURES[1]), -np.log(_TEMPERATURES[0])), _BIASES]
    found = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=bounds, options={"ftol": 1e-12}).x
    return Platt(temperature=float(np.exp(-found[0])), bias=float(found[1]))


def cross_fitted(films: LabelledLogits, seed: int = 0) -> NDArray[np.float64]:
    """Calibrated probabilities of each film, fitted without the films of its patient; `(films,)`, 0..1."""
    out = np.empty(len(films.labels))
    for others, held_out in films.folds(seed=seed):
        out[held_out] = fit_platt(others).probabilities(films.logits[held_out])
    return out


def patient_folds(
    labels: NDArray[np.int64], patients: NDArray[np.str_], count: int = FOLDS, seed: int = 0
) -> NDArray[np.int64]:
    """Divides films into folds that share no patient, each with a like share of positive films.

    Args:
        labels: `(films,)`, 0 or 1.
        patients: `(films,)`.
        count: Number of folds, at least 2.
        seed: Seed of the random generator.

    Returns:
        `(films,)`: the number of each film's fold, 0 .. count - 1.
    """
    fold = np.empty(len(labels), dtype=np.int64)
    folds = StratifiedGroupKFold(count, shuffle=True, random_state=seed)
    for number, (_, held_out) in enumerate(folds.split(labels, labels, patients)):
        fold[held_out] = number
    return fold
