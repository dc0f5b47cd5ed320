"""Fits the gate of a bundle."""
