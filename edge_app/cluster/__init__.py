"""A folder too large for one machine: `predict --cluster` hands it to the workers of a Dask scheduler. No Qt.

`client` gives out batches of films and takes the records, `scorer` is what the workers run, `parts` is the output. Dask
and pyarrow are imported inside functions: they are there only with the extra `cluster` (docs/adr/0016).
"""
