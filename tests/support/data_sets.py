"""A data set in the Kaggle layout, small enough for tests: grey pictures that only look like films to a program."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image


def write_film(path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (9, 9), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(coarse).resize((90, 100), Image.Resampling.BICUBIC).save(path, quality=95)


def small_data_set(root: Path, patients: int = 24) -> Path:
    """`patients` of each class in train/, two films each; 2 in val/; 6 in test/. Returns `root`."""
    seed = 0
    for folder, first, count in (("train", 1, patients), ("val", 900, 2), ("test", 1, 6)):
        for number in range(first, first + count):
            for film in (1, 2):
                seed += 2
                kind = "bacteria" if number % 2 else "virus"
                write_film(root / folder / "PNEUMONIA" / f"person{number}_{kind}_{seed}.jpeg", seed)
                write_film(root / folder / "NORMAL" / f"IM-{number:04d}-000{film}.jpeg", seed + 1)
    return root
