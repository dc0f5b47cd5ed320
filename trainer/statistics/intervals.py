"""Any statistic over films, with an interval that respects that films of one patient are alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.statistics.metrics import patient_resamples

Interval = dict[str, float]
"""`value`, `low`, `high`: plain numbers for JSON, rounded to 4 places."""

_RESAMPLES = 1000


class Intervals:
    """95 % intervals from one bootstrap over patients, so that what is compared is compared on the same draws."""

    def __init__(self, strata: NDArray[np.int64], patients: NDArray[np.str_], seed: int) -> None:
        """Draws the patients.

        Args:
            strata: `(films,)`; patients are drawn within each, so that no draw lacks one.
            patients: `(films,)`.
            seed: Of the draws.
        """
        self._all = np.arange(len(strata))
        self._draws = patient_resamples(strata, patients, seed, _RESAMPLES)

    def mean(self, values: Sequence[float] | NDArray[np.float64]) -> Interval | None:
        """The mean of one value for each film; films without one (NaN) are left out.

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
        """A statistic of a choice of films, given by their indices; None where it is NaN for all of them."""
        value = statistic(self._all)
        if np.isnan(value):
            return None
        low, high = np.nanpercentile([statistic(films) for films in self._draws], [2.5, 97.5])
        return {
            "value": round(value, 4),
            "low": round(min(float(low), value), 4),
            "high": round(max(float(high), value), 4),
        }
