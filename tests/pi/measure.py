"""Figures of an installation on an emulated board. Counts and sizes only: an emulator's seconds mean nothing."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.pi.systems import REPOSITORY
from tests.pi.board import CPUS, Board

INSTALLED = Path("opt/pneumoscope/current")
_READY_LIMIT_S = 1800
_QUIET_S = 15
_SLOW = ("--max-seconds", "1800")
"""An emulated film may take a minute where the machine has other work."""


@dataclass(frozen=True, slots=True)
class Film:
    """What was said of a film.

    Attributes:
        band: Its decision, or its status where it was not analysed.
        probability: 0..1; None where it was not analysed.
    """

    band: str
    probability: float | None


def read_results(lines: str) -> dict[str, Film]:
    """Reads JSON lines of `predict`; the key is the hash of the film's file."""
    rows: list[dict[str, Any]] = [json.loads(line) for line in lines.splitlines()]
    return {row["sha256"]: Film(row.get("band") or row["status"], row.get("probability")) for row in rows}


def films_of(data: Path, count: int) -> list[Path]:
    """The first films of each class of the test split, by name, half of them each.

    Raises:
        FileNotFoundError: The data set is not there.
    """
    chosen = []
    for label in ("NORMAL", "PNEUMONIA"):
        found = sorted((data / "test" / label).glob("*.jpeg"))[: count // 2]
        if len(found) < count // 2:
            raise FileNotFoundError(f"{data} holds no test split with {count // 2} films of {label}. Give DATA=...")
        chosen += found
    return chosen


def predict_here(films: Sequence[Path], runtime: str) -> dict[str, Film]:
    """Scores films on this machine, with this checkout."""
    command = [sys.executable, "-m", "edge_app", "predict", "--runtime", runtime, "--format", "jsonl", *map(str, films)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"predict failed here: {done.stderr}")
    return read_results(done.stdout)


def predict_there(board: Board, folder: str, runtime: str) -> dict[str, Film]:
    """Scores the films of a folder of the board, with what is installed there."""
    words = ["/usr/local/bin/pneumoscope", "predict", "--runtime", runtime, "--format", "jsonl", *_SLOW, folder]
    done = board.run(*words)
    if done.returncode not in (0, 3):
        raise RuntimeError(f"predict failed on {board.system.name}: {done.stderr}")
    return read_results(done.stdout)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two sets of results compare.

    Attributes:
        films: How many are in both.
        changed: Films with another decision.
        largest: Difference of probabilities, 0..1.
    """

    films: int
    changed: int
    largest: float


def compare(one: dict[str, Film], other: dict[str, Film]) -> Agreement:
    """Compares results of the same films.

    Raises:
        ValueError: They are not of the same films.
    """
    if one.keys() != other.keys():
        raise ValueError("The results are of different films.")
    pairs = [(one[key], other[key]) for key in one]
    differences = [
        abs(a.probability - b.probability) for a, b in pairs if a.probability is not None and b.probability is not None
    ]
    return Agreement(len(pairs), sum(a.band != b.band for a, b in pairs), max(differences, default=0.0))


def size_bytes(folder: Path) -> int:
    """What the files below a folder take, links not followed."""
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir() or path.is_symlink())


_MAPPING = re.compile(r"[0-9a-f]+-[0-9a-f]+ (?P<rights>\S+) \S+ \S+ \S+ *(?P<file>.*)")


def idle_memory(board: Board) -> dict[str, int]:
    """Opens the window without a film, waits until it and its child rest, and asks how much memory is resident.

    Returns:
        Bytes: `window` and `worker` are the program's own, without the emulator; `window_emulated` and
        `worker_emulated` the whole process, as the system counts it.
    """
    notify = board.root / "tmp" / "notify"
    notify.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(notify))
        line.settimeout(_READY_LIMIT_S)
        command = board.command(
            ["/usr/local/bin/pneumoscope", "--kiosk", "--size", "800x480"], {"NOTIFY_SOCKET": "/tmp/notify"}
        )
        with _running(command) as process:
            if line.recv(100) != b"READY=1":
                raise RuntimeError("The window did not say that it is ready.")
            return _resident_at_rest(process.pid)


@contextmanager
def _running(command: Sequence[str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        yield process
    finally:
        for pid in _family(process.pid):
            Path(f"/proc/{pid}").exists() and os.kill(pid, 9)
        process.wait()


def _family(pid: int) -> list[int]:
    """A process and all that come from it, the youngest first."""
    children: list[int] = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            children += _family(int(status.parent.name))
    return [*children, pid]


def _resident_at_rest(pid: int) -> dict[str, int]:
    deadline = time.monotonic() + _READY_LIMIT_S
    spent = -1
    quiet_since = time.monotonic()
    while time.monotonic() < deadline:
        programs = _programs(pid)
        now = sum(_ticks(one) for one in programs.values())
        if now - spent > 20:
            spent, quiet_since = now, time.monotonic()
        elif "worker" in programs and time.monotonic() - quiet_since > _QUIET_S:
            found = {name: _memory(one) for name, one in programs.items()}
            return {name: own for name, (own, _) in found.items()} | {
                f"{name}_emulated": whole for name, (_, whole) in found.items()
            }
        time.sleep(1)
    raise RuntimeError("The window did not come to rest.")


def _programs(pid: int) -> dict[str, int]:
    """The emulators among a process's family, by what runs in them."""
    found = {}
    for one in _family(pid):
        try:
            words = Path(f"/proc/{one}/cmdline").read_bytes()
        except OSError:
            continue
        if b"qemu-aarch64" in words.partition(b"\0")[0]:
            found["worker" if b"edge_app.process.worker" in words else "window"] = one
    return found


def _ticks(pid: int) -> int:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return int(fields[11]) + int(fields[12])


def _memory(pid: int) -> tuple[int, int]:
    """The memory of an emulated program, bytes: its own proportional set, and all that is resident.

    The emulator's share is its binary and the code it has translated, the one mapping that is writable and executable.
    Pages that both programs map are shared out between them, as on a board.
    """
    own = whole = 0
    emulator = False
    for line in Path(f"/proc/{pid}/smaps").read_text().splitlines():
        if mapping := _MAPPING.match(line):
            emulator = mapping["rights"].startswith("rwx") or "qemu" in mapping["file"]
        elif line.startswith("Rss:"):
            whole += int(line.split()[1]) * 1024
        elif line.startswith("Pss:") and not emulator:
            own += int(line.split()[1]) * 1024
    return own, whole


@dataclass(frozen=True, slots=True)
class Instructions:
    """Guest instructions, one thread.

    Attributes:
        invoke: Of one run of the net.
        film: Of one film in a process that is up: reading, decoding, preprocessing, net, gates.
        predict: Of a process that scores one film, from its start to its end.
    """

    invoke: int
    film: int
    predict: int


def count_instructions(board: Board, runtime: str, film: Path, folder: Path) -> Instructions:
    """Counts with a plugin of the emulator; differences of runs take the start-up away.

    Args:
        board: With the app installed.
        runtime: Which interpreter.
        film: A film, on this machine.
        folder: Folder of the plugin.
    """
    plugin, out = folder / "count_instructions.so", folder / "executed.txt"
    source = Path(__file__).with_name("count_instructions.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", str(plugin), str(source)], check=True)
    python = board.root / f"usr/bin/python{board.system.python}"
    site = (board.root / INSTALLED).resolve() / f"lib/python{board.system.python}/site-packages"
    workload = Path(__file__).with_name("workload.py")

    def run(what: str, times: int) -> int:
        out.unlink(missing_ok=True)
        command = [
            "qemu-aarch64",
            "-cpu",
            CPUS[board.system.name],
            "-L",
            str(board.root),
            "-plugin",
            f"{plugin},out={out}",
            str(python),
            "-B",
            str(workload),
        ]
        environment = {
            "PATH": os.environ["PATH"],
            "OPENBLAS_NUM_THREADS": "1",
            "PYTHONHASHSEED": "0",
            "LC_ALL": "C.UTF-8",
        }
        command += [str(site), runtime, str(film), what, str(times)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
        if done.returncode:
            raise RuntimeError(f"{what} failed under the emulator: {done.stderr[-2000:]}")
        return int(out.read_text())

    one_film = run("analyse", 1)
    return Instructions(
        invoke=(run("invoke", 3) - run("invoke", 1)) // 2,
        film=(run("analyse", 3) - one_film) // 2,
        predict=one_film,
    )
