"""Films as the world writes them: ages, views, colours, sloppy headers, and the reasons for what is not read.

python -m tests.acceptance films

Every family is tried on a film of the data set where there is one, through the whole pipeline with the shipped model:
a file that holds the pixels of a plain one must get its probability, to the last digit where the codec loses nothing.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edge_app.analysis.gate.population import header_notice, header_refusal
from edge_app.bundle.manifest import Population
from edge_app.imaging.decode import FilmFile, decode_film, read_film
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmUnreadableError
from tests.acceptance.corpus import REPOSITORY, data_set
from tests.acceptance.film_cases import Case, age, colour, files, sloppy_dicom, sloppy_raster, view
from tests.support.films import chest_like

CHILDREN = Population(
    noun="children",
    outside_noun="adults",
    least_age_years=1,
    greatest_age_years=5,
    views=("AP",),
    modalities=("CR", "DX"),
)
_LOSSY_PROBABILITY = 0.05
_LEAST_SIDE_PX = 500
"""Side of the film that is tried: full size would cost minutes and tell no more."""


@dataclass(frozen=True, slots=True)
class Outcome:
    case: Case
    wrong: str  # empty: right


def cases(film: np.ndarray) -> Iterator[Case]:
    for family in (age, view, colour, sloppy_dicom, sloppy_raster):
        yield from family.cases(film)


def judge(case: Case) -> Outcome:
    """Decodes the file, and asks the gate what its header says."""
    try:
        film = decode_film(FilmFile(case.data, "film"))
    except FilmUnreadableError as error:
        return Outcome(case, "" if error.code == case.code else f"{error.code}: {error.detail}")
    refusal = header_refusal(film.acquisition)
    if refusal is not None or case.code:
        code = refusal.code if refusal else "read"
        return Outcome(case, "" if code == case.code else f"{code}, expected {case.code or 'a film'}")
    notices = sorted(notice.code for notice in film.notices)
    if notices != sorted(case.notices):
        return Outcome(case, f"notices {notices}, expected {sorted(case.notices)}")
    flag = header_notice(film.acquisition, CHILDREN)
    reasons = {reason.code for reason in flag.reasons} if flag else set()
    if not reasons >= set(case.reasons) or bool(reasons) != bool(case.reasons):
        return Outcome(case, f"flag {sorted(reasons)}, expected {sorted(case.reasons)}")
    return Outcome(case, _pixels_differ(film, case))


def _pixels_differ(film: Radiograph, case: Case) -> str:
    if case.same_as is None:
        return ""
    plain = decode_film(FilmFile(case.same_as, "plain"))
    if film.pixels.shape != plain.pixels.shape:
        return f"{film.pixels.shape}, expected {plain.pixels.shape}"
    levels = np.abs(film.pixels / film.white - plain.pixels / plain.white) * 255
    worst = float(levels.max() if not case.tolerance else np.percentile(levels, 99))
    return "" if worst <= case.tolerance + 1e-3 else f"pixels differ by {worst:.1f} levels"


def run() -> int:
    film, pipeline = _material()
    with tempfile.TemporaryDirectory() as folder:
        listed = [Outcome(Case("C files", name, b""), wrong) for name, wrong in files.outcomes(film, Path(folder))]
    outcomes = [*listed, *(judge(case) for case in cases(film))]
    if pipeline is not None:
        outcomes = [outcome if outcome.wrong else Outcome(outcome.case, _probability_differs(outcome.case, pipeline))
                    for outcome in outcomes]  # fmt: skip
    for outcome in outcomes:
        if outcome.wrong:
            print(f"wrong      {outcome.case.family}: {outcome.case.name}: {outcome.wrong}")
    tried = Counter(outcome.case.family for outcome in outcomes)
    wrong = Counter(outcome.case.family for outcome in outcomes if outcome.wrong)
    print(f"{'family':<20} {'tried':>6} {'right':>6} {'wrong':>6}")
    for family, count in [*tried.items(), ("all", tried.total())]:
        bad = wrong.total() if family == "all" else wrong[family]
        print(f"{family:<20} {count:>6} {count - bad:>6} {bad:>6}")
    how = "with the probabilities of the shipped model" if pipeline else "without a model: no data set"
    print(f"on a film of {film.shape[1]} x {film.shape[0]} pixels, {how}")
    return 1 if wrong else 0


def _material():  # type: ignore[no-untyped-def]
    """A film of the data set and the shipped model, or a drawn film and none."""
    folders = (data_set().parent / "originals" / "NORMAL", data_set() / "test" / "NORMAL")
    found = [path for folder in folders for path in sorted(folder.glob("*.jpeg"))]
    if not found or not any((REPOSITORY / "models").glob("*/manifest.json")):
        return chest_like(), None
    from edge_app.analysis.pipeline import Pipeline
    from edge_app.bundle.bundle import SHIPPED_BUNDLE, open_bundle

    pixels = read_film(found[0]).pixels.astype(np.uint8)
    step = max(1, min(pixels.shape) // _LEAST_SIDE_PX)
    return np.ascontiguousarray(pixels[::step, ::step]), Pipeline(open_bundle(SHIPPED_BUNDLE))


def _probability_differs(case: Case, pipeline) -> str:  # type: ignore[no-untyped-def]
    if case.same_as is None:
        return ""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "film"
        found = []
        for data in (case.data, case.same_as):
            path.write_bytes(data)
            found.append(pipeline.analyse(path))
    if found[1].decision is None:
        return "" if found[0].decision is None else "scored, though the plain film is not"
    if found[0].decision is None:
        return f"not scored: {found[0].reason}"
    apart = abs(found[0].decision.probability - found[1].decision.probability)
    limit = _LOSSY_PROBABILITY if case.tolerance else 0
    return "" if apart <= limit else f"probability differs by {apart:.6f}"
