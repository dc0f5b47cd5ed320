"""Masks of the lungs: read, checked against the data set, brought into the order of the films."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from trainer.data.catalog import Catalog, scan
from trainer.data.lung_masks import check_masks, drawn_beside, read_lung_masks
from trainer.errors import DataError
from trainer.task import load_task


@pytest.fixture
def catalog(data_set: Path) -> Catalog:
    return scan(data_set, load_task())


def _write(path: Path, films: list[str], masks: np.ndarray) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(path, films=np.array(films), bits=np.packbits(masks.reshape(len(films), -1), axis=1))
    return path


def _lungs(count: int) -> np.ndarray:
    masks = np.zeros((count, 224, 224), np.uint8)
    masks[:, 40:180, 30:90] = masks[:, 40:180, 130:190] = 1
    return masks


def test_masks_come_in_the_order_of_the_films_and_empty_where_none_was_drawn(catalog: Catalog, tmp_path: Path) -> None:
    films = [film.path for film in catalog.films[:3]]
    masks = read_lung_masks(_write(tmp_path / "masks.npz", films[1:], _lungs(2)))

    stacked = masks.stack(catalog.films[:3], 112, 112)

    assert stacked.shape == (3, 112, 112)
    assert not stacked[0].any()
    assert stacked[1, 60, 30] == 255
    assert stacked[2, 60, 55] == 0
    assert "2 of" in check_masks(masks, catalog)


def test_masks_beside_the_data_set_are_found(data_set: Path) -> None:
    assert drawn_beside(data_set) is None
    _write(data_set.parent / "lung_masks" / "lung_masks_224.npz", ["train/NORMAL/a.jpeg"], _lungs(1))
    found = drawn_beside(data_set)
    assert found is not None
    assert list(found.bits) == ["train/NORMAL/a.jpeg"]


def test_masks_of_another_data_set_are_refused(catalog: Catalog, tmp_path: Path) -> None:
    masks = read_lung_masks(_write(tmp_path / "masks.npz", ["elsewhere/a.jpeg"], _lungs(1)))
    with pytest.raises(DataError, match="None of the lung masks"):
        check_masks(masks, catalog)


def test_a_mask_that_can_be_no_lung_is_named(catalog: Catalog, tmp_path: Path) -> None:
    films = [film.path for film in catalog.films[:2]]
    drawn = _lungs(2)
    drawn[1] = 1
    masks = read_lung_masks(_write(tmp_path / "masks.npz", films, drawn))
    with pytest.raises(DataError, match="100% of the film") as raised:
        check_masks(masks, catalog)
    assert films[0] not in raised.value.message


@pytest.mark.parametrize(
    "arrays", [{"films": np.array(["a"])}, {"films": np.array(["a"]), "bits": np.zeros((1, 5), np.uint8)}]
)
def test_a_file_that_holds_something_else_is_refused_with_its_name(
    tmp_path: Path, arrays: dict[str, np.ndarray]
) -> None:
    path = tmp_path / "masks.npz"
    np.savez(path, **arrays)
    with pytest.raises(DataError, match=r"masks\.npz"):
        read_lung_masks(path)
