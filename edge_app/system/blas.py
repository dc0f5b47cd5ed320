"""What the BLAS inside NumPy must know before it is loaded: how many threads, and which processor this is."""

from __future__ import annotations

from pathlib import Path

# The widest first. OpenBLAS's names; each with what its code for that processor needs, as Linux calls it.
_KERNELS = {
    "SkylakeX": frozenset({"avx512f", "avx512cd", "avx512dq", "avx512bw", "avx512vl"}),
    "Haswell": frozenset({"avx2", "fma"}),
}


def blas_environment(cpuinfo: Path = Path("/proc/cpuinfo")) -> dict[str, str]:
    """Returns the environment of a process that resizes films and asks the gate.

    The OpenBLAS of NumPy 1.26 knows the processors of its time by name. For later ones it falls back to code for those
    of 2004, which is several times as slow; later releases go by what a processor can do, as is done here.

    Args:
        cpuinfo: Where Linux says what the processor can do; other systems are left to OpenBLAS.
    """
    # The matrices are small: a second thread costs more to wake than it saves.
    environment = {"OPENBLAS_NUM_THREADS": "1"}
    features = _features(cpuinfo)
    for name, needed in _KERNELS.items():
        if needed <= features:
            return {**environment, "OPENBLAS_CORETYPE": name}
    return environment


def _features(cpuinfo: Path) -> set[str]:
    """What the first processor can do; on ARM the line has another name, and OpenBLAS needs no help."""
    try:
        with cpuinfo.open(encoding="ascii", errors="replace") as lines:
            return next((set(line.split()) for line in lines if line.startswith("flags")), set())
    except OSError:
        return set()
