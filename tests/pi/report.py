"""Writes the figures of `make test-pi` as a page of the guide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets.pi.systems import REPOSITORY

PAGE = REPOSITORY / "docs" / "pi" / "measurements.md"
_NOT_TAKEN = "not taken"
_HEAD = """\
# What was measured

Written by `make test-pi`, which installs the archive on an arm64 Debian in a folder, run by proot and qemu-user
without a network. No page of ours gives seconds for a Raspberry Pi: an emulator's seconds mean nothing. On the board
itself `pneumoscope predict --format jsonl FILM` says in `elapsed_ms` what it takes there.
"""
_TAIL = """\
Memory at rest is the proportional set of the window and its worker, without the emulator's binary and the code it has
translated; the line below it is all that is resident, and counts what both share twice. Instructions are counted for
one thread by a plugin of qemu's translator (`tests/pi/count_instructions.c`): the net alone; one film in a process that
is up, from its file to its result; and a process that scores one film, from its start to its end.

What to expect of the net on a board, from measurements that others have published:

- Raspberry Pi 4, 64-bit, all cores: 17 ms for MobileNetV2 at 224 x 224 in int8, 46 ms in float (XNNPACK's page, with
  random weights; 30 ms in int8 on a Raspberry Pi 3B+). The shipped file runs its first blocks in float and its last in
  int8 (docs/training.md), so expect a time between the two.
- Raspberry Pi 5: we know no published figure for this net in int8 with these runtimes. Beside it: MobileNetV2 in float
  with ncnn 10.5 ms on four threads, 16.4 ms on one (ncnn's benchmark page), and a larger net, SSD-MobileNetV2 at
  300 x 300 with TensorFlow Lite, 23.5 ms where a Raspberry Pi 4 takes 112.6 ms (aallan/benchmarking-ml-on-the-edge).
"""


def write_report(systems: dict[str, dict[str, Any]], page: Path = PAGE) -> str:
    """Writes the page and returns its text.

    Args:
        systems: Figures of each system, by name.
        page: The file.
    """
    rows = {
        "System": {name: figures.get("title", name) for name, figures in systems.items()},
        "Version": {name: figures.get("version", _NOT_TAKEN) for name, figures in systems.items()},
        "Part of the archive": {name: _megabytes(figures.get("archive")) for name, figures in systems.items()},
        "Installed": {name: _megabytes(figures.get("installed")) for name, figures in systems.items()},
        "With compiled modules, at most": {
            name: _megabytes(figures.get("stated")) for name, figures in systems.items()
        },
        "Memory at rest": {name: _memory(figures.get("memory")) for name, figures in systems.items()},
        "The same with the emulator": {
            name: _memory(figures.get("memory"), emulated="_emulated") for name, figures in systems.items()
        },
    }
    lines = [_HEAD, f"| | {' | '.join(systems)} |", f"|---|{'---|' * len(systems)}"]
    lines += [f"| {title} | {' | '.join(row[name] for name in systems)} |" for title, row in rows.items()]
    lines += ["", "## Self-test", ""]
    lines += [f"- {name}: {line}" for name, figures in systems.items() for line in figures.get("selftest", [])]
    lines += ["", "## Decisions compared with LiteRT on x86-64", ""]
    lines += ["| | films | decisions changed | largest difference of probabilities |", "|---|---|---|---|"]
    for name, figures in systems.items():
        for runtime, one in figures.get("agreement", {}).items():
            lines.append(
                f"| {name}, {runtime} | {one['films']} | {one['changed']} | {one['largest'] * 256:.2f} / 256 |"
            )
    lines += ["", "## Instructions, in millions", ""]
    lines += ["| | the net | one film | a whole `predict` |", "|---|---|---|---|"]
    for name, figures in systems.items():
        for runtime, one in figures.get("instructions", {}).items():
            numbers = " | ".join(f"{one[key] / 1e6:.0f}" for key in ("invoke", "film", "predict"))
            lines.append(f"| {name}, {runtime} | {numbers} |")
    text = "\n".join([*lines, "", _TAIL])
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, encoding="utf-8")
    return text


def _megabytes(value: int | None) -> str:
    return _NOT_TAKEN if value is None else f"{value / 1e6:.0f} MB"


def _memory(found: dict[str, int] | None, emulated: str = "") -> str:
    if not found:
        return _NOT_TAKEN
    parts = {name: found[name + emulated] for name in ("window", "worker")}
    return f"{_megabytes(sum(parts.values()))} ({', '.join(f'{k} {_megabytes(v)}' for k, v in parts.items())})"
