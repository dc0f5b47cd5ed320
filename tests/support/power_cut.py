"""Simulated power cuts: what a program writes is recorded with strace, and every state a disk may hold is made again.

A disk keeps what was synced. Of the rest it may keep all, nothing, the names without the data, the data without the
names, or half of the last write (B3, CrashMonkey: Mohan et al., OSDI 2018). Each state after each system call is a
folder that the program must be able to open.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

_CALLS = "openat,write,pwrite64,fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,ftruncate"
_LINE = re.compile(r"^\d+\s+(\w+)\((.*)\) += (-?\d+)(?:<((?:\\x[0-9a-f]{2})*)>)?")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_DESCRIPTOR = re.compile(r"^(\d+)<((?:\\x[0-9a-f]{2})*)>")
ACKNOWLEDGED = b"ACK "
"""What the recorded program prints, with a name and a line feed, when something is safe."""


@dataclass(frozen=True, slots=True)
class State:
    """What a disk may hold after a power cut.

    Attributes:
        files: Name to content.
        acknowledged: What the program had called safe by then, in order.
        what: Which system call and which part of what was not synced.
    """

    files: dict[str, bytes]
    acknowledged: tuple[str, ...]
    what: str

    def lay_out(self, folder: Path) -> None:
        """Makes the files in an empty folder."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        for name, content in self.files.items():
            (folder / name).write_bytes(content)


@dataclass(slots=True)
class _File:
    synced: bytes = b""
    seen: bytes = b""
    torn: bytes = b""


@dataclass(slots=True)
class _Disk:
    folder: str
    synced_names: dict[str, _File] = field(default_factory=dict)
    names: dict[str, _File] = field(default_factory=dict)
    offsets: dict[int, int] = field(default_factory=dict)
    acknowledged: list[str] = field(default_factory=list)
    last: _File | None = None

    def own(self, path: str) -> str | None:
        """The name of a file of the folder; None for any other."""
        parent, _, name = path.rpartition("/")
        return name if parent == self.folder else None

    def write(self, file: _File, offset: int, data: bytes) -> None:
        base = file.seen.ljust(offset, b"\0")
        half = data[: len(data) // 2]
        file.torn = base[:offset] + half + base[offset + len(half) :]
        file.seen = base[:offset] + data + base[offset + len(data) :]
        self.last = file

    def states(self) -> Iterator[tuple[str, dict[str, bytes]]]:
        yield "all", {name: file.seen for name, file in self.names.items()}
        yield "only what was synced", {name: file.synced for name, file in self.synced_names.items()}
        yield "names without data", {name: file.synced for name, file in self.names.items()}
        yield "data without names", {name: file.seen for name, file in self.synced_names.items()}
        if self.last is not None:
            yield (
                "last write torn",
                {name: file.torn if file is self.last else file.seen for name, file in self.names.items()},
            )


def record(program: Sequence[str], folder: Path) -> list[State]:
    """Runs a program under strace and lists the states its folder may be in after a power cut, each once.

    Args:
        program: Command line. It writes into `folder` and prints `ACK name` when something is safe.
        folder: Exists and is empty.
    """
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = folder.parent / "power-cut.strace"
    trace = ["strace", "-f", "-qq", "-xx", "-y", "-s", "10000000", "-e", f"trace={_CALLS}", "-o", str(log)]
    done = subprocess.run([*trace, *program], capture_output=True, text=True, check=False)
    if "ptrace" in done.stderr:
        pytest.skip(f"strace may not trace here: {done.stderr[-200:]}")
    assert done.returncode == 0, done.stderr[-2000:]
    disk, states, seen = _Disk(str(folder.resolve())), [], set()
    for number, line in enumerate(log.read_text(encoding="ascii").splitlines()):
        matched = _LINE.match(line)
        if matched is None or int(matched[3]) < 0 or not _apply(disk, *matched.groups()):
            continue
        for what, files in disk.states():
            key = (tuple(sorted(files.items())), len(disk.acknowledged))
            if key not in seen:
                seen.add(key)
                states.append(State(files, tuple(disk.acknowledged), f"{number} {matched[1]}: {what}"))
    return states


def _apply(disk: _Disk, call: str, words: str, result: str, opened: str | None) -> bool:
    """Does a system call on the model of the disk; False where it does not concern the folder."""
    texts = [_bytes(text) for text in _TEXT.findall(words)]
    descriptor = _DESCRIPTOR.match(words)
    path = _bytes(descriptor[2]).decode() if descriptor else ""
    if call == "write" and texts and texts[0].startswith(ACKNOWLEDGED):
        disk.acknowledged += [line[len(ACKNOWLEDGED) :].decode() for line in texts[0].splitlines()]
        return True
    if call in ("rename", "renameat", "renameat2", "unlink", "unlinkat"):
        return _rename(disk, [text.decode().rpartition("/")[2] for text in texts])
    if call == "openat":
        name = disk.own(_bytes(opened or "").decode())
        return name is not None and _open(disk, name, words, int(result))
    if call in ("fsync", "fdatasync") and path == disk.folder:
        disk.synced_names = dict(disk.names)
        return True
    name = disk.own(path)
    if name is None or name not in disk.names or descriptor is None:
        return False
    file, number = disk.names[name], int(descriptor[1])
    if call in ("fsync", "fdatasync"):
        file.synced = file.seen
        disk.last = None if disk.last is file else disk.last
    elif call == "ftruncate":
        file.seen = file.seen[: int(words.rpartition(", ")[2])]
    else:
        offset = int(words.rpartition(", ")[2]) if call == "pwrite64" else disk.offsets.get(number, 0)
        disk.write(file, offset, texts[0][: int(result)])
        disk.offsets[number] = offset + int(result)
    return True


def _bytes(text: str) -> bytes:
    """The bytes of a text that strace printed in hexadecimal."""
    return bytes.fromhex(text.replace("\\x", ""))


def _rename(disk: _Disk, names: list[str]) -> bool:
    if names[0] not in disk.names:
        return False
    file = disk.names.pop(names[0])
    if len(names) == 2:
        disk.names[names[1]] = file
    return True


def _open(disk: _Disk, name: str, words: str, descriptor: int) -> bool:
    disk.offsets[descriptor] = 0
    if "O_CREAT" in words and name not in disk.names:
        disk.names[name] = _File()
        return True
    if "O_TRUNC" in words and name in disk.names:
        disk.names[name].seen = b""
        return True
    return False
