"""Measures the quality of heat maps."""
