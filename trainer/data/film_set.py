"""Prepared films in memory with what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.catalog import CatalogFilm


@dataclass(frozen=True, slots=True, eq=False)
class FilmSet:
    """Films with what is known of them.

    Attributes:
        films: `(films, height, width)` uint8, prepared.
        labels: `(films,)` int64, 0 negative, 1 positive.
        patients: `(films,)` text.
        kinds: `(films,)` text: subgroups of the labels, as in `CatalogFilm`.
        names: Paths in the data set.
        sources: `(films,)` text: hospitals or collections; None where there is only one.
    """

    films: NDArray[np.uint8]
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]
    kinds: NDArray[np.str_]
    names: tuple[str, ...]
    sources: NDArray[np.str_] | None = None

    @classmethod
    def of(cls, films: NDArray[np.uint8], rows: Sequence[CatalogFilm]) -> FilmSet:
        """Joins prepared films with their rows of the catalog."""
        sources = np.array([row.source for row in rows])
        return cls(
            films,
            np.array([row.label for row in rows], dtype=np.int64),
            np.array([row.patient for row in rows]),
            np.array([row.kind for row in rows]),
            tuple(row.path for row in rows),
            sources if len(np.unique(sources)) > 1 else None,
        )


@dataclass(frozen=True, slots=True, eq=False)
class ValidationSet:
    """The films that everything is chosen on: plain films, then their stressed copies.

    Attributes:
        films: `(films, height, width)` uint8.
        labels: `(films,)` int64, 0 or 1.
        patients: `(films,)` text: films of one patient are alike, and intervals take account of it.
        kinds: `(films,)` text: subgroups of the labels.
        stressed: `(films,)` bool, True for a stressed copy.
    """

    films: NDArray[np.uint8]
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]
    kinds: NDArray[np.str_]
    stressed: NDArray[np.bool_]
