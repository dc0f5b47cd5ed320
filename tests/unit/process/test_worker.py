"""The child's side: in memory where that says it all, as a process where the process is the point."""

from __future__ import annotations

import io
import os
import select
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from edge_app.bundle.manifest import parse_manifest
from edge_app.display.thumbnail import thumbnail
from edge_app.process.child import Child, ChildLostError, ChildNotReadyError
from edge_app.process.launch import child_command
from edge_app.process.protocol import (
    Analyse,
    Analysed,
    FilmRead,
    NotReady,
    ReadFilm,
    Ready,
    Request,
    Start,
    WorkerConfig,
    read_answer,
    unpack_film,
    write_frame,
)
from edge_app.process.worker import Engine, FilmEngine, serve
from edge_app.system.errors import BundleError
from tests.support.fake_worker import COMMAND, FakeEngine
from tests.support.leftovers import nothing_left

BUNDLE = Path(os.environ.get("BUNDLE", SHIPPED_BUNDLE))
needs_bundle = pytest.mark.skipif(
    not (BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle in models/pneumonia (or $BUNDLE)"
)


@pytest.fixture(autouse=True)
def _leaves_nothing() -> Iterator[None]:
    with nothing_left():
        yield


def talk(*requests: Request, load: object = FakeEngine, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Serves in this process, without the limits that would outlive the test."""
    monkeypatch.setattr("edge_app.process.worker._limit_memory", lambda _mb: None)
    incoming, outgoing = io.BytesIO(), io.BytesIO()
    for request in requests:
        write_frame(incoming, request)
    incoming.seek(0)
    serve(incoming, outgoing, load)  # type: ignore[arg-type]
    outgoing.seek(0)
    answers: list[object] = []
    while (frame := read_answer(outgoing)) is not None:
        answers.append(frame[0])
    return answers


def test_requests_are_answered_in_order_until_the_stream_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_text("film")
    name = os.fsencode(path)
    answers = talk(Start(config=WorkerConfig()), Analyse(path=name), ReadFilm(path=name), monkeypatch=monkeypatch)
    assert [type(answer) for answer in answers] == [Ready, Analysed, FilmRead]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0), "no alarm is left between jobs"


def test_nothing_is_done_before_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert talk(Analyse(path=b"a.png"), monkeypatch=monkeypatch) == []


def test_a_bundle_that_cannot_be_opened_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_config: WorkerConfig) -> Engine:
        raise BundleError("There is no bundle.", hint="Make one.", detail="caf\udce9")

    [answer] = talk(Start(config=WorkerConfig()), load=load, monkeypatch=monkeypatch)
    assert isinstance(answer, NotReady)
    assert (answer.reason.code, answer.reason.message, answer.reason.hint) == (
        "worker.unavailable",
        "There is no bundle.",
        "Make one.",
    )


def gone(pid: int, timeout_s: float = 20) -> bool:
    """Waits until a process that is no child of ours is gone."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], timeout_s)[0])
    finally:
        os.close(descriptor)


_PARENT = """
import sys
from edge_app.process.child import Child
from edge_app.process.protocol import WorkerConfig
from tests.support.fake_worker import COMMAND
child = Child(COMMAND)
child.start(WorkerConfig())
print(child.pid, flush=True)
sys.stdin.read()
"""


def test_a_child_does_not_outlive_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", _PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdin is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    parent.stdin.close()
    assert gone(pid)


def test_control_c_in_the_terminal_is_the_parents_business(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("film")
    child = Child(COMMAND)
    child.start(WorkerConfig())
    os.kill(child.pid, signal.SIGINT)
    answer, _ = child.ask(Analyse(path=os.fsencode(path)), 20)
    child.close()
    assert isinstance(answer, Analysed)


def test_a_large_film_comes_over_whole(tmp_path: Path) -> None:
    """40 megapixels of 16 bits are read into the memory in which they are shown."""
    script = tmp_path / "large.py"
    script.write_text(
        "import numpy as np\n"
        "from tests.support import fake_worker\n"
        "from edge_app.imaging.radiograph import Radiograph\n"
        "from edge_app.process.worker import run\n"
        "pixels = np.arange(40_000_000, dtype=np.uint32).astype(np.uint16).reshape(8000, 5000)\n"
        "fake_worker.film_of = lambda data: Radiograph(pixels, '5' * 64, 'TEST')\n"
        "run(fake_worker.FakeEngine)\n"
    )
    path = tmp_path / "a.png"
    path.write_text("film")
    child = Child((sys.executable, str(script)))
    child.start(WorkerConfig())
    answer, payload = child.ask(ReadFilm(path=os.fsencode(path)), 60)
    child.close()
    assert isinstance(answer, FilmRead)
    assert answer.film is not None
    film = unpack_film(answer.film, payload)
    expected = np.arange(40_000_000, dtype=np.uint32).astype(np.uint16).reshape(8000, 5000)
    assert np.array_equal(film.pixels, expected)


def test_a_job_that_takes_too_long_is_told_from_a_crash(tmp_path: Path) -> None:
    for text, timed_out in (("hang", True), ("die", False)):
        path = tmp_path / f"{text}.png"
        path.write_text(text)
        child = Child(COMMAND)
        child.start(WorkerConfig())
        with pytest.raises(ChildLostError) as lost:
            child.ask(Analyse(path=os.fsencode(path)), 0.2 if timed_out else 20)
        child.close()
        assert lost.value.timed_out == timed_out


def test_a_child_without_a_bundle_says_why(tmp_path: Path) -> None:
    child = Child(child_command())
    with pytest.raises(ChildNotReadyError, match="no model bundle"):
        child.start(WorkerConfig(bundle=str(tmp_path)))
    child.close()


def test_modules_in_the_current_folder_are_not_imported(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('imported from a folder of films')")
    code = "import subprocess, sys; from edge_app.process.child import Child; c = Child(); c.close()"
    root = Path(__file__).resolve().parents[3]
    script = (
        f"{code}\nc = Child()\n"
        "from edge_app.process.protocol import WorkerConfig\n"
        "from edge_app.process.child import ChildNotReadyError\n"
        "try:\n    c.start(WorkerConfig(bundle='/nowhere'))\n"
        "except ChildNotReadyError:\n    print('fine')\n"
        "c.close()\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "fine\n", done.stderr


@pytest.mark.parametrize(
    ("shape", "dtype", "expected"),
    [((1000, 500), np.uint8, (128, 64)), ((60, 90), np.uint16, (60, 90)), ((9000, 10), np.uint16, (128, 1))],
)
def test_thumbnails(shape: tuple[int, int], dtype: type, expected: tuple[int, int]) -> None:
    pixels = np.full(shape, np.iinfo(dtype).max // 2, dtype)
    small = thumbnail(pixels)
    assert small.shape == expected
    assert small.dtype == np.uint8
    assert (small == 127).all()


@needs_bundle
def test_the_real_worker_answers_as_the_pipeline_does(tmp_path: Path) -> None:
    from edge_app.analysis.pipeline import Pipeline
    from edge_app.bundle import open_bundle

    path = tmp_path / os.fsdecode(b"f\xe9lm.png")
    rows, columns = np.mgrid[0:500, 0:400]
    Image.fromarray(((rows * 0.2 + columns * 0.3) % 256).astype(np.uint8)).save(path, format="PNG")
    child = Child()
    ready, manifest = child.start(WorkerConfig(bundle=str(BUNDLE), threads=1))
    answer, payload = child.ask(Analyse(path=os.fsencode(path), with_film=True), 60)
    child.close()
    assert bytes(manifest) == (BUNDLE / MANIFEST_NAME).read_bytes()
    assert ready.selftest_films > 0
    assert isinstance(answer, Analysed)
    assert answer.film is not None
    assert unpack_film(answer.film, payload).pixels.shape == (500, 400)
    here = Pipeline(open_bundle(BUNDLE), threads=1).analyse(path)
    there = answer.analysis
    assert (there.status, there.sha256, there.decision) == (here.status, here.sha256, here.decision)
    if here.evidence is not None:
        assert there.evidence is not None
        assert np.array_equal(there.evidence, here.evidence)


@needs_bundle
def test_a_bundle_that_was_changed_is_not_run(tmp_path: Path) -> None:
    copy = tmp_path / "bundle"
    shutil.copytree(BUNDLE, copy)
    model = copy / parse_manifest((copy / MANIFEST_NAME).read_bytes()).variants["quant"].file.path
    data = bytearray(model.read_bytes())
    data[len(data) // 2] ^= 1
    model.write_bytes(data)
    with pytest.raises(BundleError):
        FilmEngine(WorkerConfig(bundle=str(copy)))


@needs_bundle
def test_the_child_loads_neither_tensorflow_nor_qt() -> None:
    code = (
        "import sys; from edge_app.process.worker import FilmEngine;"
        "from edge_app.process.protocol import WorkerConfig;"
        f"FilmEngine(WorkerConfig(bundle={str(BUNDLE)!r}));"
        "print(*[m for m in ('tensorflow', 'keras', 'PySide6', 'cv2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "\n"
