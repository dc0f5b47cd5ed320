"""`python -m trainer.commands.refit_gate`: fits the gate of a finished bundle anew, without training.

For a gate fitted with films of another site that were not at hand before, or for another population. Weights,
thresholds and known answers stay as they are; the manifest gets another hash, because it vouches for the gate.
"""

from __future__ import annotations

import argparse
import csv
import logging
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.bundle.manifest import dump_manifest
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import PreprocessSpec, preprocess
from edge_app.system.errors import PneumoscopeError
from trainer.data.second_site import read_second_site
from trainer.errors import DataError, TrainerError
from trainer.export.bundle import put_in_place
from trainer.gating.fit_gate import FittedParts
from trainer.gating.site_gate import fit_gate_for

_LOG = logging.getLogger(__name__)


def add_gate(bundle: Bundle, parts: FittedParts, target: Path) -> Bundle:
    """Writes a copy of a bundle with a gate, proves that it opens, and puts it in place.

    Args:
        bundle: The verified bundle.
        parts: The fitted gate.
        target: Where the new bundle goes; may be where the old one is.

    Returns:
        The new bundle.
    """
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch) / "bundle"
        shutil.copytree(bundle.directory, built)
        (built / parts.parameters.arrays.path).write_bytes(parts.arrays)
        manifest = msgspec.structs.replace(bundle.manifest, gate=parts.parameters)
        (built / MANIFEST_NAME).write_bytes(dump_manifest(manifest))
        open_bundle(built)
        put_in_place(built, target)
    return open_bundle(target)


def films_of_split(split: Path, data: Path, spec: PreprocessSpec) -> dict[str, NDArray[np.uint8]]:
    """Reads and prepares the training and validation films of a run.

    Args:
        split: `split.csv` of the run.
        data: The data set's folder.
        spec: How films are prepared.

    Returns:
        `(films, height, width)` uint8 by side.

    Raises:
        DataError: There is no such split.
    """
    if not split.is_file():
        raise DataError(f"There is no {split}.", hint="Give the split.csv of the run that made the bundle: --split.")
    with split.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {
        side: np.stack([preprocess(read_film(data / row["path"]), spec).pixels for row in rows if row["side"] == side])
        for side in ("training", "validation")
    }


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; 0 when done, 1 for an error that was explained."""
    parser = argparse.ArgumentParser(
        prog="python -m trainer.commands.refit_gate", description="Fit the gate of a bundle anew."
    )
    parser.add_argument("--bundle", type=Path, default=SHIPPED_BUNDLE, metavar="DIR")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="the data set")
    parser.add_argument("--split", type=Path, metavar="CSV", help="of the run (default: runs/RUN/split.csv)")
    parser.add_argument("--second-site", type=Path, metavar="DIR", help="films of another site, with films.csv")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        bundle = open_bundle(options.bundle)
        spec = bundle.manifest.preprocessing
        split = options.split or Path("runs") / bundle.manifest.training.run / "split.csv"
        films = films_of_split(split, options.data, spec)
        other = read_second_site(options.second_site, spec) if options.second_site else None
        parts = fit_gate_for(
            bundle.model_bytes("quant"),
            bundle.manifest.variant("quant"),
            films["training"],
            films["validation"],
            other_site=other,
        )
        add_gate(bundle, parts, options.bundle)
    except (PneumoscopeError, TrainerError) as error:
        _LOG.error("regate: %s", error)
        return 1
    gate = parts.parameters
    _LOG.info(
        "the gate refuses %.2f %% and flags %.2f %% of %s",
        100 * gate.false_refusals.value,
        100 * gate.false_flags.value,
        gate.measured_on,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
