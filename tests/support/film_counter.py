"""Counts how often a film is opened and decoded, in this process and in those it starts.

    with counted(film) as counts: ...
    counts() == {"open": [pid], "decode": [pid]}

The product knows nothing of it: opens are told by Python's audit events, decodes by a wrapper that an import hook puts
around the decoder. Processes that are started in the block import this module as their `sitecustomize`.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_FILM, _LOG = "FILM_COUNTER_FILM", "FILM_COUNTER_LOG"
_DECODER = "edge_app.imaging.decode.raster"
_ROOT = Path(__file__).resolve().parents[2]
_active: list[int] = []
"""Descriptor of the log while something is counted: an audit hook cannot be taken away again."""


@contextmanager
def counted(film: Path, folder: Path) -> Iterator[Callable[[], dict[str, list[int]]]]:
    """Counts in the block.

    Args:
        film: The file that is watched.
        folder: For the log and for what the processes import.

    Yields:
        Gives the process ids that opened the film, and those that decoded one, in order.
    """
    (folder / "sitecustomize.py").write_text("from tests.support.film_counter import watch\nwatch()\n")
    log = folder / "counts"
    log.touch()
    before = dict(os.environ)
    paths = os.pathsep.join([str(folder), str(_ROOT), *filter(None, [before.get("PYTHONPATH", "")])])
    os.environ.update({_FILM: str(film), _LOG: str(log), "PYTHONPATH": paths})
    watch()
    try:
        yield lambda: _read(log)
    finally:
        os.close(_active.pop())
        os.environ.clear()
        os.environ.update(before)


def watch() -> None:
    """Counts in this process from now on."""
    _active.append(os.open(os.environ[_LOG], os.O_WRONLY | os.O_APPEND))
    _hook()
    if _DECODER in sys.modules:
        _wrap(sys.modules[_DECODER])
    else:
        sys.meta_path.insert(0, _Finder())


@functools.cache
def _hook() -> None:
    sys.addaudithook(_on_event)


def _on_event(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" or not _active or not isinstance(arguments[0], str | bytes):
        return
    if os.fsdecode(arguments[0]) == os.environ.get(_FILM):
        _note("open")


def _note(what: str) -> None:
    os.write(_active[-1], f"{what} {os.getpid()}\n".encode())


def _wrap(decoder: Any) -> None:
    original = decoder.decode
    if getattr(original, "is_counted", False):
        return

    def decode(*arguments: Any, **options: Any) -> Any:
        if _active:
            _note("decode")
        return original(*arguments, **options)

    decode.is_counted = True  # type: ignore[attr-defined]
    decoder.decode = decode


class _Finder(importlib.abc.MetaPathFinder):
    """Lets the others find the decoder, and wraps it when it is loaded."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name != _DECODER:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        assert spec is not None
        assert spec.loader is not None
        load = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            load(module)
            _wrap(module)

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def _read(log: Path) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {"open": [], "decode": []}
    for line in log.read_text().splitlines():
        what, pid = line.split()
        found[what].append(int(pid))
    return found
