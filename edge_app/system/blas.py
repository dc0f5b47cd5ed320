"""Environment variables for the BLAS inside NumPy: number of threads and processor type."""

from __future__ import annotations

from pathlib import Path

# OpenBLAS kernel names, best first, and the CPU flags (Linux names) that each kernel needs.
_KERNELS = {
    "SkylakeX": frozenset({"avx512f", "avx512cd", "avx512dq", "avx512bw", "avx512vl"}),
    "Haswell": frozenset({"avx2", "fma"}),
}


def blas_environment(cpuinfo: Path = Path("/proc/cpuinfo")) -> dict[str, str]:
    """Returns the environment variables of a process that analyses films.

    The OpenBLAS of NumPy 1.26 selects its kernel by processor name. On newer processors it falls back to code of 2004,
    which is several times slower. Newer releases select by CPU flags, as this function does.

    Args:
        cpuinfo: File with the CPU flags. Without it (other systems, ARM) OpenBLAS selects the kernel.
    """
    # The matrices are small: waking a second thread costs more than it saves.
    environment = {"OPENBLAS_NUM_THREADS": "1"}
    try:
        with cpuinfo.open(encoding="ascii", errors="replace") as lines:
            flags = next((set(line.split()) for line in lines if line.startswith("flags")), set())
    except OSError:
        return environment
    for name, needed in _KERNELS.items():
        if needed <= flags:
            return {**environment, "OPENBLAS_CORETYPE": name}
    return environment
