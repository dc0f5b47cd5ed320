"""Paths that lead to no honest film, through the real process: each a reason or an answer, never a wait."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from edge_app.imaging.decode import open_film_file, read_open_file
from edge_app.process.protocol import Analyse, WorkerConfig
from edge_app.process.supervisor import Supervisor
from edge_app.system.errors import FilmUnreadableError
from edge_app.system.messages import plain

SAMPLE = Path(__file__).resolve().parents[3] / "assets" / "samples" / "clear.png"
GIB = 1 << 30


def odd_paths(folder: Path) -> dict[Path, str]:
    """Each path with the code of its reason; empty where it is a film."""
    inside = folder / "inside"
    inside.mkdir()
    film = Path(shutil.copy(SAMPLE, folder / "film.png"))
    os.mkfifo(folder / "pipe.png")
    (folder / "link.png").symlink_to(film)
    (folder / "loop.png").symlink_to(folder / "loop.png")
    (folder / "zero.png").symlink_to("/dev/zero")
    (folder / "empty.png").touch()
    with (folder / "sparse.png").open("wb") as stream:
        stream.truncate(5 * GIB)
    names = ["two\nlines.png", "\u202egnp.exe.png", os.fsdecode(b"caf\xe9\xff.png"), "n" * 251 + ".png"]
    for name in names:
        shutil.copy(SAMPLE, folder / name)
    return {
        inside / ".." / "film.png": "",
        folder / "link.png": "",
        folder / "loop.png": "file.missing",
        folder / "pipe.png": "file.missing",
        Path("/dev/zero"): "file.missing",
        folder / "zero.png": "file.missing",
        folder: "file.missing",
        folder / "gone.png": "file.missing",
        folder / "empty.png": "file.empty",
        folder / "sparse.png": "file.too_large",
        **{folder / name: "" for name in names},
    }


@pytest.mark.skipif(not (SHIPPED_BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle")
@pytest.mark.reliability("A15")
def test_each_odd_path_is_a_reason_or_an_answer_and_holds_nobody_up(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    expected = odd_paths(tmp_path)

    async def script() -> tuple[dict[Path, str], float, int]:
        supervisor = Supervisor(WorkerConfig())
        longest, done = 0.0, asyncio.Event()

        async def beat() -> None:
            # As the window's event loop: how long was it held up, not counting when the machine ran others.
            nonlocal longest
            while not done.is_set():
                before = time.monotonic() - waited_s()
                await asyncio.sleep(0)
                longest = max(longest, time.monotonic() - waited_s() - before)
                await asyncio.sleep(0.005)

        heart = asyncio.create_task(beat())
        try:
            await supervisor.require()
            replies = {
                p: await supervisor.ask(Analyse(name=plain(p.name)), name=plain(p.name), path=p) for p in expected
            }
        finally:
            done.set()
            await heart
            await supervisor.close()
        found = {path: reply.analysis(path, None).reason for path, reply in replies.items()}
        return {p: reason.code if reason else "" for p, reason in found.items()}, longest, supervisor.state.restarts

    found, longest_s, restarts = asyncio.run(script())
    assert found == expected
    assert restarts == 0
    assert longest_s <= 0.1
    record_property("figure", f"{len(found)} paths, event loop held up {longest_s * 1000:.0f} ms at most")


def waited_s() -> float:
    """For how long this thread was ready to run and the machine ran others."""
    return int(Path("/proc/thread-self/schedstat").read_text().split()[1]) / 1e9


@pytest.mark.reliability("A15")
def test_a_film_that_changes_while_it_is_read_is_read_as_it_is_or_refused(tmp_path: Path) -> None:
    deleted = Path(shutil.copy(SAMPLE, tmp_path / "deleted.png"))
    descriptor = open_film_file(deleted)
    deleted.unlink()
    assert read_open_file(descriptor, deleted.name).data == SAMPLE.read_bytes()
    growing = Path(shutil.copy(SAMPLE, tmp_path / "growing.png"))
    descriptor = open_film_file(growing)
    with growing.open("ab") as stream:
        stream.write(b"more")
    assert read_open_file(descriptor, growing.name).data == SAMPLE.read_bytes() + b"more"
    with growing.open("r+b") as stream:
        descriptor = open_film_file(growing)
        stream.truncate(0)
    assert read_open_file(descriptor, growing.name).data == b""
    with pytest.raises(FilmUnreadableError):
        open_film_file(tmp_path / "gone.png")
