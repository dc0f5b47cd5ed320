"""From a film to an `Analysis`: decode, preprocess, gate, inference, decision. No Qt, no TensorFlow."""
