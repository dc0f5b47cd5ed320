"""Distributed scoring: `predict --cluster` sends films to the workers of a Dask scheduler. No Qt.

`client` sends batches and receives records, `scorer` runs on the workers, `parts` writes the output. Functions import
Dask and pyarrow, because only the extra `cluster` installs them (docs/adr/0016).
"""
