"""The interpreter behind one small interface, its self-test, and Grad-CAM from the Keras model."""
