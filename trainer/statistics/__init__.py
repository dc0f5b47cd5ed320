"""Metrics of a binary classifier and their intervals."""
