"""What all items share: interleaved rounds, medians with intervals, and the values that a report is made of."""

from __future__ import annotations

import multiprocessing
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import msgspec
import numpy as np

REPOSITORY = Path(__file__).resolve().parents[2]
LEAST_ROUNDS = 5

Case = Callable[[], Mapping[str, float]]


class SkippedError(Exception):
    """An item cannot run here; the text says why."""


class Figure(msgspec.Struct, frozen=True):
    """The median of some rounds, the 95 % bootstrap interval of that median, and the value of each round."""

    median: float
    low: float
    high: float
    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        """Computes the figure; the resampling is seeded, so that the same values give the same report."""
        draws = np.random.default_rng(0).choice(values, (2000, len(values)))
        low, high = np.percentile(np.median(draws, axis=1), (2.5, 97.5))
        return cls(statistics.median(values), float(low), float(high), tuple(values))

    def __str__(self) -> str:
        return f"{number(self.median)} [{number(self.low)}, {number(self.high)}]"


def number(value: float) -> str:
    """A number with about three significant digits."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 0.1 or not size else None
    return f"{value:.2g}" if digits is None else f"{value:,.{digits}f}"


def ratio(over: Figure, under: Figure) -> Figure:
    """The ratio of two figures of the same rounds, round by round: a busy moment slows both and cancels out."""
    return Figure.of([a / b for a, b in zip(over.values, under.values, strict=True)])


def total(*figures: Figure) -> Figure:
    """The sum of figures of the same rounds, round by round."""
    return Figure.of([sum(values) for values in zip(*(figure.values for figure in figures), strict=True)])


Cell = str | int | float | Figure


class Table(msgspec.Struct, frozen=True):
    """A table: one line above it, names of the columns with units, and rows of as many cells."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Limit(msgspec.Struct, frozen=True):
    """A limit that the project sets itself: reported, never asserted, because the machine may be busy."""

    sentence: str
    value: float | Figure
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool:
        """Whether the median keeps the limit."""
        value = self.value.median if isinstance(self.value, Figure) else self.value
        return (self.most is None or value <= self.most) and (self.least is None or value >= self.least)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """What an item found: tables, limits, and notes on what was skipped or how it was measured."""

    tables: tuple[Table, ...]
    limits: tuple[Limit, ...] = ()
    notes: tuple[str, ...] = ()


class Bench:
    """What an item is given: films, the bundle, a scratch folder, and the rounds."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch
        """A folder that is removed when the item has ended."""
        self.data = Path(os.environ.get("DATA") or "../shared/data/chest_xray").resolve()
        """Where the data set lies, if it is there."""
        self.bundle = Path(os.environ.get("BUNDLE") or REPOSITORY / "models" / "pneumonia").resolve()
        """The model bundle that is measured."""

    def films(self, split: str = "test") -> list[Path]:
        """The films of a split of the data set (224 x 224 JPEG), or of `originals` beside it (as they were taken).

        Raises:
            SkippedError: They are not there.
        """
        folder = self.data.parent / "originals" if split == "originals" else self.data / split
        found = sorted(path for path in folder.rglob("*") if path.suffix in (".jpeg", ".jpg", ".png"))
        if not found:
            raise SkippedError(f"there are no films in {folder.name}/: set DATA to the data set's folder")
        return found

    def rounds(
        self, cases: Mapping[str, Case], *, rounds: int, warm: int = 1, seconds: float = float("inf")
    ) -> dict[str, dict[str, Figure]]:
        """Runs the cases in turn, `rounds` times.

        Args:
            cases: By name.
            rounds: How many values each figure has.
            warm: Rounds before those that count.
            seconds: After this time no further round begins, if there were `LEAST_ROUNDS`. A busy machine gives wider
                intervals instead of no report.

        Returns:
            Figures by case and name.
        """
        values: dict[str, dict[str, list[float]]] = {name: {} for name in cases}
        order = list(cases)
        start = time.monotonic()
        for turn in range(warm + rounds):
            if turn >= warm + min(rounds, LEAST_ROUNDS) and time.monotonic() - start > seconds:
                break
            # Forwards and backwards: the case that runs before another one differs from round to round.
            for name in order if turn % 2 else reversed(order):
                figures = cases[name]()
                if turn >= warm:
                    for key, value in figures.items():
                        values[name].setdefault(key, []).append(value)
        return {name: {key: Figure.of(found) for key, found in figures.items()} for name, figures in values.items()}


def timed(function: Callable[[], Any]) -> Case:
    """Makes a case of a function: the wall-clock seconds of one call, as `{"s": ...}`."""

    def case() -> dict[str, float]:
        start = time.perf_counter()
        function()
        return {"s": time.perf_counter() - start}

    return case


class CaseProcess:
    """A case that runs in a process of its own, which has imported nothing else.

    Attributes:
        ready: The description that came with the case, such as the answers of a model.
    """

    def __init__(
        self, factory: Callable[..., tuple[Case, Any]], *arguments: Any, environment: Mapping[str, str] | None = None
    ) -> None:
        """Starts the process and waits until its case is made.

        Args:
            factory: A function of a module; in the process it makes the case and its description.
            arguments: Arguments of the factory.
            environment: Variables to set there.

        Raises:
            SkippedError: The factory failed.
        """
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))
        try:
            with mock.patch.dict(os.environ, environment or {}):
                self.ready: Any = self._pool.submit(_make, factory, arguments).result()
        except Exception as error:
            self.close()
            raise SkippedError(f"{type(error).__name__}: {str(error)[:200]}") from error

    def __call__(self) -> Mapping[str, float]:
        """Has the case run once."""
        return self._pool.submit(_run).result()

    def close(self) -> None:
        """Ends the process."""
        self._pool.shutdown()


_case: Case


def _make(factory: Callable[..., tuple[Case, Any]], arguments: tuple[Any, ...]) -> Any:
    global _case
    with Path(os.devnull).open("w") as nowhere:  # libraries log to both streams
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    _case, description = factory(*arguments)
    return description


def _run() -> Mapping[str, float]:
    return _case()
