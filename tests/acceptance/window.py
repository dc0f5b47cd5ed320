"""The window's figures: start, first result, next film, gaps of the event loop, memory, deaths of the child process.

    python -m tests.acceptance window        BUNDLE=... DATA=... KILLS=300 to change what is measured

Everything runs in the real window and the real child, offscreen unless QT_QPA_PLATFORM says otherwise. Gaps are
measured twice: by the wall clock, which a busy machine lengthens, and by the processor time of the window's thread.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from tests.acceptance.corpus import REPOSITORY

_LIMITS = {
    "painted_s": 1.5,
    "first_result_s": 3.0,
    "next_film_median_s": 0.3,
    "gap_wall_ms": 100,
    "resident_mb": 350,
}
_LIST = 624
_LOOKED_AT = 100


def run() -> int:
    """Measures in fresh processes and prints a table. Returns 0 if every figure is within its limit."""
    films = find_films()
    missed = 0
    for name, count in (("start", 1), ("list", _LIST), ("reading", _LOOKED_AT), ("kills", 12)):
        figures = measure(name, list(islice(cycle(films), count)))
        for key, value in figures.items():
            limit = _LIMITS.get(key)
            over = limit is not None and value > limit
            missed += over
            print(
                f"{name:<8} {key:<22} {value:>10}"
                + (f"   at most {limit}{'  MISSED' if over else ''}" if limit else "")
            )
    return int(missed > 0)


def find_films() -> list[Path]:
    """Films at their own size where they are there, else those of the test split, else drawn ones."""
    root = Path(os.environ.get("DATA", "../shared/data/chest_xray"))
    originals = root.parent / "originals"
    chosen = originals if originals.is_dir() else root / "test"
    found = sorted(path for path in chosen.rglob("*") if path.suffix in (".jpeg", ".png", ".dcm"))
    return found or sorted((REPOSITORY / "assets" / "samples").glob("*.png"))


def measure(name: str, films: list[Path]) -> dict[str, Any]:
    """Measures in a process of its own, on copies of the films, so that each is a row of its own.

    Args:
        name: `start`, `list`, `reading` or `kills`.
        films: What the window is opened with.

    Returns:
        The figures, by name with their unit.
    """
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home) / "films"
        folder.mkdir()
        for number, path in enumerate(films):
            shutil.copy(path, folder / f"{number:04}{path.suffix}")
        environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PNEUMOSCOPE_HOME": str(Path(home) / "home")}
        command = [sys.executable, "-m", "tests.acceptance.window", name, str(folder), repr(time.time())]
        done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=True)
        figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return figures


class _Measurement:
    """The window, with a clock on it."""

    def __init__(self, folder: Path, started: float) -> None:
        from PySide6.QtCore import QTimer

        from edge_app import app
        from edge_app.services.places import Places
        from edge_app.services.settings import CONSENT, CONSENT_VERSION, Settings

        settings = Settings(Places.find().settings_file)
        settings[CONSENT] = CONSENT_VERSION
        settings.save()
        self.started = started
        self.figures: dict[str, Any] = {}
        self.application = app._application()
        bundle = os.environ.get("BUNDLE")
        self.run = app.Run(
            self.application, app.Options(paths=(folder,), model=Path(bundle) if bundle else None, size=(1280, 800))
        )
        self.session, self.queue = self.run.services.session, self.run.services.queue
        self.run.window.repaint()
        self.figures["painted_s"] = round(time.time() - started, 2)
        self.figures["painted_cpu_s"] = round(time.process_time(), 2)
        self.queue.finished.connect(self._on_finished)
        self._wall: list[float] = []
        self._own: list[float] = []
        self._last = (time.perf_counter(), time.thread_time())
        self._beat = QTimer()
        self._beat.timeout.connect(self._on_beat)

    def until_done(self) -> None:
        """Runs the event loop until every film has an answer."""
        from PySide6.QtCore import QTimer

        look = QTimer(self.run)
        look.timeout.connect(self._leave_when_done)
        look.start(50)
        # What comes before, the window's first layout, is in the time to the first painting.
        self._beat.start(5)
        self.application.exec()
        self._beat.stop()
        look.stop()

    def gaps(self) -> None:
        """Notes the longest gaps of the event loop."""
        self.figures["gap_wall_ms"] = round(max(self._wall) * 1000)
        self.figures["gap_own_ms"] = round(max(self._own) * 1000)

    def memory(self) -> None:
        """Notes the resident memory of window and child."""
        pids = [os.getpid(), *([self.queue.state.pid] if self.queue.state.pid else [])]
        self.figures["resident_mb"] = round(sum(_resident_mb(pid) for pid in pids))

    def end(self) -> None:
        """Closes the window and prints the figures."""
        self.run.close()
        print(json.dumps(self.figures))

    def _leave_when_done(self) -> None:
        rows = self.session.items
        if rows and self.queue.pending == 0 and all(row.state == "done" for row in rows):
            self.application.quit()

    def _on_finished(self) -> None:
        self.figures.setdefault("first_result_s", round(time.time() - self.started, 2))

    def _on_beat(self) -> None:
        wall, own = time.perf_counter(), time.thread_time()
        self._wall.append(wall - self._last[0])
        self._own.append(own - self._last[1])
        self._last = (wall, own)


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _start(measurement: _Measurement) -> None:
    measurement.until_done()


def _list(measurement: _Measurement) -> None:
    began = time.perf_counter()
    measurement.until_done()
    measurement.figures["films"] = len(measurement.session)
    measurement.figures["films_per_s"] = round(len(measurement.session) / (time.perf_counter() - began), 1)
    measurement.gaps()


def _reading(measurement: _Measurement) -> None:
    """Looks at one film after the other once all have an answer, and waits for each to be shown."""
    measurement.until_done()
    session, took = measurement.session, []
    for row in session.items:
        if row.item_id == session.current_id:
            continue
        shown: list[int] = []
        session.film_ready.connect(shown.append)
        began = time.perf_counter()
        session.set_current(row.item_id)
        while row.item_id not in shown:
            measurement.application.processEvents()
        took.append(time.perf_counter() - began)
        session.film_ready.disconnect(shown.append)
    took.sort()
    measurement.figures["next_film_median_s"] = round(took[len(took) // 2], 3)
    measurement.figures["next_film_worst_s"] = round(took[-1], 3)
    measurement.memory()


def _kills(measurement: _Measurement) -> None:
    """Kills the child at random moments of its jobs, and sees that each job ends once and the next one works."""
    import logging

    from PySide6.QtCore import QTimer

    logging.getLogger("edge_app").setLevel(logging.ERROR)  # each kill is logged as what it is
    wanted, dice = int(os.environ.get("KILLS", "300")), random.Random(3)
    measurement.until_done()
    queue, paths = measurement.queue, [row.path for row in measurement.session.items]
    ended: dict[int, str] = {}
    submitted: list[int] = []
    kills = 0

    def kill() -> None:
        nonlocal kills
        if kills < wanted and queue.state.pid is not None:
            try:
                os.kill(queue.state.pid, dice.choice((signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT)))
            except ProcessLookupError:
                return
            kills += 1

    def feed() -> None:
        while kills < wanted and queue.pending < 3:
            submitted.append(queue.submit(dice.choice(paths), with_film=True))

    def finished(result: Any) -> None:
        assert result.job_id not in ended
        ended[result.job_id] = result.analysis.reason.code if result.analysis.reason else "analysed"
        feed()

    queue.started.connect(lambda _job: QTimer.singleShot(dice.randrange(60), kill))
    queue.finished.connect(finished)
    queue.idle.connect(lambda: measurement.application.quit() if kills >= wanted else None)
    feed()
    measurement.application.exec()
    submitted.append(queue.submit(paths[0]))
    measurement.application.exec()
    figures = measurement.figures
    figures["kills"] = kills
    figures["jobs"] = len(submitted)
    figures["jobs_without_end"] = len(set(submitted) - set(ended))
    for code in sorted(set(ended.values())):
        figures[code] = sum(value == code for value in ended.values())
    figures["next_job"] = ended.get(submitted[-1], "lost")


def _main(name: str, folder: str, started: str) -> None:
    measurement = _Measurement(Path(folder), float(started))
    {"start": _start, "list": _list, "reading": _reading, "kills": _kills}[name](measurement)
    measurement.end()


if __name__ == "__main__":
    _main(*sys.argv[1:])
