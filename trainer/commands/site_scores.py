"""Scores a site's own labelled films with both files of a bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.analysis.gate import Gate
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle import Bundle, Variant
from edge_app.engine.classifier import Classifier, Outputs
from edge_app.imaging.decode import decode_film, read_film_file
from edge_app.imaging.preprocess import preprocess
from edge_app.system.errors import FilmError
from trainer.calibration.calibration import LabelledLogits
from trainer.data.listing import ListedFilm
from trainer.errors import DataError
from trainer.evaluation.predictions import VARIANTS, Scores


@dataclass(frozen=True, slots=True, eq=False)
class ScoredSite:
    """Scores of a site's films.

    Attributes:
        scores: Scores by variant.
        labels: `(films,)`, 0 or 1.
        patients: `(films,)`.
        sha256: Hash of each film.
        flagged: Number of films that the gate calls outside the population; they are used all the same.
        left_out: File and reason of each film that could not be read, was refused, or was listed twice.
    """

    scores: Mapping[Variant, Scores]
    labels: NDArray[np.int64]
    patients: NDArray[np.str_]
    sha256: tuple[str, ...]
    flagged: int
    left_out: tuple[tuple[Path, str], ...]

    def labelled_logits(self, variant: Variant) -> LabelledLogits:
        """The films as calibration needs them; none is stressed."""
        plain = np.zeros(len(self.labels), dtype=bool)
        return LabelledLogits(self.scores[variant].logits, self.labels, self.patients, plain)


def score_site(
    bundle: Bundle, files: Sequence[ListedFilm], progress: Callable[[int, int], None] | None = None
) -> ScoredSite:
    """Scores a site's films with both files of a bundle, with the app's own decoding, preprocessing and gate.

    Raises:
        DataError: One image stands under both labels, or no film could be scored.
    """
    gate = Gate.from_bundle(bundle)
    classifiers = {variant: Classifier.from_bundle(bundle, variant) for variant in VARIANTS}
    kept: dict[Variant, list[Outputs]] = {variant: [] for variant in VARIANTS}
    used: dict[str, ListedFilm] = {}
    left_out: list[tuple[Path, str]] = []
    flagged = 0
    for done, file in enumerate(files, start=1):
        if progress:
            progress(done, len(files))
        try:
            data = read_film_file(file.path)
            film = decode_film(data)
        except FilmError as error:
            left_out.append((file.path, error.message))
            continue
        twin = used.get(data.sha256)
        if twin is not None and twin.label != file.label:
            raise DataError(
                f"{twin.path} and {file.path} are the same image under both labels.",
                hint="Find out which label is right and take the other film off the list.",
            )
        if twin is not None:
            left_out.append((file.path, f"the same image as {twin.path.name}"))
            continue
        pixels = preprocess(film, bundle.manifest.preprocessing).pixels
        outputs = {variant: classifier(pixels) for variant, classifier in classifiers.items()}
        verdict = gate.examine(film, pixels, outputs["quant"].features)
        if verdict.refusal is not None:
            left_out.append((file.path, verdict.refusal.message))
            continue
        used[data.sha256] = file
        flagged += any(notice.code == OUTSIDE_CODE for notice in verdict.notices)
        for variant, output in outputs.items():
            kept[variant].append(output)
    if not used:
        raise DataError(f"None of {len(files)} films could be scored.", hint=f"The first: {left_out[0][1]}")
    return ScoredSite(
        {variant: Scores.of(outputs) for variant, outputs in kept.items()},
        np.array([file.label for file in used.values()], dtype=np.int64),
        np.array([file.patient for file in used.values()]),
        tuple(used),
        flagged,
        tuple(left_out),
    )
