"""How fast the window is: `python -m tests.bench.window [--films FOLDER] [--model DIR]`. Printed, never asserted.

Each figure of the start is taken in a fresh process, with the real child process and model where there is one:

    painted     from the start of the interpreter to the first painted window
    first       from there to the first film with its result on the screen
    next        from the key to the next film with its result
    gap         the longest time the event loop was busy while a folder of films was analysed
    memory      resident memory of window and child together after it
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PERIOD_MS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--films", type=Path, help="folder of films (default: 624 drawn ones)")
    parser.add_argument("--model", type=Path, help="model bundle (default: the shipped one)")
    parser.add_argument("--fake", action="store_true", help="a child process without a model")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        _inside(json.loads(options.inside))
        return
    with tempfile.TemporaryDirectory() as scratch:
        films = sorted(p for p in options.films.rglob("*") if p.is_file()) if options.films else _draw(Path(scratch))
        plan = {"films": [str(f) for f in films[:12]], "model": str(options.model or ""), "fake": options.fake}
        starts = [_run({**plan, "what": "start"}, Path(scratch) / f"home{i}") for i in range(options.runs)]
        for name in ("painted", "first", "next"):
            values = [run[name] for run in starts]
            print(f"{name:<8} {statistics.median(values):6.3f} s   (worst {max(values):.3f})", flush=True)
        batch = _run({**plan, "what": "batch", "films": [str(f) for f in films]}, Path(scratch) / "home-batch")
        print(f"{'gap':<8} {batch['gap'] * 1000:6.0f} ms  (over {batch['films']} films in {batch['total']:.1f} s)")
        print(f"{'memory':<8} {batch['memory']:6.0f} MB")


def _run(plan: dict, home: Path) -> dict:
    environment = {**os.environ, "PNEUMOSCOPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
    plan = {**plan, "begin": time.time()}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.window", "--inside", json.dumps(plan)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _inside(plan: dict) -> None:
    from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from edge_app import app
    from edge_app.cli import main as start
    from edge_app.inference import child
    from edge_app.services.places import Places
    from edge_app.services.settings import CONSENT, CONSENT_VERSION, Settings

    places = Places.find()
    places.make()
    settings = Settings(places.settings_file)
    settings[CONSENT] = CONSENT_VERSION
    settings.save()
    if plan["fake"]:
        from tests.gui.fake_worker import COMMAND

        child.child_command = lambda module="": COMMAND
    found: dict[str, float] = {}

    class Painted(QObject):
        def eventFilter(self, watched, event):  # noqa: N802
            if event.type() == QEvent.Type.Paint and "painted" not in found:
                QTimer.singleShot(0, lambda: found.setdefault("painted", time.time() - plan["begin"]))
            return False

    def wait(condition) -> None:
        while not condition():
            QApplication.processEvents()
            time.sleep(0.0005)

    def loop(application: QApplication) -> int:
        window = next(w for w in application.topLevelWidgets() if w.objectName() == "MainWindow")
        painted = Painted()
        window.installEventFilter(painted)
        window.update()
        wait(lambda: "painted" in found)
        session = window.services.session

        def shown() -> bool:
            item = session.current
            return item is not None and item.state == "done" and window.document.film is not None

        if plan["what"] == "start":
            wait(shown)
            found["first"] = time.time() - plan["begin"]
            times = []
            for _ in range(len(session) - 1):
                wait(lambda: True)
                clock = time.perf_counter()
                window.actions_table["next"].trigger()
                wait(shown)
                application.processEvents()
                times.append(time.perf_counter() - clock)
            found["next"] = max(times)
        else:
            clock = QElapsedTimer()
            gaps = []
            ticker = QTimer()
            ticker.setTimerType(Qt.TimerType.PreciseTimer)

            def tick() -> None:
                gaps.append(clock.restart())

            begin = time.perf_counter()
            window.open_paths([Path(p) for p in plan["films"]])
            clock.start()
            ticker.timeout.connect(tick)
            ticker.start(_PERIOD_MS)
            wait_loop(application, lambda: window.services.queue.pending == 0)
            ticker.stop()
            found.update(gap=(max(gaps) - _PERIOD_MS) / 1000, total=time.perf_counter() - begin, films=len(session))
            found["memory"] = _memory_mb()
        return 0

    app._event_loop = loop
    arguments = ["--size", "1280x800", *(["--model", plan["model"]] if plan["model"] else [])]
    start([*arguments, *(plan["films"] if plan["what"] == "start" else [])])
    print(json.dumps(found))


def wait_loop(application, condition) -> None:
    """Runs the real event loop until something is so."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    look = QTimer()
    look.timeout.connect(lambda: condition() and loop.quit())
    look.start(100)
    loop.exec()
    look.stop()


def _memory_mb() -> float:
    import psutil

    me = psutil.Process()
    return sum(p.memory_info().rss for p in [me, *me.children(recursive=True)]) / 2**20


def _draw(folder: Path) -> list[Path]:
    from PIL import Image

    from tests.support.films import chest_like

    films = []
    (folder / "films").mkdir()
    for index in range(624):
        path = folder / "films" / f"film-{index:03}.jpg"
        # The first are as large as real ones; the rest only have to be many.
        rows, columns = (1500, 1300) if index < 12 else (300, 260)
        pixels = chest_like(rows, columns, seed=index)
        Image.fromarray(pixels).save(path, quality=90)
        films.append(path)
    return films


if __name__ == "__main__":
    main()
