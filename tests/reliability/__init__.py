"""Which test holds which promise: `python -m tests.reliability` runs them and writes docs/reliability.md."""
