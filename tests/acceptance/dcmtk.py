"""Compares modality, VOI and presentation with dcmtk's `dcmj2pnm`, over the test files of pydicom and pydicom-data.

python -m tests.acceptance dcmtk
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from edge_app.imaging.decode import DecodeLimits, FilmFile, ViewChoice, decode_film
from edge_app.system.errors import FilmUnreadableError
from tests.acceptance.corpus import dicom_test_files

LIMITS = DecodeLimits(min_side_px=1)
TOLERANCE = 1

# Files that both read, and read differently: why, after looking at each.
EXPLAINED: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Comparison:
    name: str
    outcome: str  # equal | explained | different | only-ours | only-dcmtk | neither
    largest: int
    note: str = ""


def is_installed() -> bool:
    return shutil.which("dcmj2pnm") is not None


def compare(path: Path) -> Comparison:
    ours = _ours(path)
    theirs = _theirs(path)
    if ours is None or theirs is None:
        outcome = "only-dcmtk" if theirs is not None else "only-ours" if ours is not None else "neither"
        return Comparison(path.name, outcome, 0)
    if ours.shape != theirs.shape:
        return Comparison(path.name, "different", 255, f"{ours.shape} and {theirs.shape}")
    largest = int(np.abs(ours - theirs).max())
    if largest <= TOLERANCE:
        return Comparison(path.name, "equal", largest)
    outcome = "explained" if path.name in EXPLAINED else "different"
    return Comparison(path.name, outcome, largest, EXPLAINED.get(path.name, ""))


def _ours(path: Path) -> np.ndarray | None:
    try:
        film = decode_film(FilmFile(path.read_bytes(), path.name), LIMITS, ViewChoice(frame=0))
    except FilmUnreadableError:
        return None
    return np.rint(film.pixels / 257).astype(np.int16)


def _theirs(path: Path) -> np.ndarray | None:
    # The first window, else the first VOI LUT, else the range that occurs: our own policy, asked of dcmtk.
    for voi in (["+Wi", "1"], ["+Wl", "1"], ["+Wm"]):
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder) / "out.pnm"
            done = subprocess.run(
                ["dcmj2pnm", "-O", "+F", "1", *voi, "+op", str(path), str(target)], capture_output=True, check=False
            )
            if b"no VOI window in file" in done.stderr or b"cannot select VOI" in done.stderr or not target.exists():
                continue
            with Image.open(target) as image:
                return np.asarray(image.convert("L")).astype(np.int16)
    return None


def run() -> int:
    if not is_installed():
        print("dcmj2pnm is not installed (Debian package dcmtk).")
        return 1
    results = [compare(path) for path in dicom_test_files()]
    for result in results:
        if result.outcome in ("explained", "different"):
            print(f"{result.outcome:<10} {result.largest:>4}  {result.name}  {result.note}")
    counts = {outcome: sum(r.outcome == outcome for r in results) for outcome in sorted({r.outcome for r in results})}
    print(f"{len(results)} files: " + ", ".join(f"{count} {outcome}" for outcome, count in counts.items()))
    return 1 if counts.get("different") else 0
