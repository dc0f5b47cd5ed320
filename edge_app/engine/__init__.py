"""The interpreter of the model, its self-test, and Grad-CAM from the Keras model."""
