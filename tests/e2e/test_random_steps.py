"""Opens, cancels, steps, zooms and closes in random order."""

from __future__ import annotations

import gc
import random

import psutil
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from tests.support.window import Driver

_MOST_GROWTH_MB = 30


def look(w: Driver) -> None:
    """Asserts that the window never shows a result beside another film."""
    document, item = w.document, w.session.current
    if document.film is not None:
        assert item is not None
        assert document.name == item.name
        if document.analysis is not None:
            assert document.analysis.sha256 == document.film.sha256
        if item.state == "done" and item.analysis is not None and item.analysis.sha256:
            assert document.film.sha256 == item.analysis.sha256
    shown = w.window.result._item
    assert (shown.item_id if shown else None) == w.session.current_id


def walk(w: Driver, paths: list, count: int, seed: int) -> None:
    chance = random.Random(seed)
    actions = w.window.actions_table

    def trigger(key: str) -> None:
        if actions[key].isEnabled():
            actions[key].trigger()

    def close_dialogs() -> None:
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                widget.close()

    steps = [
        lambda: w.window.open_paths(chance.sample(paths, chance.randint(1, 4))),
        lambda: trigger("next"),
        lambda: trigger("previous"),
        lambda: trigger("cancel"),
        lambda: trigger("remove"),
        lambda: trigger("restore"),
        lambda: trigger("analyse_again"),
        lambda: chance.random() < 0.2 and trigger("clear"),
        lambda: w.wheel(QPointF(chance.randint(0, 500), chance.randint(0, 400)), chance.choice((-240, 120, 360))),
        lambda: trigger(chance.choice(("invert", "rotate_right", "mirror", "preset_auto", "undo", "redo", "fit"))),
        lambda: trigger(chance.choice(("heat", "compare", "ruler", "window_tool", "show_list", "reset_view"))),
        lambda: trigger(chance.choice(("settings", "history", "model", "about", "shortcuts", "report"))),
        close_dialogs,
        lambda: QTest.qWait(chance.choice((0, 5, 30))),
    ]
    for _ in range(count):
        chance.choice(steps)()
        w.settle()
        look(w)
        if chance.random() < 0.3:
            close_dialogs()
    close_dialogs()
    w.settle()


def run(drive, films, expected_log, count: int, seed: int) -> None:
    expected_log.append("worker process was lost")
    paths = [films(f"film-{i}.png", grey=0.1 * i, rows=400, columns=300) for i in range(1, 8)]
    paths += [films.broken("broken.png"), films("refuse.png"), films("crash.png"), films("flag.png")]
    grown = []

    def script(w: Driver) -> None:
        walk(w, paths, max(40, count // 5), seed)  # fills every cache
        gc.collect()
        before = psutil.Process().memory_info().rss
        walk(w, paths, count, seed + 1)
        gc.collect()
        grown.append((psutil.Process().memory_info().rss - before) / 2**20)
        w.wait(lambda: w.window.services.queue.pending == 0)
        look(w)

    drive(script)
    assert grown[0] < _MOST_GROWTH_MB, f"grew by {grown[0]:.1f} MB"


def test_hundred_and_fifty_random_steps(drive, films, expected_log):
    run(drive, films, expected_log, 110, seed=1)


@pytest.mark.reliability("C6")
@pytest.mark.long
def test_two_thousand_random_steps(drive, films, expected_log):
    run(drive, films, expected_log, 2000, seed=2)
