"""Agreement of two rankings of trials: the stress validation may choose only if independent checks rank alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from scipy.stats import kendalltau, spearmanr


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two checks that rank the same trials.

    Attributes:
        trials: Number of trials.
        spearman: Rank correlation, -1..1.
        kendall: Share of pairs ordered alike minus share ordered otherwise (tau-b), -1..1.
        kendall_p: Two-sided p-value of no association.
        pairs: Number of pairs of trials that the first check tells apart.
        alike: Number of these pairs that the second check orders alike.
    """

    trials: int
    spearman: float
    kendall: float
    kendall_p: float
    pairs: int
    alike: int


LEAST_TRIALS = 4


def agreement(first: Sequence[float], second: Sequence[float], noise: float = 0.0) -> Agreement | None:
    """Compares two rankings.

    Args:
        first: A measure of each trial; higher is better.
        second: Another measure of the same trials, in the same order.
        noise: A pair of trials counts as told apart where the first measure differs by more.

    Returns:
        None for fewer than `LEAST_TRIALS` trials, or where a check gives all trials the same value.
    """
    if len(first) < LEAST_TRIALS or len(set(first)) == 1 or len(set(second)) == 1:
        return None
    apart = [(a, b) for a, b in combinations(range(len(first)), 2) if abs(first[a] - first[b]) > noise]
    alike = sum((first[a] - first[b]) * (second[a] - second[b]) > 0 for a, b in apart)
    kendall = kendalltau(first, second)
    return Agreement(
        trials=len(first),
        spearman=float(spearmanr(first, second).statistic),
        kendall=float(kendall.statistic),
        kendall_p=float(kendall.pvalue),
        pairs=len(apart),
        alike=alike,
    )
