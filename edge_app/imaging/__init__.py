"""What an X-ray film is: reading it, preparing it for a model, and painting evidence over it. No Qt, no TensorFlow."""
