"""Messages for the user: a code and parameters. The text comes from `catalogue` when the message is shown.

Threads, child processes and the history pass the `Message`, not its text. Command line, log and CSV format it in
English (`english`), window and PDF in the user's language (`report.wording.words_of`).
"""

from __future__ import annotations

import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from edge_app.system.catalogue import CATALOGUE

Parameter = str | int | float

_REASON_LEVELS = 3


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """A sentence or phrase for the user: `Message("file.empty", name="film.png")`.

    Attributes:
        code: Key of the catalogue, such as `file.empty`; stable for scripts.
        params: Values of the template's placeholders.
        reasons: Messages for the placeholder `{reasons}`, joined by "and"; `{hints}` gets their hints.
    """

    code: str
    params: dict[str, Parameter]
    reasons: tuple[Message, ...]

    def __init__(self, code: str, *, reasons: tuple[Message, ...] = (), **params: Parameter) -> None:
        """Creates a message.

        Args:
            code: Key of the catalogue.
            reasons: See above.
            params: See above. Undecodable bytes of file names become the replacement character.
        """
        object.__setattr__(self, "code", code)
        object.__setattr__(
            self, "params", {name: plain(value) if isinstance(value, str) else value for name, value in params.items()}
        )
        object.__setattr__(self, "reasons", reasons)

    def __str__(self) -> str:
        return str(english(self))


class Words(NamedTuple):
    """A formatted message.

    Attributes:
        text: One sentence, or a phrase.
        hint: The next step for the user; may be empty.
    """

    text: str
    hint: str

    def __str__(self) -> str:
        return f"{self.text} {self.hint}".strip()


def english(message: Message) -> Words:
    """Formats a message in English."""
    return render(message, lambda template: template, format)


def render(
    message: Message,
    translate: Callable[[str], str],
    format_number: Callable[[int | float, str], str],
    levels: int = _REASON_LEVELS,
) -> Words:
    """Formats a message. It never raises an exception, because a child process may send any message.

    Args:
        message: The message.
        translate: Returns an English template in the user's language.
        format_number: Formats a number by a format specification: empty, `g` or `.2f` with any number of digits.
        levels: Maximum depth of nested reasons.

    Returns:
        The text and hint; only the code if the code is unknown or parameters are missing.
    """
    inner = message.reasons if levels else ()
    reasons = [render(reason, translate, format_number, levels - 1) for reason in inner]
    joined = ""
    for phrase, _ in reasons:
        joined = translate(CATALOGUE["list.and"][0]).format(first=joined, second=phrase) if joined else phrase
    fields = {**message.params, "reasons": joined, "hints": " ".join(hint for _, hint in reasons if hint)}
    formatter = _Formatter(format_number)
    try:
        text, hint = CATALOGUE[message.code]
        return Words(
            formatter.vformat(translate(text), (), fields),
            formatter.vformat(translate(hint), (), fields) if hint else "",
        )
    except (KeyError, ValueError):
        return Words(message.code, "")


def placeholders(template: str) -> list[str]:
    """Returns the placeholders of a template, sorted, with repetitions.

    Raises:
        ValueError: The template is not a format string.
    """
    return sorted(name for _, name, _, _ in string.Formatter().parse(template) if name is not None)


def plain(text: str) -> str:
    """Replaces undecodable bytes of a file name by U+FFFD, so that the text can be sent and stored."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


class _Formatter(string.Formatter):
    def __init__(self, format_number: Callable[[int | float, str], str]) -> None:
        self._format_number = format_number

    def get_field(self, field_name: str, args: Any, kwargs: Mapping[str, Any]) -> Any:
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, int | float):
            return self._format_number(value, format_spec)
        return str(value)
