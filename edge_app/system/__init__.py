"""Threads, the machine, files that appear whole, errors: the ground that knows no X-ray."""
