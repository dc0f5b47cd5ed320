"""`make bench`: measures this machine, and writes build/bench. No test depends on a time.

An item is a module of this folder with `TITLE`, `BUDGET_S` (the process is ended after so many seconds) and
`run(bench: Bench) -> Section`. It runs in a process of its own and raises `SkippedError` where it cannot. It measures
cases in interleaved rounds: `bench.rounds({"1 worker": one, "2 workers": two}, rounds=5)`. A case is a callable without
arguments that returns figures by name, such as `{"films/s": 31.0}`; `timed(function)` makes one. A case that must run
in another process is a `CaseProcess`. Only ratios of figures from one run say something about another machine.
"""
