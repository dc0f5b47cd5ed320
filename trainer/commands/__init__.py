"""What each command of `python -m trainer` does."""
