"""Where the model looked: from the graph's own outputs, or from the Keras model with a GradientTape."""
