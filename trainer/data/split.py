"""The split: by patient, stratified, seeded; near-copies of a film stay on one side.

The test films are those that the data set calls so; they are never moved. All other films are split into training and
validation: the 16 films of val/ of the chest X-ray data set are too few to choose anything by.
"""

from __future__ import annotations

import csv
import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from trainer.config import DataConfig
from trainer.data.catalog import Catalog, CatalogFilm
from trainer.data.phash import near_pairs
from trainer.errors import DataError

Side = Literal["training", "validation", "test"]
SIDES: tuple[Side, ...] = ("training", "validation", "test")


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """Two similar films of different patients.

    Attributes:
        first: Path in the data set.
        second: Path in the data set.
        distance: Distance of the perceptual hashes, bits.
        crosses_test: Whether one of them is a test film; the other one is then not used.
    """

    first: str
    second: str
    distance: int
    crosses_test: bool


@dataclass(frozen=True, slots=True)
class Split:
    """The films of each side.

    Attributes:
        training: Films that the weights are fitted on.
        validation: Films that everything is chosen on.
        test: Films that nothing is chosen on.
        duplicates: Near-copies across patients.
        excluded: Films outside the test split that are near-copies of a test film, and so are not used.
    """

    training: tuple[CatalogFilm, ...]
    validation: tuple[CatalogFilm, ...]
    test: tuple[CatalogFilm, ...]
    duplicates: tuple[NearDuplicate, ...]
    excluded: tuple[CatalogFilm, ...]

    def side(self, name: Side) -> tuple[CatalogFilm, ...]:
        """The films of one side."""
        films: tuple[CatalogFilm, ...] = getattr(self, name)
        return films

    @property
    def sha256(self) -> str:
        """Hash over side and content of every film: equal hashes mean equal splits."""
        lines = [f"{name} {film.sha256}" for name in SIDES for film in self.side(name)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def write_csv(self, path: Path) -> None:
        """Writes one row for each film: path, side, label, patient, kind, hash."""
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["path", "side", "label", "patient", "kind", "sha256"])
            for side in (*SIDES, "excluded"):
                for film in getattr(self, side):
                    writer.writerow([film.path, side, film.label, film.patient, film.kind, film.sha256])


def configured_split(catalog: Catalog, data: DataConfig, seed: int) -> Split:
    """The split of a recipe and its seed; see `make_split`."""
    return make_split(
        catalog,
        validation_fraction=data.validation_fraction,
        seed=seed,
        near_duplicate_bits=data.near_duplicate_bits,
        fold=data.fold,
        training_films=data.training_films,
    )


def make_split(
    catalog: Catalog,
    *,
    validation_fraction: float,
    seed: int,
    near_duplicate_bits: int = 2,
    fold: int = 0,
    training_films: int = 0,
) -> Split:
    """Splits a data set.

    Patients, joined where they share near-copies, are dealt to folds so that each kind of each source is spread evenly;
    one fold becomes the validation side.

    Args:
        catalog: All films.
        validation_fraction: Share of the films that becomes validation; 1 / this, rounded, is the number of folds.
        seed: Seed of the random generator.
        near_duplicate_bits: Maximum distance of the perceptual hashes of near-copies, bits of 64.
        fold: Number of the fold that becomes the validation side, for cross-validation.
        training_films: Maximum number of training films, whole groups drawn by the seed; 0 for all.

    Returns:
        The split; its sides share no patient and no near-copy.

    Raises:
        DataError: A side would lack a label.
    """
    pool = catalog.of("train", "val")
    test = catalog.of("test")
    duplicates, groups, excluded = _near_copies((*pool, *test), len(pool), near_duplicate_bits)
    kept = [(film, group) for film, group in zip(pool, groups, strict=False) if film.path not in excluded]
    folds = max(2, round(1 / validation_fraction))
    chosen = _deal(kept, folds, seed)
    split = Split(
        training=limit_films([pair for pair in kept if chosen[pair[1]] != fold % folds], training_films, seed),
        validation=tuple(film for film, group in kept if chosen[group] == fold % folds),
        test=test,
        duplicates=tuple(duplicates),
        excluded=tuple(film for film in pool if film.path in excluded),
    )
    for side in SIDES:
        if {film.label for film in split.side(side)} != {0, 1}:
            raise DataError(
                f"The {side} films would not hold both labels.",
                hint="The data set has too few patients for this validation_fraction; raise it, or add films.",
            )
    return split


def limit_films(films: Sequence[tuple[CatalogFilm, Hashable]], most: int, seed: int) -> tuple[CatalogFilm, ...]:
    """Draws whole groups of films until there are at most `most` films.

    Args:
        films: Each film with its group.
        most: Number of films; 0 for all.
        seed: Seed of the random generator.

    Returns:
        The films of the drawn groups, in their order.
    """
    if not most or most >= len(films):
        return tuple(film for film, _ in films)
    groups = list(dict.fromkeys(group for _, group in films))
    np.random.default_rng(seed).shuffle(groups)  # type: ignore[arg-type]
    size = Counter(group for _, group in films)
    kept = set()
    count = 0
    for group in groups:
        if count + size[group] <= most:
            kept.add(group)
            count += size[group]
    return tuple(film for film, group in films if group in kept)


def _near_copies(
    films: tuple[CatalogFilm, ...], pool_size: int, bits: int
) -> tuple[list[NearDuplicate], list[int], set[str]]:
    """Joins patients who share near-copies; films from `pool_size` on are the test split.

    Returns:
        The near-copies; the group of each film of the pool; the paths of films that are near-copies of test films.
    """
    patients = {patient: number for number, patient in enumerate(dict.fromkeys(film.patient for film in films))}
    duplicates: list[NearDuplicate] = []
    excluded: set[str] = set()
    joined: list[tuple[int, int]] = []
    hashes = [int(film.phash, 16) for film in films]
    for one, other in near_pairs(hashes, bits):
        first, second = films[one], films[other]
        if first.patient == second.patient:
            continue
        crosses = one < pool_size <= other
        distance = (hashes[one] ^ hashes[other]).bit_count()
        duplicates.append(NearDuplicate(first.path, second.path, distance, crosses))
        if crosses:
            excluded.add(first.path)
        elif one < pool_size:
            joined.append((patients[first.patient], patients[second.patient]))
    rows, columns = np.array(joined, dtype=np.int64).reshape(-1, 2).T
    links = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(len(patients), len(patients)))
    _, group = connected_components(links, directed=False)
    return duplicates, [int(group[patients[film.patient]]) for film in films[:pool_size]], excluded


def _deal(films: list[tuple[CatalogFilm, int]], folds: int, seed: int) -> dict[int, int]:
    """Assigns groups of films to folds: within each kind the largest groups first, to the fold with the fewest films.

    scikit-learn's StratifiedGroupKFold assigns differently, and the split of the shipped bundle would change.
    """
    size: dict[int, int] = defaultdict(int)
    kind: dict[int, str] = {}
    for film, group in films:
        size[group] += 1
        kind[group] = f"{film.source}/{film.kind}"
    order = list(size)
    np.random.default_rng(seed).shuffle(order)
    order.sort(key=lambda group: -size[group])  # stable: groups of one size stay shuffled
    filled: dict[str, list[int]] = defaultdict(lambda: [0] * folds)
    chosen: dict[int, int] = {}
    for group in order:
        counts = filled[kind[group]]
        chosen[group] = counts.index(min(counts))
        counts[chosen[group]] += size[group]
    return chosen
