"""From a file to an `Analysis`. A film without a score gets a reason; no exception leaves the pipeline."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from edge_app.analysis.analysis import Analysis, ModelId, Status, Timings
from edge_app.analysis.gate import Gate, OutsidePolicy
from edge_app.analysis.lungs import evidence_in_lungs, lung_notices
from edge_app.bundle import Bundle, Variant
from edge_app.bundle.decision import decide
from edge_app.engine.classifier import Classifier
from edge_app.engine.runtime import RuntimeChoice, find_runtime
from edge_app.imaging.decode import DecodeLimits, FilmFile, decode_film, read_film_file
from edge_app.imaging.preprocess import preprocess
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import FilmError, FilmRefusedError
from edge_app.system.messages import Message
from edge_app.system.parallel import Later

_LOG = logging.getLogger(__name__)


class Pipeline:
    """A verified bundle in a runtime. Not thread-safe."""

    def __init__(
        self,
        bundle: Bundle,
        *,
        variant: Variant = "quant",
        runtime: RuntimeChoice = "auto",
        threads: int | None = None,
        operating_point: str | None = None,
        limits: DecodeLimits | None = None,
        outside_population: OutsidePolicy = "flag",
    ) -> None:
        """Builds the interpreter.

        Args:
            bundle: The verified bundle.
            variant: Variant of the model file.
            runtime: Runtime of the model.
            threads: Threads of one inference; `None` for a default by the number of cores.
            operating_point: Name of the operating point; `None` for the default.
            limits: Size limits of films.
            outside_population: Flag or refuse films of patients for whom the model was not validated.

        Raises:
            BundleError: The bundle lacks the variant or the operating point.
            RuntimeUnavailableError: No runtime can run the model.
        """
        self.bundle = bundle
        self.classifier = Classifier.from_bundle(bundle, variant, runtime=find_runtime(runtime), threads=threads)
        self._model = bundle.manifest.variant(variant)
        self._point = self._model.operating_point(operating_point)
        self._limits = limits or DecodeLimits()
        self._gate = Gate.from_bundle(bundle, outside_population)
        identity = bundle.manifest.identity
        self.model_id = ModelId(
            name=f"{identity.name} {identity.version}",
            variant=variant,
            sha256=self._model.file.sha256,
            runtime=f"{self.classifier.runtime.name} {self.classifier.runtime.version()}",
        )

    def analyse(self, path: Path) -> Analysis:
        """Reads and scores one file. Returns an analysis for any file."""
        analysis, _ = self.analyse_file(lambda: read_film_file(path, self._limits), path.name)
        return replace(analysis, path=str(path))

    def analyse_file(self, read: Callable[[], FilmFile], name: str) -> tuple[Analysis, Radiograph | None]:
        """Like `analyse`, but also returns the decoded film, so that the caller need not decode it again.

        Args:
            read: Reads the file; may raise `FilmError`.
            name: File name for messages.

        Returns:
            The analysis, without a path, and the film; `None` if it could not be decoded.
        """
        start = time.perf_counter()
        file: FilmFile | None = None
        film: Radiograph | None = None
        try:
            file = read()
            film = decode_film(file, self._limits)
            return self._score(film, start), film
        except FilmError as error:
            status: Status = "refused" if isinstance(error, FilmRefusedError) else "failed"
            reason = error.reason
            _LOG.info("A film was %s: %s", status, reason.code)
        except Exception as error:
            # One film must not end a batch. The log gets the type of the error, without the path.
            _LOG.exception("A film failed with %s", type(error).__name__)
            status = "failed"
            reason = Message("internal", name=name)
        timings = Timings(total_ms=_ms_since(start))
        sha256 = file.sha256 if file else ""
        return Analysis("", sha256, status, self.model_id, timings, reason=reason), film

    def _score(self, film: Radiograph, start: float) -> Analysis:
        decoded = time.perf_counter()
        prepared = preprocess(film, self.bundle.manifest.preprocessing)
        ready = time.perf_counter()
        own = Later(lambda: self._gate.features(prepared.pixels), at_once=self.classifier.threads > 1)
        outputs = self.classifier(prepared.pixels)
        invoked = time.perf_counter()
        verdict = self._gate.examine(film, prepared.pixels, outputs.features, own.result())
        judged = time.perf_counter()
        quality = (*verdict.notices, *film.notices)
        analysis = partial(Analysis, "", film.sha256, model=self.model_id, ood_score=verdict.score)
        if verdict.refusal is not None:
            reason = verdict.refusal.reason
            _LOG.info("A film was refused: %s", reason.code)
            timings = Timings(total_ms=_ms_since(start))
            return analysis(status="refused", timings=timings, reason=reason, quality=quality)
        decision = decide(outputs.probability, self._model, self.bundle.manifest.labels, self._point)
        share = None if outputs.lungs is None else evidence_in_lungs(outputs.evidence, outputs.lungs)
        if outputs.lungs is not None and self._model.lungs is not None:
            positive = decision.probability >= decision.threshold
            quality = (*lung_notices(outputs.lungs, share, self._model.lungs, positive=positive), *quality)
        return analysis(
            status="analysed",
            timings=Timings(
                decode_ms=(decoded - start) * 1000,
                preprocess_ms=(ready - decoded) * 1000,
                invoke_ms=(invoked - ready) * 1000,
                total_ms=_ms_since(start),
                gate_ms=(judged - invoked) * 1000,
            ),
            decision=decision,
            evidence=outputs.evidence,
            evidence_scale=self._model.evidence_scale,
            lungs=outputs.lungs,
            evidence_in_lungs=share,
            quality=quality,
        )


def _ms_since(start: float) -> float:
    return (time.perf_counter() - start) * 1000
