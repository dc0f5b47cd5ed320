"""What a model is worth: metrics with intervals, calibration, operating points, plots."""
