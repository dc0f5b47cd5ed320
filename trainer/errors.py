"""What can go wrong on the workstation, each with the mend."""

from __future__ import annotations

from edge_app.system.errors import PneumoscopeError


class ConfigError(PneumoscopeError):
    """A configuration that cannot be run: an unknown key, an impossible value, weights that cannot be had."""


class DataError(PneumoscopeError):
    """A data set that must not be trained on as it is."""


class TrainingError(PneumoscopeError):
    """A training that went wrong: NaN, or a model that calls every film the same."""
