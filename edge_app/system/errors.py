"""Errors with a message for the user and a detail for the log."""

from __future__ import annotations

from edge_app.system.messages import Message, Parameter, english


class PneumoscopeError(Exception):
    """Base of all errors that the user sees: `PneumoscopeError("file.empty", name="film.png")`.

    Attributes:
        reason: Message about the cause; it names the file, if any.
        detail: Text for the log and the bug report; it must not contain a patient's name or id.
    """

    def __init__(
        self, code: str | Message, *, detail: str = "", reasons: tuple[Message, ...] = (), **params: Parameter
    ) -> None:
        """Creates an error.

        Args:
            code: Key of the catalogue of messages, or a message.
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
    """A film that gets no score."""


class FilmUnreadableError(FilmError):
    """The file could not be decoded: status `failed`."""


class FilmRefusedError(FilmError):
    """The film was decoded, but must not be scored: status `refused`."""


class BundleError(PneumoscopeError):
    """The model bundle is missing, modified, or has an unknown format."""


class RuntimeUnavailableError(PneumoscopeError):
    """No interpreter for `.tflite` files, or not the requested one, could be imported."""


class SelfTestError(PneumoscopeError):
    """The runtime on this machine does not reproduce the known answers of the bundle."""


def cause_of(error: OSError) -> str:
    """Returns the system's text for an error, without the path."""
    return error.strerror or "input/output error"
