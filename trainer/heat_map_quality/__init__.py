"""Measures what the heat maps are worth."""
