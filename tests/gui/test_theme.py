from __future__ import annotations

import itertools

import pytest

from edge_app.ui.resources import ICONS
from edge_app.ui.theme.stylesheet import metrics
from edge_app.ui.theme.tokens import DARK, FILM_GROUND, FILM_MUTED, FILM_TEXT, LIGHT, contrast


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_words_can_be_read_on_every_ground(tokens):
    grounds = {name: getattr(tokens, name) for name in ("window", "panel", "field", "raised", "selection")}
    words = {
        name: getattr(tokens, name)
        for name in ("text", "muted", "accent", "negative", "uncertain", "positive", "refused")
    }
    for (ground, colour), (word, ink) in itertools.product(grounds.items(), words.items()):
        if ground in ("raised", "selection") and word not in ("text", "positive", "negative", "uncertain", "refused"):
            continue
        assert contrast(ink, colour) >= 4.5, f"{word} on {ground}: {contrast(ink, colour):.2f}"
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.on_refused, tokens.refused) >= 4.5


@pytest.mark.parametrize("tokens", [DARK, LIGHT], ids=["dark", "light"])
def test_outlines_can_be_seen(tokens):
    # WCAG 1.4.11 requires 3:1 for the parts that identify a control, such as the focus ring.
    assert contrast(tokens.accent, tokens.panel) >= 3
    assert contrast(tokens.accent, tokens.window) >= 3


def test_words_over_the_film_can_be_read():
    assert contrast(FILM_TEXT, FILM_GROUND) >= 7
    assert contrast(FILM_MUTED, FILM_GROUND) >= 4.5


def test_known_contrasts():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scale", [0.8, 1.0, 1.5, 2.0])
def test_fingers_get_at_least_44_pixels(scale):
    sizes = metrics("touch", scale)
    assert sizes.control >= 44
    assert sizes.row >= 44
    assert sizes.handle >= 32
    assert sizes.small >= 9


def test_icons_take_the_colour_of_the_scheme():
    for file in ICONS.glob("*.svg"):
        if file.stem != "pneumoscope":
            assert 'stroke="currentColor"' in file.read_text(), file.name
