"""The panels beside the film: the result and the worklist."""
