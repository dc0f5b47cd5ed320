"""95 % intervals of any statistic over films, from a bootstrap over patients."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Interval = dict[str, float]
"""`value`, `low`, `high`: plain numbers for JSON, rounded to 4 decimals."""


class Intervals:
    """Intervals from one set of draws, so that what is compared is compared on the same draws."""

    def __init__(
        self, strata: NDArray[np.int64], patients: NDArray[np.str_], seed: int = 0, resamples: int = 1000
    ) -> None:
        """Draws patients with replacement.

        Args:
            strata: `(films,)`; patients are drawn within each stratum, so that no draw lacks one.
            patients: `(films,)`.
            seed: Seed of the random generator.
            resamples: Number of draws.
        """
        random = np.random.default_rng(seed)
        groups = []
        for stratum in np.unique(strata):
            mine = np.flatnonzero(strata == stratum)
            groups.append([mine[patients[mine] == patient] for patient in np.unique(patients[mine])])
        self._all = np.arange(len(strata))
        self._draws = [
            np.concatenate([films[i] for films in groups for i in random.integers(0, len(films), len(films))])
            for _ in range(resamples)
        ]

    def mean(self, values: Sequence[float] | NDArray[np.float64]) -> Interval | None:
        """The mean of one value for each film; films without a value (NaN) are left out.

        Returns:
            The interval; None where no film has a value.
        """
        array = np.asarray(values, dtype=np.float64)

        def mean_of(films: NDArray[np.int64]) -> float:
            chosen = array[films]
            there = chosen[~np.isnan(chosen)]
            return float(there.mean()) if len(there) else float("nan")

        return self.of(mean_of)

    def of(self, statistic: Callable[[NDArray[np.int64]], float]) -> Interval | None:
        """Any statistic of films, which it is given by their indices; None where it is NaN for all films."""
        value = statistic(self._all)
        if np.isnan(value):
            return None
        low, high = np.nanpercentile([statistic(films) for films in self._draws], [2.5, 97.5])
        return {
            "value": round(value, 4),
            "low": round(min(float(low), value), 4),
            "high": round(max(float(high), value), 4),
        }
