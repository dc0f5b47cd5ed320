"""Fitting a network: both phases, callbacks, augmentation, several processes."""
