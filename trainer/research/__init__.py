"""Compares training recipes, threshold rules and precisions. Only `trainer.cli` imports it."""
