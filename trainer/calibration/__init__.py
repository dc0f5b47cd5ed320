"""From outputs to probabilities and operating points."""
