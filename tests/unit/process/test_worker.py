"""The child's side: in memory where that says it all, as a process where the process is the point."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from edge_app.bundle.manifest import parse_manifest
from edge_app.display.thumbnail import thumbnail
from edge_app.process.channel import Channel
from edge_app.process.protocol import (
    PREFIX_BYTES,
    Analyse,
    Analysed,
    FilmRead,
    LoadedModel,
    NotReady,
    ReadFilm,
    Request,
    Start,
    WorkerConfig,
    decode_answer,
    encode,
    lengths,
)
from edge_app.process.supervisor import Reply, Supervisor
from edge_app.process.worker import Engine, FilmEngine, serve
from edge_app.system.errors import BundleError
from edge_app.system.sandbox import Confinement
from tests.support.fake_worker import REACHED, FakeEngine
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
    monkeypatch.setattr("edge_app.process.worker._limit_memory", lambda _mb, for_good: None)
    parent, child = socket.socketpair()
    answers: list[object] = []
    with parent:
        for request in requests:
            payload = b"" if isinstance(request, Start) else b"film"
            parent.sendall(encode(request, len(payload)) + payload)
        parent.shutdown(socket.SHUT_WR)
        with child:
            serve(Channel(child), load, lambda _: Confinement())  # type: ignore[arg-type]
        with parent.makefile("rb") as stream:
            while prefix := stream.read(PREFIX_BYTES):
                header_bytes, payload_bytes = lengths(prefix)
                answers.append(decode_answer(stream.read(header_bytes)))
                stream.read(payload_bytes)
    return answers


def test_requests_are_answered_in_order_until_the_stream_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    requests = (Start(config=WorkerConfig()), Analyse(name="a.png"), ReadFilm(name="a.png"))
    answers = talk(*requests, monkeypatch=monkeypatch)
    assert [type(answer) for answer in answers] == [LoadedModel, Analysed, FilmRead]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0), "no alarm is left between jobs"


def test_nothing_is_done_before_start(monkeypatch: pytest.MonkeyPatch) -> None:
    assert talk(Analyse(name="a.png"), monkeypatch=monkeypatch) == []


def test_a_bundle_that_cannot_be_opened_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(_config: WorkerConfig) -> Engine:
        raise BundleError("bundle.missing", folder="caf\udce9", detail="caf\udce9")

    [answer] = talk(Start(config=WorkerConfig()), load=load, monkeypatch=monkeypatch)
    assert isinstance(answer, NotReady)
    assert (answer.reason.code, answer.reason.params) == ("bundle.missing", {"folder": "caf\ufffd"})


def ask(
    request: Request, path: Path, config: WorkerConfig | None = None, command: tuple[str, ...] | None = None
) -> Reply:
    async def run() -> Reply:
        supervisor = Supervisor(config or WorkerConfig(), command=command)
        try:
            return await supervisor.ask(request, name=path.name, path=path)
        finally:
            await supervisor.close()

    return asyncio.run(run())


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
import asyncio, sys, time
from edge_app.process.protocol import Analyse, WorkerConfig
from edge_app.process.supervisor import Supervisor
from tests.support.fake_worker import COMMAND
from pathlib import Path

async def main():
    supervisor = Supervisor(WorkerConfig(), command=COMMAND)
    await supervisor.require()
    print(supervisor.state.pid, flush=True)
    if len(sys.argv) > 1:
        await supervisor.ask(Analyse(name="hang"), name="hang", path=Path(sys.argv[1]))
    time.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize("busy", [False, True])
def test_a_child_does_not_outlive_its_parent(tmp_path: Path, busy: bool) -> None:
    path = tmp_path / "film.png"
    path.write_text("hang")
    parent = subprocess.Popen([sys.executable, "-c", _PARENT, *([str(path)] if busy else [])], stdout=subprocess.PIPE)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    while busy and not Path(f"{path}{REACHED}").exists():
        time.sleep(0.01)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert gone(pid)


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
    reply = ask(ReadFilm(name="a.png"), path, command=(sys.executable, str(script)))
    assert reply.film is not None
    expected = np.arange(40_000_000, dtype=np.uint32).astype(np.uint16).reshape(8000, 5000)
    assert np.array_equal(reply.film.pixels, expected)


def test_a_child_without_a_bundle_says_why(tmp_path: Path) -> None:
    reply = ask(Analyse(name="a.png"), tmp_path, WorkerConfig(bundle=str(tmp_path)))
    assert reply.reason is not None
    assert (reply.reason.code, reply.reason.params["folder"]) == ("bundle.missing", str(tmp_path))


def test_modules_in_the_current_folder_are_not_imported(tmp_path: Path) -> None:
    (tmp_path / "msgspec.py").write_text("raise SystemExit('imported from a folder of films')")
    root = Path(__file__).resolve().parents[3]
    script = (
        "import asyncio\n"
        "from edge_app.process.protocol import WorkerConfig\n"
        "from edge_app.process.supervisor import Supervisor\n"
        "async def main():\n"
        "    supervisor = Supervisor(WorkerConfig(bundle='/nowhere'))\n"
        "    await supervisor.ready()\n"
        "    print(supervisor.state.reason)\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("There is no model bundle"), done.stderr


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
    reply = ask(Analyse(name="film.png", with_film=True), path, WorkerConfig(bundle=str(BUNDLE), threads=1))
    assert isinstance(reply.answer, Analysed)
    assert reply.film is not None
    assert reply.film.pixels.shape == (500, 400)
    here = Pipeline(open_bundle(BUNDLE), threads=1).analyse(path)
    there = reply.answer.analysis
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
