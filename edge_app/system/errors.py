"""The errors a user can meet: a sentence for the person, a hint for the next step, a detail for the log."""

from __future__ import annotations


class PneumoscopeError(Exception):
    """Base of every error that is shown to a person.

    Attributes:
        message: One sentence: what went wrong, with the file it happened to where there is one.
        hint: What to do next; empty where nothing can be done.
        detail: For the log and the bug report only; never a patient's name or id.
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class FilmError(PneumoscopeError):
    """A film that gives no score.

    Attributes:
        code: A stable identifier for scripts and translations, such as `file.truncated`.
    """

    def __init__(self, code: str, message: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(message, hint=hint, detail=detail)
        self.code = code


class FilmUnreadableError(FilmError):
    """The file could not be turned into pixels: status `failed`."""


class FilmRefusedError(FilmError):
    """The file was read, but must not be scored: status `refused`."""


class BundleError(PneumoscopeError):
    """The model bundle is missing, altered, or of a kind this version does not know."""


class RuntimeUnavailableError(PneumoscopeError):
    """No interpreter for `.tflite` files could be imported, or not the one asked for."""


class SelfTestError(PneumoscopeError):
    """The runtime on this machine does not give the answers the bundle states."""
