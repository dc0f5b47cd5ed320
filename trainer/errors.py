"""Errors on the workstation, each with the next step. For an engineer, so in English sentences."""

from __future__ import annotations


class TrainerError(Exception):
    """Base of the trainer's own errors.

    Attributes:
        message: One sentence: what went wrong.
        hint: What to do next; may be empty.
        detail: Text for the log only.
    """

    def __init__(self, message: str, *, hint: str = "", detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class ConfigError(TrainerError):
    """A configuration that cannot be run: an unknown key, an impossible value, weights that cannot be had."""


class DataError(TrainerError):
    """A data set that must not be trained on as it is."""


class TrainingError(TrainerError):
    """A training that went wrong: NaN, or a model that calls every film the same."""
