from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge_app.commands.heatmaps import heatmap_name


def test_a_usual_name_stays() -> None:
    assert heatmap_name(Path("/films/chest 1.dcm"), 41) == "00042-chest 1.png"


@pytest.mark.parametrize("letter", ["a", "\u00e9", "\U0001f480"])
def test_a_name_that_no_folder_could_hold_is_cut_and_told_apart(tmp_path: Path, letter: str) -> None:
    long = letter * (250 // len(letter.encode()))
    names = {heatmap_name(Path(f"{long}{end}.png"), 0) for end in "xy"}
    assert len(names) == 2
    for name in names:
        assert len(os.fsencode(name)) <= 255
        assert name.endswith(".png")
        (tmp_path / name).touch()


def test_bytes_that_are_no_text_are_kept(tmp_path: Path) -> None:
    name = heatmap_name(Path(os.fsdecode(b"caf\xe9.png")), 0)
    assert os.fsencode(name) == b"00001-caf\xe9.png"
    long = heatmap_name(Path(os.fsdecode(b"\xe9" * 250 + b".png")), 0)
    (tmp_path / long).touch()
