"""Fits calibration and operating points on validation films."""
