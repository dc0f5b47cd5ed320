"""The colours of both schemes. Each text colour has a contrast of at least 4.5:1 to its background (tested)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Scheme = Literal["dark", "light"]
Density = Literal["comfortable", "touch"]

FILM_GROUND = "#07090b"
"""Background of films in both schemes: a bright background would hide the dark parts of a film."""
FILM_TEXT = "#d8e0e6"
FILM_MUTED = "#93a1ac"


@dataclass(frozen=True, slots=True)
class Tokens:
    """Colours of a scheme, `#rrggbb`.

    Attributes:
        window: Background of the window.
        panel: Background of panels, cards and menus.
        field: Background of tables and text fields.
        raised: Background of buttons, and of the row under the pointer.
        border: Separator lines.
        strong_border: Outline of controls.
        text: Normal text.
        muted: Secondary text.
        accent: Focus, links and checked controls.
        on_accent: Text on `accent`.
        selection: Background of the selected row.
        negative: The band "negative", always together with a word and an icon.
        uncertain: The band "uncertain".
        positive: The band "positive".
        refused: Refusals, failures and warnings.
        on_refused: Text on `refused`.
    """

    window: str
    panel: str
    field: str
    raised: str
    border: str
    strong_border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    negative: str
    uncertain: str
    positive: str
    refused: str
    on_refused: str


DARK = Tokens(
    window="#12161b",
    panel="#191f26",
    field="#12161b",
    raised="#232b34",
    border="#28313b",
    strong_border="#46535f",
    text="#e7ecf0",
    muted="#9dabb7",
    accent="#58bfd3",
    on_accent="#04222a",
    selection="#1f3f4b",
    negative="#6cc5d9",
    uncertain="#c3b1f2",
    positive="#ffb35c",
    refused="#f2a1a1",
    on_refused="#2b0b0b",
)
LIGHT = Tokens(
    window="#eef1f4",
    panel="#fbfcfd",
    field="#ffffff",
    raised="#eef2f5",
    border="#d6dde3",
    strong_border="#93a1ad",
    text="#15202b",
    muted="#52606d",
    accent="#0b6e82",
    on_accent="#ffffff",
    selection="#cfe8ee",
    negative="#0b6e82",
    uncertain="#5f45b0",
    positive="#a34a00",
    refused="#b02a2a",
    on_refused="#ffffff",
)


def tokens(scheme: Scheme) -> Tokens:
    """Returns the colours of a scheme."""
    return DARK if scheme == "dark" else LIGHT


def contrast(first: str, second: str) -> float:
    """Returns the contrast of two `#rrggbb` colours, 1..21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
