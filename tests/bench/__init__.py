"""`make bench`: how fast the program is on this machine, written to docs/benchmarks/. No test depends on a time.

    make bench                      all items            python -m tests.bench --list
    make bench ITEMS="invoke film"  some of them         DATA=... where the data set lies, BUNDLE=... another model

An item is a module of this folder, registered by its name in `ITEMS` of `tests/bench/items.py`, with

    TITLE = "A folder"
    BUDGET_S = 240                  # the process is ended past it, and the report says so

    def run(bench: Bench) -> Section: ...

`run` is called in a process of its own, so that it may import what it likes. It raises `SkippedError("... is not
installed")` where it cannot run; it asks `bench.films(...)`, `bench.data`, `bench.bundle`, `bench.scratch` (a folder
that goes away) for its material, and measures with `bench.rounds`:

    figures = bench.rounds({"1 worker": one, "2 workers": two}, rounds=5)

Each case is a callable without arguments that does the thing once and returns its figures, such as
`{"films/s": 31.0, "MB": 212.0}`; `timed(function)` makes one that returns `{"s": ...}`. The cases of a round run one
after the other, so that what else the machine does hits all alike. Back comes for each case and figure a `Figure`: the
median of the rounds with a bootstrap interval of 95 %; `ratio(over, under)` of two of them pairs the rounds. What runs
in another process (a peer library, a runtime that cannot live beside TensorFlow) is a `Servant`, such a callable too.

A `Section` holds tables, the limits that the project sets itself (`Limit`, shown as met or missed), bars for the plot,
and notes. The frame writes docs/benchmarks/<item>.json and <item>.svg, and README.md over all items that were ever run.
"""
