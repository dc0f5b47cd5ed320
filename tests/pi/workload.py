"""Runs on the board, where instructions are counted: builds the pipeline, then does one thing a number of times.

workload.py SITE_PACKAGES RUNTIME FILM analyse|invoke TIMES
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(site: str, runtime: str, film: str, what: str, times: str) -> None:
    """Does it.

    Args:
        site: Folder of the installed packages.
        runtime: As for `predict --runtime`.
        film: A file.
        what: `analyse` for a whole film from its file to the result, `invoke` for the net alone.
        times: How often.
    """
    sys.path.insert(0, site)
    from edge_app.analysis.pipeline import Pipeline
    from edge_app.bundle.bundle import open_bundle
    from edge_app.imaging.decode import read_film
    from edge_app.imaging.preprocess import preprocess

    bundle = open_bundle()
    pipeline = Pipeline(bundle, runtime=runtime, threads=1)  # type: ignore[arg-type]
    prepared = preprocess(read_film(Path(film)), bundle.manifest.preprocessing)
    for _ in range(int(times)):
        if what == "analyse":
            assert pipeline.analyse(Path(film)).status == "analysed"
        else:
            pipeline.classifier(prepared.pixels)


if __name__ == "__main__":
    main(*sys.argv[1:])
