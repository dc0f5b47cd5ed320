"""From a Keras model to a bundle: graph with three outputs, float and quantized files, known answers, manifest."""
