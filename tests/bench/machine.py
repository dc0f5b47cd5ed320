"""Which machine, and which software, a figure belongs to."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.frame import REPOSITORY

_PACKAGES = (
    "ai-edge-litert",
    "tflite-runtime",
    "onnxruntime",
    "openvino",
    "tensorflow-cpu",
    "tensorflow",
    "keras",
    "numpy",
    "pillow",
    "pydicom",
    "python-gdcm",
    "PySide6-Essentials",
    "distributed",
)


def describe_machine() -> dict[str, str]:
    """Names what a figure depends on: processor, cores, memory, system, packages, our commit, and how busy it was."""
    processor = _field("/proc/cpuinfo", "model name") or _field("/proc/cpuinfo", "Model") or platform.processor()
    flags = set((_field("/proc/cpuinfo", "flags") or _field("/proc/cpuinfo", "Features")).split())
    wide = [name for name in ("avx2", "avx512f", "avx512_vnni", "amx_int8", "asimddp", "i8mm") if name in flags]
    memory_kib = int((_field("/proc/meminfo", "MemTotal") or "0 kB").split()[0])
    packages = []
    for name in _PACKAGES:
        try:
            packages.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return {
        "processor": f"{processor} ({platform.machine()}; {' '.join(wide)})",
        "cores": str(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()),
        "memory": f"{memory_kib / 2**20:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}, {' '.join(platform.libc_ver())}",
        "Python": platform.python_version(),
        "packages": ", ".join(packages),
        "commit": _commit(),
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load when it ended": " ".join(f"{load:.1f}" for load in os.getloadavg()) if hasattr(os, "getloadavg") else "",
    }


def _field(file: str, key: str) -> str:
    try:
        lines = Path(file).read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == key), "")


def _commit() -> str:
    """The commit of this checkout, or the word that there is none."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip()
