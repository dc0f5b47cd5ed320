"""The gate on made-up films: what it refuses, what it flags, what it lets pass, and in which words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from edge_app.analysis.gate import Gate, GateArrays, Verdict
from edge_app.analysis.gate.checks import refusal_of
from edge_app.analysis.gate.description import DESCRIPTION_LENGTH, LAYOUT_LENGTH, describe, layout_of, mirrored
from edge_app.analysis.gate.image_statistics import measure
from edge_app.analysis.gate.population import header_notice, header_refusal
from edge_app.bundle.manifest import Population
from edge_app.imaging.radiograph import Acquisition, Radiograph
from edge_app.system.errors import BundleError
from edge_app.system.messages import Message
from tests.acceptance.generated_pictures import generate
from tests.support.films import chest_like
from trainer.gating.fit_gate import CHILDREN, FittedGate, fit_gate

SIDE = 224
CHANNELS = 40


def film_of(pixels: np.ndarray, **changes: object) -> Radiograph:
    return Radiograph(np.ascontiguousarray(pixels).copy(), "0" * 64, "test", **changes)  # type: ignore[arg-type]


def varied(seed: int) -> np.ndarray:
    """A chest that is a little wider, higher and darker than the next; `(224, 224)` uint8."""
    rng = np.random.default_rng(seed)
    film = chest_like(SIDE + int(rng.integers(0, 24)), SIDE + int(rng.integers(0, 24)), seed=seed).astype(np.float64)
    top, left = rng.integers(0, film.shape[0] - SIDE + 1), rng.integers(0, film.shape[1] - SIDE + 1)
    cut = film[top : top + SIDE, left : left + SIDE]
    return np.clip(cut * rng.uniform(0.8, 1.1) + rng.uniform(-10, 10), 0, 255).astype(np.uint8)


_FILTERS = np.random.default_rng(99).normal(0, 1, (28 * 28, CHANNELS))


def features_of(pixels: np.ndarray) -> np.ndarray:
    """A stand-in for the network: fixed random filters of the film's coarse greys."""
    coarse = pixels.reshape(28, 8, 28, 8).mean(axis=(1, 3)).ravel() / 255
    return np.maximum(coarse @ _FILTERS, 0).astype(np.float32)


def other_site(seed: int) -> np.ndarray:
    """Adults: narrower lungs and a border."""
    film = varied(seed).astype(np.float64)
    film[:, :24] = 20
    film[:, -24:] = 20
    film[:20] = film[:20] * 0.3
    return film.astype(np.uint8)


def features_of_all(films: np.ndarray) -> np.ndarray:
    return np.stack([features_of(film) for film in films])


def fit(films: int, others: int = 0) -> FittedGate:
    known = np.stack([varied(seed) for seed in range(films)])
    strangers = np.stack([other_site(seed) for seed in range(1000, 1000 + others)]) if others else None
    held_out = films // 5
    return fit_gate(known[held_out:], known[:held_out], features_of_all, other=strangers, drawings=800, variations=160)


@pytest.fixture(scope="module")
def fitted() -> FittedGate:
    return fit(300, 80)


def examine(
    fitted: FittedGate, pixels: np.ndarray, acquisition: Acquisition | None = None, policy: str = "flag"
) -> Verdict:
    film = film_of(pixels, acquisition=acquisition or Acquisition())
    gate = Gate(fitted.parameters, GateArrays.load(fitted.data), policy)  # type: ignore[arg-type]
    return gate.examine(film, pixels, features_of(pixels))


def codes(verdict: Verdict) -> list[str]:
    return [notice.code for notice in verdict.notices]


def test_new_films_of_the_population_pass(fitted: FittedGate) -> None:
    verdicts = [examine(fitted, varied(seed)) for seed in range(2000, 2100)]
    assert sum(verdict.refusal is not None for verdict in verdicts) <= 5
    assert sum("population.outside" in codes(verdict) for verdict in verdicts) <= 12
    assert all(verdict.score is not None for verdict in verdicts)


def test_the_stated_rates_are_those_of_the_fit(fitted: FittedGate) -> None:
    assert fitted.parameters.false_refusals.value <= 0.02
    assert fitted.parameters.false_flags.value <= 0.05
    assert fitted.parameters.arrays.path == "gate.npz"


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("photograph", lambda p: np.random.default_rng(1).integers(0, 256, p.shape).astype(np.uint8)),
        ("stripes", lambda p: np.tile((np.arange(SIDE) // 9 % 2 * 200 + 20).astype(np.uint8), (SIDE, 1))),
        ("disc", lambda p: (np.hypot(*np.mgrid[-112:112, -112:112]) < 80).astype(np.uint8) * 150 + p // 8),
        ("corner", lambda p: np.kron(p[:56, :56], np.ones((4, 4), dtype=np.uint8))),
    ],
)
def test_other_pictures_are_refused(fitted: FittedGate, name: str, change) -> None:  # type: ignore[no-untyped-def]
    verdict = examine(fitted, change(varied(5000)))
    assert verdict.refusal is not None, name
    assert verdict.refusal.code.startswith("gate.")
    assert verdict.refusal.hint


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        (lambda p: 255 - p, "gate.inverted", "inverted"),
        (lambda p: np.rot90(p, 2), "gate.rotated", "upside down"),
        (lambda p: np.rot90(p, 1), "gate.rotated", "turned a quarter to the left"),
        (lambda p: np.rot90(p, -1), "gate.rotated", "turned a quarter to the right"),
    ],
)
def test_films_the_wrong_way_round_are_named(fitted: FittedGate, change, code: str, words: str) -> None:  # type: ignore[no-untyped-def]
    found = [examine(fitted, np.ascontiguousarray(change(varied(seed)))).refusal for seed in range(3000, 3020)]
    named = [refusal for refusal in found if refusal and refusal.code == code and words in str(refusal)]
    # The made-up chest is nearly the same upside down; what matters is that it is never passed over.
    assert all(refusal is not None for refusal in found)
    assert len(named) >= (10 if words == "upside down" else 19)


def test_the_other_site_is_flagged_and_refused_where_the_site_says_so(fitted: FittedGate) -> None:
    flagged = [examine(fitted, other_site(seed)) for seed in range(4000, 4040)]
    assert sum("population.outside" in codes(verdict) for verdict in flagged) >= 38
    first = next(verdict for verdict in flagged if verdict.notices)
    assert "do not use this score" in str(first.notices[0])
    strict = [examine(fitted, other_site(seed), policy="refuse") for seed in range(4000, 4040)]
    assert sum(verdict.refusal is not None for verdict in strict) >= 38


@pytest.mark.parametrize(
    ("acquisition", "reason"),
    [
        (Acquisition(age_years=45.0), "45 years old"),
        (Acquisition(age_years=6.0), "6 years old"),
        (Acquisition(age_years=0.25), "3 months old"),
        (Acquisition(view_position="PA"), "the view is PA"),
        (Acquisition(modality="XA"), "the modality is XA"),
        (Acquisition(age_years=45.0, view_position="PA"), "45 years old and the view is PA"),
        (Acquisition(age_years=3.0, view_position="AP", modality="DX"), None),
        (Acquisition(age_years=5.9), None),
        (Acquisition(), None),
    ],
)
def test_what_the_header_says_of_the_patient(acquisition: Acquisition, reason: str | None) -> None:
    notice = header_notice(acquisition, CHILDREN)
    if reason is None:
        assert notice is None
        return
    assert notice is not None
    assert notice.code == "population.outside"
    assert reason in str(notice)
    assert str(notice).startswith("Not validated for this patient")


def test_45_years_are_flagged_whatever_the_pixels_say(fitted: FittedGate) -> None:
    for seed in range(20):
        verdict = examine(fitted, varied(seed), Acquisition("DX", "AP", None, 45.0, "CHEST"))
        assert codes(verdict)[0] == "population.outside"
        assert "45 years" in str(verdict.notices[0])
    refused = examine(fitted, varied(1), Acquisition(age_years=45.0), policy="refuse").refusal
    assert refused is not None
    assert refused.code == "population.outside"


@pytest.mark.parametrize(
    ("acquisition", "code"),
    [
        (Acquisition(modality="CT"), "gate.modality"),
        (Acquisition(modality="MG"), "gate.modality"),
        (Acquisition(view_position="LL", projection="lateral"), "gate.lateral"),
        (Acquisition(projection="lateral"), "gate.lateral"),
        (Acquisition(body_part="KNEE"), "gate.body_part"),
        (Acquisition(body_part="CHEST"), None),
        (Acquisition(body_part="TORAX"), None),
        (Acquisition(body_part="CHESTABDOMEN"), None),
        (Acquisition(body_part="LSPINE"), "gate.body_part"),
        (Acquisition(modality="DX", view_position="PA"), None),
    ],
)
def test_what_the_header_rules_out(acquisition: Acquisition, code: str | None) -> None:
    refusal = header_refusal(acquisition)
    assert (refusal.code if refusal else None) == code


def test_text_from_a_header_is_shortened_and_plain() -> None:
    refusal = header_refusal(Acquisition(body_part="<B>KNEE=CMD()" * 20))
    assert refusal is not None
    assert "<" not in refusal.message
    assert len(refusal.message) < 120


@pytest.mark.reliability("C5", part="four pictures")
@pytest.mark.parametrize(
    ("pixels", "code"),
    [
        (np.zeros((SIDE, SIDE)), "gate.blank"),
        (np.full((SIDE, SIDE), 200), "gate.blank"),
        (np.tile(np.arange(SIDE) % 2 * 255, (SIDE, 1)), "gate.blank"),
        (np.vstack([chest_like(80, SIDE), np.zeros((144, SIDE))]), "gate.cropped"),
        (chest_like(SIDE, SIDE), None),
    ],
)
def test_pictures_without_a_picture(pixels: np.ndarray, code: str | None) -> None:
    grey = pixels.astype(np.uint8)
    refusal = refusal_of(film_of(grey), measure(grey))
    assert (refusal.code if refusal else None) == code


@pytest.mark.reliability("C5")
def test_no_picture_of_one_or_two_greys_passes() -> None:
    rng = np.random.default_rng(5)
    pictures = [np.full((SIDE, SIDE), grey) for grey in range(256)]
    for low, high in ((0, 255), (0, 1), (40, 200), (254, 255), (100, 110)):
        masks = [rng.random((SIDE, SIDE)) < share for share in (0.05, 0.3, 0.5, 0.9)]
        masks += [chest_like(SIDE, SIDE) > level for level in (60, 100, 140, 180)]
        pictures += [np.where(mask, high, low) for mask in masks]
    passed = []
    for picture in pictures:
        grey = picture.astype(np.uint8)
        if refusal_of(film_of(grey), measure(grey)) is None:
            passed.append(np.unique(grey).tolist())
    assert passed == []


def test_small_films_are_refused_or_flagged(fitted: FittedGate) -> None:
    prepared = varied(1)
    tiny = film_of(chest_like(150, 200))
    refusal = fitted.gate().examine(tiny, prepared, features_of(prepared)).refusal
    assert refusal is not None
    assert refusal.code == "gate.too_small"
    assert "200 x 150" in refusal.message
    small = fitted.gate().examine(film_of(chest_like(200, 250)), prepared, features_of(prepared))
    assert "quality.small" in codes(small)


@pytest.mark.reliability("C4", part="three kinds, one strength each")
@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("quality.dark", lambda p: p // 4),
        ("quality.low_contrast", lambda p: p // 4 + 96),
        ("quality.noisy", lambda p: np.clip(p + np.random.default_rng(0).normal(0, 60, p.shape), 0, 255)),
    ],
)
def test_poor_films_are_flagged_or_refused(fitted: FittedGate, code: str, change) -> None:  # type: ignore[no-untyped-def]
    assert code in codes(examine(fitted, change(varied(7)).astype(np.uint8)))


def test_a_photograph_in_colour_is_flagged(fitted: FittedGate) -> None:
    pixels = varied(3)
    film = replace(film_of(pixels), notices=(Message("raster.colour"),))
    verdict = fitted.gate().examine(film, pixels, features_of(pixels))
    assert "quality.photographed" in codes(verdict)


def test_without_a_gate_every_film_is_flagged_and_cheap_checks_still_refuse() -> None:
    gate = Gate(None, None)
    verdict = gate.examine(film_of(varied(1)), varied(1), features_of(varied(1)))
    assert (verdict.score, verdict.refusal) == (None, None)
    assert codes(verdict) == ["gate.missing"]
    blank = np.zeros((SIDE, SIDE), dtype=np.uint8)
    assert gate.examine(film_of(blank), blank, features_of(blank)).refusal is not None


def test_drawn_pictures_get_no_number(fitted: FittedGate) -> None:
    for family, picture in generate(76, seed=3):
        pixels = np.asarray(Image.fromarray(picture).resize((SIDE, SIDE), Image.Resampling.BOX))
        film = film_of(picture)
        assert fitted.gate().examine(film, pixels, features_of(pixels)).refusal is not None, family


def test_a_mirrored_film_is_told(fitted: FittedGate) -> None:
    lopsided = [chest_like(SIDE, SIDE, seed=seed) for seed in range(100)]
    for film in lopsided:
        film[120:200, 60:100] = film[120:200, 60:100] // 2 + 110  # a stomach bubble's side, and no other
    gate = fit_gate(
        np.stack(lopsided[20:]), np.stack(lopsided[:20]), features_of_all, drawings=300, variations=100
    ).gate()
    flagged = [
        "quality.mirrored" in codes(gate.examine(film_of(film), film, features_of(film)))
        for film in (np.ascontiguousarray(film[:, ::-1]) for film in lopsided[:20])
    ]
    assert sum(flagged) >= 18
    assert sum("quality.mirrored" in codes(gate.examine(film_of(f), f, features_of(f))) for f in lopsided[:20]) <= 1


def test_the_margin_tells_whose_film_it_is_before_the_model_runs(fitted: FittedGate) -> None:
    gate = fitted.gate()
    home = [gate.outside_margin(gate.features(varied(seed))) for seed in range(2000, 2020)]
    others = [gate.outside_margin(gate.features(other_site(seed))) for seed in range(4000, 4020)]
    assert sum(margin is not None and margin <= 0 for margin in home) >= 18
    assert sum(margin is not None and margin > 0 for margin in others) >= 18
    assert Gate(None, None).outside_margin(Gate(None, None).features(varied(1))) is None


def test_layout_keeps_direction_and_sums_to_one() -> None:
    film = varied(1)
    layout = layout_of(describe(film))
    assert describe(film).shape == (DESCRIPTION_LENGTH,)
    assert layout.shape == (LAYOUT_LENGTH,)
    assert float(np.square(layout).sum()) == pytest.approx(1.0, abs=1e-5)
    # One edge from dark (left) to bright (right): all of it in the bin of that direction, its inverse in the opposite.
    edge = np.zeros((SIDE, SIDE), dtype=np.uint8)
    edge[:, SIDE // 2 :] = 200
    by_bin = np.square(layout_of(describe(edge))).reshape(49, 8).sum(axis=0)
    assert by_bin.argmax() == 0
    assert np.square(layout_of(describe(255 - edge))).reshape(49, 8).sum(axis=0).argmax() == 4
    assert (describe(np.zeros((SIDE, SIDE), dtype=np.uint8)) == 0).all()


def test_greys_are_of_unit_deviation_and_know_left_from_right() -> None:
    edge = np.zeros((SIDE, SIDE), dtype=np.uint8)
    edge[:, SIDE // 2 :] = 200
    greys = describe(edge)[LAYOUT_LENGTH:].reshape(14, 14)
    assert greys.mean() == pytest.approx(0, abs=1e-5)
    np.testing.assert_allclose(greys[:, :7], -1, atol=1e-3)
    np.testing.assert_allclose(greys[:, 7:], 1, atol=1e-3)


def test_mirroring_a_description_is_describing_the_mirrored_film() -> None:
    film = varied(1)
    film[:100, :60] //= 2
    np.testing.assert_allclose(mirrored(describe(film)), describe(np.ascontiguousarray(film[:, ::-1])), atol=1e-4)


@pytest.mark.parametrize("side", [96, 112, 299])
def test_a_layout_can_be_had_at_the_input_size_of_any_backbone(side: int) -> None:
    edge = np.zeros((side, side), dtype=np.uint8)
    edge[:, side // 2 :] = 200
    layout = np.square(layout_of(describe(edge))).reshape(49, 8)
    assert layout.sum() == pytest.approx(1.0, abs=1e-5)
    assert layout.sum(axis=0).argmax() == 0
    assert set(np.flatnonzero(layout.sum(axis=1) > 0) % 7) <= {2, 3, 4}  # the columns of cells around the edge


def test_fitting_is_reproducible_and_arrays_survive_the_file(fitted: FittedGate) -> None:
    first, second = fit(60), fit(60)
    assert first.data == second.data
    assert first.parameters == second.parameters
    assert first.parameters.outside_scale is None
    loaded = GateArrays.load(fitted.data)
    assert GateArrays.load(loaded.save()).features.known.tobytes() == loaded.features.known.tobytes()
    with pytest.raises(BundleError, match="gate"):
        GateArrays.load(b"no arrays")
    with pytest.raises(ValueError, match="at least"):
        fit(20)


def test_the_population_can_be_another() -> None:
    adults = Population(
        noun="adults", outside_noun="children", least_age_years=18, greatest_age_years=120, views=(), modalities=()
    )
    notice = header_notice(Acquisition(age_years=3.0, view_position="PA"), adults)
    assert notice is not None
    assert "The model knows patients of 18 to 120 years." in str(notice)
    assert header_notice(Acquisition(age_years=30.0, view_position="PA"), adults) is None
