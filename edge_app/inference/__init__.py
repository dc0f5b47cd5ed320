"""From a film to an `Analysis`: which runtime, one invoke, one answer. No Qt, no TensorFlow."""
