"""`python -m trainer gate-sources`: what the gate does to films of hospitals that taught it nothing.

Writes the tables of docs/gate.md. The shipped gate is asked about every source; then gates are fitted that leave one
source out, in turn. rsna and second_site are films of one hospital, so that they are left out together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate import Gate
from edge_app.bundle import Bundle, open_bundle
from trainer.commands.refit_gate import films_of_split, prepare_all
from trainer.data.second_site import read_second_site
from trainer.errors import DataError
from trainer.evaluation.test_split_log import log_test_evaluation
from trainer.gating.fit_gate import FeaturesOf, GateRates, features_by, fit_gate, measure_rates, vary_all
from trainer.progress import say
from trainer.task import Task

Grey = NDArray[np.uint8]

_BEGIN, _END = "<!-- begin: python -m trainer gate-sources -->", "<!-- end: python -m trainer gate-sources -->"
_HEADER = (
    "| films | number | refused | ... as no upright chest film | flagged as outside | scored without a flag |",
    "|---|---|---|---|---|---|",
)
_LEFT_OUT = (
    (("second_site", "rsna"), ("siim",)),
    (("siim",), ("second_site", "rsna")),
    (("siim", "second_site"), ("rsna",)),
)
"""Which sources teach, and which are left out, beside the shipped gate."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the films lie.

    Attributes:
        data: The data set's folder; the task's external site and `originals/` lie beside it.
        split: `split.csv` of the run; where it is missing, the split is made again.
        adults: Folder with `siim/` and `rsna/`.
        runs: Folder of all runs, with the log of test evaluations.
        test: Whether the official test split is looked at, which the log will say.
    """

    data: Path
    split: Path
    adults: Path
    runs: Path
    test: bool = False


def write_gate_sources(page: Path, folder: Path, films: Sources, task: Task) -> str:
    """Measures the gate and writes its tables into a page.

    Args:
        page: The Markdown page, with the two markers between which the tables stand.
        folder: The bundle.
        films: Where the films lie.
        task: Task of the bundle.

    Returns:
        The tables.

    Raises:
        DataError: Films or markers are missing.
    """
    _parts_of(page)
    tables = _tables(open_bundle(folder), films, task)
    before, after = _parts_of(page)
    page.write_text(f"{before}{_BEGIN}\n{tables}\n{_END}{after}", encoding="utf-8")
    return tables


def _parts_of(page: Path) -> tuple[str, str]:
    """The page before and after the place of the tables."""
    before, begin, rest = page.read_text(encoding="utf-8").partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise DataError(f"{page} has no place for the tables.", hint=f"Add the lines {_BEGIN} and {_END}.")
    return before, after


def _tables(bundle: Bundle, films: Sources, task: Task) -> str:
    spec = bundle.manifest.preprocessing
    features_of = features_by(bundle.model_bytes("quant"), bundle.manifest.variant("quant"))
    home = films_of_split(bundle, films.data, films.split, task)
    external = task.external_folder(films.data)
    if external is None:
        raise DataError("The films that taught the gate are missing.", hint="The task names their folder.")
    sources: dict[str, Grey] = {"second_site": read_second_site(external, spec, task.labels).prepared}
    for name in ("siim", "rsna"):
        sources[name] = prepare_all(_films_below(films.adults / name), spec)
    rng = np.random.default_rng(0)

    shipped = {"children, held out": home["validation"]}
    if films.test:
        counted = log_test_evaluation(
            films.runs, run=bundle.manifest.training.run, uid=bundle.manifest.identity.uid, purpose="gate-sources"
        )
        say(f"look number {counted.count} at the test split")
        shipped["children, official test split"] = prepare_all(_films_below(films.data / "test"), spec)
    originals = films.data.parent / "originals"
    if originals.is_dir():
        shipped["children, at original size (most taught the gate)"] = prepare_all(_films_below(originals), spec)
    shipped |= {f"adults, {name}": sources[name] for name in ("siim", "rsna")}
    varied = {
        "children, held out": vary_all(home["validation"], 1, rng),
        **{f"adults, {name}": vary_all(sources[name][::4], 1, rng) for name in ("siim", "rsna")},
    }
    gate = Gate.from_bundle(bundle)
    parts = [
        "The shipped gate, taught by training films and second_site:",
        *_table(gate, shipped, features_of),
        "",
        "The same, each film with another acquisition (`trainer/gating/variations.py`; of adults every fourth film):",
        *_table(gate, varied, features_of),
    ]
    for taught, left_out in _LEFT_OUT:
        say(f"fitting a gate without {', '.join(left_out)}")
        fitted = fit_gate(
            home["training"],
            home["validation"],
            features_of,
            other=np.concatenate([sources[name] for name in taught]),
            population=task.population,
            seed=task.recipe.seed,
        )
        rows = {"children, held out": home["validation"]} | {f"adults, {name}": sources[name] for name in left_out}
        parts += ["", f"A gate taught by training films and {' and '.join(taught)}:"]
        parts += _table(fitted.gate(), rows, features_of)
    return "\n".join(parts)


def _films_below(folder: Path) -> list[Path]:
    films = sorted(path for path in folder.glob("*/*") if path.suffix.lower() in (".jpg", ".jpeg", ".png"))
    if not films:
        raise DataError(f"There are no films in {folder}.", hint="It holds NORMAL/ and PNEUMONIA/.")
    return films


def _table(gate: Gate, films: Mapping[str, Grey], features_of: FeaturesOf) -> Iterable[str]:
    yield ""
    yield from _HEADER
    for name, prepared in films.items():
        yield _row(name, measure_rates(gate, prepared, features_of(prepared)))


def _row(name: str, rates: GateRates) -> str:
    cells = []
    for count in (rates.refused, rates.not_film, rates.outside, rates.silent):
        share = rates.share(count)
        cells.append(f"{count}: {share.value:.2%} ({share.low:.2%}-{share.high:.2%})")
    return f"| {name} | {rates.films} | {' | '.join(cells)} |"
