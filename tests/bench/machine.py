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
    *("ai-edge-litert", "tflite-runtime", "onnxruntime", "openvino", "tensorflow-cpu", "tensorflow", "keras", "numpy"),
    *("pillow", "pydicom", "python-gdcm", "PySide6-Essentials", "distributed"),
)


def describe_machine() -> dict[str, str]:
    """Processor, cores, memory, system, packages, our commit, the date, and how busy the machine was."""
    processor = _field("/proc/cpuinfo", "model name") or _field("/proc/cpuinfo", "Model") or platform.processor()
    memory_kib = int((_field("/proc/meminfo", "MemTotal") or "0 kB").split()[0])
    installed = {found.name: found.version for found in importlib.metadata.distributions()}
    commit = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True)
    return {
        "processor": f"{processor} ({platform.machine()})",
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{memory_kib / 2**20:.1f} GiB",
        "system": f"{platform.system()} {platform.release()}, {' '.join(platform.libc_ver())}",
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {installed[name]}" for name in _PACKAGES if name in installed),
        "commit": commit.stdout.strip() or "unknown",
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "load when it ended": " ".join(f"{load:.1f}" for load in os.getloadavg()),
    }


def _field(file: str, key: str) -> str:
    lines = Path(file).read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.partition(":")[0].strip() == key), "")
