"""An X-ray film: decoded from its file, and prepared for a model. No Qt, no TensorFlow."""
