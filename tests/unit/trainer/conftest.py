"""A small data set for the trainer's tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import data_sets


@pytest.fixture
def write_film() -> Callable[[Path, int], None]:
    return data_sets.write_film


@pytest.fixture
def data_set(tmp_path: Path) -> Path:
    return data_sets.small_data_set(tmp_path / "chest_xray")
