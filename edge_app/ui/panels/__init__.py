"""What stands beside the film: the result and the worklist."""
