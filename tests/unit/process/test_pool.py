"""Real children on real pictures: the order, and how little of a long list is held."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_app.analysis.analysis import Analysis
from edge_app.bundle import open_bundle
from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from edge_app.process.child import ChildNotReadyError
from edge_app.process.pool import AHEAD, FilmPool
from edge_app.process.protocol import WorkerConfig
from edge_app.system.errors import BundleError
from tests.support.leftovers import nothing_left

BUNDLE = Path(os.environ.get("BUNDLE", SHIPPED_BUNDLE))
SAMPLES = Path(__file__).resolve().parents[3] / "assets" / "samples"
pytestmark = pytest.mark.skipif(
    not (BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle in models/pneumonia (or $BUNDLE)"
)


@pytest.fixture(autouse=True)
def _leaves_nothing() -> Iterator[None]:
    with nothing_left():
        yield


def placed(path: Path, analysis: Analysis, index: int) -> tuple[int, str, str]:
    return index, path.name, analysis.status


def test_results_come_in_the_order_of_the_films_whoever_is_first(tmp_path: Path) -> None:
    films = []
    for number in range(24):
        film = tmp_path / f"{number:02}.png"
        # Files that are no films are answered at once, so that those after a film are done before it.
        film.write_bytes((SAMPLES / "clear.png").read_bytes() if number % 3 == 0 else b"no film")
        films.append(film)
    with FilmPool(open_bundle(BUNDLE), WorkerConfig(threads=1), 2) as pool:
        found = list(pool.each(films, placed))
        assert pool.lost == 0
    assert found == [(n, f"{n:02}.png", "failed" if n % 3 else "analysed") for n in range(24)]


def test_a_list_without_end_is_taken_as_it_is_needed() -> None:
    taken = 0

    def endless() -> Iterator[Path]:
        nonlocal taken
        while True:
            taken += 1
            yield Path("/nowhere.png")

    with FilmPool(open_bundle(BUNDLE), WorkerConfig(threads=1), 2) as pool:
        assert len(list(itertools.islice(pool.each(endless(), placed), 2000))) == 2000
    assert taken <= 2000 + AHEAD


def test_what_fails_in_finish_ends_the_list_and_the_children(tmp_path: Path) -> None:
    def full(_path: Path, _analysis: Analysis, _index: int) -> None:
        raise BundleError("The disk is full.")

    with (
        pytest.raises(BundleError, match="disk"),
        FilmPool(open_bundle(BUNDLE), WorkerConfig(threads=1), 2) as pool,
    ):
        list(pool.each([SAMPLES / "clear.png"] * 9, full))


def test_a_child_that_cannot_work_leaves_none_behind(tmp_path: Path) -> None:
    bundle = open_bundle(BUNDLE)
    with pytest.raises(ChildNotReadyError, match="none of that name"):
        FilmPool(bundle, WorkerConfig(operating_point="none of that name"), 3)
