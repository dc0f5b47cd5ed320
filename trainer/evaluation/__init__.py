"""Evaluates model files: scores, figures, reports, plots."""
