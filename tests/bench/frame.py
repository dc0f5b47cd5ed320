"""What all items share: interleaved rounds, medians with intervals, and the values that a report is made of."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

REPOSITORY = Path(__file__).resolve().parents[2]
_RESAMPLES = 2000
LEAST_ROUNDS = 5

Case = Callable[[], Mapping[str, float]]


class SkippedError(Exception):
    """An item cannot run here; the text says why."""


class Figure(msgspec.Struct, frozen=True):
    """A figure over rounds.

    Attributes:
        median: Of the rounds.
        low: 2.5th percentile of the medians of resampled rounds.
        high: 97.5th percentile of them.
        values: What each round gave, in order.
    """

    median: float
    low: float
    high: float
    values: tuple[float, ...]

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        """Median and bootstrap interval of values; the resampling is seeded, so that a report can be made again."""
        dice = random.Random(0)
        medians = sorted(statistics.median(dice.choices(values, k=len(values))) for _ in range(_RESAMPLES))
        low, high = medians[int(0.025 * _RESAMPLES)], medians[int(0.975 * _RESAMPLES) - 1]
        return cls(statistics.median(values), low, high, tuple(values))

    def __str__(self) -> str:
        return f"{number(self.median)} [{number(self.low)}, {number(self.high)}]"


def number(value: float) -> str:
    """A number with about three figures, and no more digits than it deserves."""
    size = abs(value)
    return (
        f"{value:,.0f}"
        if size >= 100
        else f"{value:.1f}"
        if size >= 10
        else f"{value:.2f}"
        if size >= 0.1 or not size
        else f"{value:.2g}"
    )


def ratio(over: Figure, under: Figure) -> Figure:
    """The ratio of two figures of the same rounds, paired: a busy moment that hit both falls out."""
    return Figure.of([a / b for a, b in zip(over.values, under.values, strict=True)])


def total(*figures: Figure) -> Figure:
    """The sum of figures of the same rounds, round by round."""
    return Figure.of([sum(values) for values in zip(*(figure.values for figure in figures), strict=True)])


Cell = str | int | float | Figure


class Table(msgspec.Struct, frozen=True):
    """A table.

    Attributes:
        caption: One line above it.
        head: Names of the columns, with units.
        rows: As many cells each.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class Bars(msgspec.Struct, frozen=True):
    """A group of bars of the plot; an interval is drawn over a bar that has one.

    Attributes:
        title: Above the group, with the unit.
        bars: Length by name, from top to bottom.
    """

    title: str
    bars: dict[str, float | Figure]


class Limit(msgspec.Struct, frozen=True):
    """What the project asks of itself. It is reported, never asserted: a busy machine is no fault of the program.

    Attributes:
        sentence: What is asked.
        value: What was measured.
        most: The value may be no larger.
        least: The value may be no smaller.
    """

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
    """What an item has to say.

    Attributes:
        tables: In order.
        limits: What was asked, and whether it is met.
        bars: Of the plot; no plot without.
        notes: Sentences under the tables: what was skipped, how it was measured.
    """

    tables: tuple[Table, ...]
    limits: tuple[Limit, ...] = ()
    bars: tuple[Bars, ...] = ()
    notes: tuple[str, ...] = ()


class Bench:
    """What an item is given."""

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
        """Runs the cases in turn, `rounds` times over.

        Args:
            cases: By name.
            rounds: How many values each figure has.
            warm: Rounds before those that count.
            seconds: After this time no further round begins, if there were `LEAST_ROUNDS`: a busy or a small machine
                gives wider intervals instead of no report.

        Returns:
            By case and name of the figure.
        """
        values: dict[str, dict[str, list[float]]] = {name: {} for name in cases}
        order = list(cases)
        start = time.monotonic()
        for turn in range(warm + rounds):
            if turn >= warm + min(rounds, LEAST_ROUNDS) and time.monotonic() - start > seconds:
                break
            # Forwards and backwards: what comes after a heavy case differs from round to round.
            for name in order if turn % 2 else reversed(order):
                figures = cases[name]()
                if turn >= warm:
                    for key, value in figures.items():
                        values[name].setdefault(key, []).append(value)
        return {name: {key: Figure.of(found) for key, found in figures.items()} for name, figures in values.items()}


def timed(function: Callable[[], Any], *, repeat: int = 1) -> Case:
    """Makes a case of a function: the wall-clock seconds of one call, as `{"s": ...}`, over `repeat` calls."""

    def case() -> dict[str, float]:
        start = time.perf_counter()
        for _ in range(repeat):
            function()
        return {"s": (time.perf_counter() - start) / repeat}

    return case


class Servant:
    """A case that runs in a process of its own and is told when: `module:function` there makes the case.

    Attributes:
        ready: What the process said of itself when it was ready, such as versions.
    """

    def __init__(self, factory: str, *arguments: Any, environment: Mapping[str, str] | None = None) -> None:
        """Starts the process and waits until its case is made.

        Args:
            factory: `module:function`; called with the arguments it returns `(case, description)`.
            arguments: JSON values.
            environment: Set beside the present one.

        Raises:
            SkippedError: The factory raised `SkippedError`, or its process ended.
        """
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.subprocess_case", factory, json.dumps(arguments)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, **(environment or {})},
        )
        answer = self._hear()
        if "skipped" in answer:
            self.close()
            raise SkippedError(answer["skipped"])
        self.ready: Any = answer["ready"]

    def __call__(self) -> dict[str, float]:
        """Has the case run once."""
        assert self._process.stdin
        self._process.stdin.write("go\n")
        self._process.stdin.flush()
        figures: dict[str, float] = self._hear()["figures"]
        return figures

    def close(self) -> None:
        """Ends the process."""
        self._process.communicate()

    def _hear(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            return {"skipped": f"its process ended with status {self._process.wait()}"}
        return json.loads(line)
