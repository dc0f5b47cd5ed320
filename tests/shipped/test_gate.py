"""The shipped gate on real films."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_app.analysis.gate import Gate
from edge_app.analysis.gate.appearance import WRONG_VIEWS, Appearance
from edge_app.bundle import open_bundle
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import preprocess
from tests.acceptance import gate as acceptance
from tests.acceptance.generated_pictures import generate

pytestmark = pytest.mark.dataset


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate.from_bundle(open_bundle())


@pytest.fixture(scope="module")
def films(data_set: Path) -> list[np.ndarray]:
    spec = open_bundle().manifest.preprocessing
    return [preprocess(read_film(path), spec).pixels for path in sorted((data_set / "train").glob("*/*"))[::52]]


def appearance(gate: Gate, pixels: np.ndarray) -> Appearance:
    found = gate.features(np.ascontiguousarray(pixels)).appearance
    assert found is not None
    return found


@pytest.mark.reliability("C3", part="films of the training folder")
@pytest.mark.parametrize("name", WRONG_VIEWS)
def test_a_film_that_has_gone_wrong_is_named(gate: Gate, films: list[np.ndarray], name: str) -> None:
    quarters, flipped, inverted = WRONG_VIEWS[name]
    kinds = []
    for pixels in films:
        wrong = np.rot90(pixels[::-1] if flipped else pixels, quarters)
        seen = appearance(gate, 255 - wrong if inverted else wrong)
        assert gate.parameters is not None
        assert seen.film < gate.parameters.film_above
        kinds.append(seen.kind)

    assert len(kinds) >= 100
    assert kinds.count(name) >= 0.95 * len(kinds)


@pytest.mark.reliability("C3", part="90 % of mirrored films")
def test_mirrored_films_are_told(gate: Gate, films: list[np.ndarray]) -> None:
    assert gate.parameters is not None
    limit = gate.parameters.mirrored_above
    mirrored = [appearance(gate, pixels[:, ::-1]).mirrored for pixels in films]
    plain = [appearance(gate, pixels).mirrored for pixels in films]
    assert np.mean(np.array(mirrored) > limit) >= 0.9
    assert np.mean(np.array(plain) > limit) <= 0.02


def test_noise_is_no_film(gate: Gate) -> None:
    assert gate.parameters is not None
    for family, picture in generate(190, seed=11):
        if family in ("uniform_noise", "gaussian_noise", "spectral_noise", "salt_and_pepper", "symmetric_noise"):
            assert appearance(gate, picture).film < gate.parameters.film_above, family


@pytest.mark.long
@pytest.mark.reliability("C1")
@pytest.mark.reliability("C2", part="inverted in the pixels only")
@pytest.mark.reliability("C3", part="90 % of mirrored films")
def test_the_acceptance_of_the_gate_holds(
    data_set: Path, capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None]
) -> None:
    status = acceptance.run()
    said = capsys.readouterr().out
    assert status == 0, said
    checks = [line.removeprefix("passed  ") for line in said.splitlines() if line.startswith("passed  ")]
    assert len(checks) >= 8
    record_property("figure", "; ".join(line for line in checks if "refused" in line or "AUROC" in line))
