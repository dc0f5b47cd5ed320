"""Trials of training recipes, and how far their differences can be believed."""
