"""A data set in the Kaggle layout, small enough for tests: grey pictures that only look like films to a program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image


def _write(path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (9, 9), dtype=np.uint8)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(coarse).resize((90, 100), Image.Resampling.BICUBIC).save(path, quality=95)


@pytest.fixture
def write_film() -> Callable[[Path, int], None]:
    return _write


@pytest.fixture
def data_set(tmp_path: Path) -> Path:
    """24 patients of each class in train/, two films each; 2 in val/; 6 in test/."""
    root = tmp_path / "chest_xray"
    seed = 0
    for folder, first, count in (("train", 1, 24), ("val", 900, 2), ("test", 1, 6)):
        for number in range(first, first + count):
            for film in (1, 2):
                seed += 2
                kind = "bacteria" if number % 2 else "virus"
                _write(root / folder / "PNEUMONIA" / f"person{number}_{kind}_{seed}.jpeg", seed)
                _write(root / folder / "NORMAL" / f"IM-{number:04d}-000{film}.jpeg", seed + 1)
    return root
