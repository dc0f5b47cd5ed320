"""The one line from a film to an `Analysis`: decode, preprocess, gate, invoke, decide. No Qt, no TensorFlow."""
