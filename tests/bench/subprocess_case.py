"""The other side of `Servant`: makes a case, and runs it once for every line it is given."""

from __future__ import annotations

import importlib
import json
import os
import sys

from tests.bench.frame import SkippedError


def main(factory: str, arguments: str) -> None:
    # Libraries print where they like; the answers go where nothing else does.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def say(answer: object) -> None:
        print(json.dumps(answer), file=answers, flush=True)

    module, _, function = factory.partition(":")
    try:
        case, description = getattr(importlib.import_module(module), function)(*json.loads(arguments))
    except SkippedError as reason:
        say({"skipped": str(reason)})
        return
    except Exception as error:
        say({"skipped": f"{type(error).__name__}: {str(error)[:200]}"})
        raise
    say({"ready": description})
    for _ in sys.stdin:
        say({"figures": case()})


if __name__ == "__main__":
    main(*sys.argv[1:])
