"""The errors a user can meet: a message for the person, a detail for the log."""

from __future__ import annotations

from edge_app.system.messages import Message, Parameter, english


class PneumoscopeError(Exception):
    """Base of every error that is shown to a person: `PneumoscopeError("file.empty", name="film.png")`.

    Attributes:
        reason: What went wrong, with the file it happened to where there is one.
        detail: For the log and the bug report only; never a patient's name or id.
    """

    def __init__(
        self, code: str | Message, *, detail: str = "", reasons: tuple[Message, ...] = (), **params: Parameter
    ) -> None:
        """Makes an error.

        Args:
            code: Key of the catalogue of messages, or a whole message.
            detail: See above.
            reasons: See `Message`.
            params: See `Message`.
        """
        super().__init__(code)
        self.detail = detail
        self.reason = code if isinstance(code, Message) else Message(code, reasons=reasons, **params)

    @property
    def code(self) -> str:
        """The reason's code."""
        return self.reason.code

    @property
    def message(self) -> str:
        """The reason's English sentence."""
        return english(self.reason).text

    @property
    def hint(self) -> str:
        """The reason's English hint."""
        return english(self.reason).hint

    def __str__(self) -> str:
        return str(self.reason)


class FilmError(PneumoscopeError):
    """A film that gives no score."""


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


def cause_of(error: OSError) -> str:
    """Returns what the system says of an error, without the path."""
    return error.strerror or "input/output error"
