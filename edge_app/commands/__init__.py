"""The commands that need no display: `predict` and `selftest`."""
