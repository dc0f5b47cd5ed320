"""Pneumoscope's trainer: from a folder of labelled films to a model bundle. TensorFlow side; knows no Qt."""
