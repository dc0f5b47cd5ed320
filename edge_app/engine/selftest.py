"""The self-test: compares the results of this machine with the known answers of the bundle.

It detects platform bugs that give wrong results (tensorflow/tensorflow#45237, google/XNNPACK#1922) and a changed resize
filter, before a patient's film is scored.
"""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import Bundle, ModelFile, Variant
from edge_app.bundle.decision import decide
from edge_app.bundle.manifest import Labels
from edge_app.engine.classifier import Classifier
from edge_app.imaging.preprocess import preprocess
from edge_app.imaging.radiograph import Radiograph
from edge_app.system.errors import BundleError, SelfTestError

PROBABILITY_TOLERANCE: dict[Variant, float] = {"quant": 2 / 256, "float": 1e-3}
"""Maximum of the median difference between raw probability and known answer."""
FARTHEST_TOLERANCE: dict[Variant, float] = {"quant": 8 / 256, "float": 1e-3}
"""Maximum difference of any film. Int8 kernels of two runtimes round the last bit differently, and this grows for films
near the threshold (docs/adr/0003). A fault changes many films, and by more."""
EVIDENCE_CORRELATION = 0.98
"""Minimum of the median Pearson correlation between evidence grid and known answer."""
LUNG_OVERLAP = 0.98
"""Minimum of the median Dice coefficient between lungs and known answer."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownAnswers:
    """Synthetic films and their expected results. The dictionaries have the variant as key.

    Attributes:
        films: `(count, rows, columns)` uint8, larger than the model's input, so that the resize is tested too.
        prepared: `(count, height, width)` uint8: the preprocessed films.
        probability: `(count,)` float32, uncalibrated.
        evidence: `(count, grid rows, grid columns)` float32.
        lungs: `(count, rows, columns)` float32; empty for a model without a lung head.
        answers: Result of `answer_lines` when the bundle was made.
        gate: Result of `GateParameters.limits`; None for a bundle without a gate.
    """

    films: NDArray[np.uint8]
    prepared: NDArray[np.uint8]
    probability: dict[Variant, NDArray[np.float32]]
    evidence: dict[Variant, NDArray[np.float32]]
    lungs: dict[Variant, NDArray[np.float32]]
    answers: dict[Variant, tuple[str, ...]]
    gate: str | None = None


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """The differences between this machine and the known answers.

    Attributes:
        variant: Variant of the model file.
        runtime: Name and version of the runtime.
        films: Number of known answers.
        max_pixel_difference: Maximum difference of preprocessed films, grey levels.
        max_probability_difference: Maximum difference of raw probabilities, 0..1.
        median_probability_difference: Median difference of raw probabilities, 0..1.
        median_evidence_correlation: Median correlation of evidence grids; 1.0 if both grids are empty.
        failures: Sentences about values out of tolerance; empty if the test passed.
    """

    variant: Variant
    runtime: str
    films: int
    max_pixel_difference: int
    max_probability_difference: float
    median_probability_difference: float
    median_evidence_correlation: float
    failures: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether all values are within tolerance."""
        return not self.failures

    def require(self) -> None:
        """Raises unless the self-test passed.

        Raises:
            SelfTestError: The test failed; the detail lists the failures.
        """
        if self.failures:
            raise SelfTestError("selftest.failed", detail="; ".join(self.failures))


def load_known_answers(data: bytes) -> KnownAnswers:
    """Reads the verified bytes of `known_answers.npz`.

    Raises:
        BundleError: An array is missing, or the numbers of films differ.
    """
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            variants: tuple[Variant, ...] = ("quant", "float")
            known = KnownAnswers(
                arrays["films"],
                arrays["prepared"],
                {v: arrays[f"probability_{v}"] for v in variants},
                {v: arrays[f"evidence_{v}"] for v in variants},
                {v: arrays[f"lungs_{v}"] for v in variants if f"lungs_{v}" in arrays},
                {v: tuple(str(line) for line in arrays[f"answers_{v}"]) for v in variants},
                str(arrays["gate"]) if "gate" in arrays else None,
            )
    except (KeyError, ValueError, OSError) as error:
        raise BundleError("bundle.known_answers", detail=repr(error)) from error
    counts = {len(known.films), len(known.prepared), *(len(p) for p in known.probability.values())}
    if len(counts) != 1 or 0 in counts:
        raise BundleError("bundle.known_answers", detail=f"counts {sorted(counts)}")
    return known


def answer_lines(probability: NDArray[np.float32], model: ModelFile, labels: Labels) -> tuple[str, ...]:
    """Describes calibration, thresholds and decisions as text, for the known answers of a bundle.

    This detects faults that change no output of the graph, such as the threshold of another model or swapped labels.

    Args:
        probability: `(count,)` raw outputs for the known films.
        model: The model file.
        labels: Names of the classes.

    Returns:
        The file's hash, its calibration, thresholds and band; then the decision for each film.
    """
    points = " ".join(f"{point.name}={point.threshold:.6f}" for point in model.operating_points)
    lines = [
        f"file {model.file.sha256}",
        f"temperature {model.temperature:.6f} bias {model.bias:.6f}",
        f"thresholds {points}",
        f"uncertain {model.uncertain.low:.6f} {model.uncertain.high:.6f}",
    ]
    for one in probability:
        decision = decide(float(one), model, labels)
        lines.append(f"{decision.label} {decision.band} {decision.probability:.4f}")
    return tuple(lines)


def run_selftest(
    bundle: Bundle, classifier: Classifier, variant: Variant, known: KnownAnswers | None = None
) -> SelfTestResult:
    """Compares the results of this machine with the known answers.

    Args:
        bundle: The verified bundle.
        classifier: Classifier of `variant`, on the runtime under test.
        variant: Variant of the model file.
        known: The bundle's known answers, if they are already loaded.
    """
    known = known or load_known_answers(bundle.known_answer_bytes())
    pixel_difference = 0
    differences: list[float] = []
    correlations: list[float] = []
    overlaps: list[float] = []
    for index, pixels in enumerate(known.films):
        film = Radiograph(pixels.copy(), sha256="0" * 64, file_format="known answer")
        prepared = preprocess(film, bundle.manifest.preprocessing).pixels
        if prepared.shape != known.prepared[index].shape:
            pixel_difference = 255
            continue
        difference = np.abs(prepared.astype(np.int16) - known.prepared[index])
        pixel_difference = max(pixel_difference, int(difference.max()))
        outputs = classifier(prepared)
        differences.append(abs(outputs.probability - float(known.probability[variant][index])))
        correlations.append(_correlation(outputs.evidence, known.evidence[variant][index]))
        if variant in known.lungs:
            overlaps.append(_overlap(outputs.lungs, known.lungs[variant][index]))
    farthest = max(differences, default=1.0)
    middle = float(np.median(differences)) if differences else 1.0
    correlation = float(np.median(correlations)) if correlations else 0.0
    failures = _changed_answers(bundle, known, variant)
    gate = bundle.manifest.gate
    if (gate.limits() if gate else None) != known.gate:
        failures.append("the gate's limits are not those that the known answers were made with")
    if pixel_difference:  # imaging/resize.py is exact on every machine
        failures.append(f"prepared films differ by {pixel_difference} grey levels")
    for which, found, most in (
        ("farthest", farthest, FARTHEST_TOLERANCE[variant]),
        ("middle", middle, PROBABILITY_TOLERANCE[variant]),
    ):
        if found > most:
            failures.append(f"the probability of the {which} film differs by {found:.4f} (at most {most:.4f})")
    if correlation < EVIDENCE_CORRELATION:
        failures.append(
            f"the evidence of the middle film correlates at {correlation:.3f} (at least {EVIDENCE_CORRELATION})"
        )
    if overlaps and float(np.median(overlaps)) < LUNG_OVERLAP:
        failures.append(
            f"the lungs of the middle film overlap by {float(np.median(overlaps)):.3f} (at least {LUNG_OVERLAP})"
        )
    return SelfTestResult(
        variant,
        f"{classifier.runtime.name} {classifier.runtime.version()}",
        len(known.films),
        pixel_difference,
        farthest,
        middle,
        correlation,
        tuple(failures),
    )


def _changed_answers(bundle: Bundle, known: KnownAnswers, variant: Variant) -> list[str]:
    stated, manifest = known.answers[variant], bundle.manifest
    found = answer_lines(known.probability[variant], manifest.variant(variant), manifest.labels)
    changed = [f"{now!r} instead of {then!r}" for now, then in zip(found, stated, strict=False) if now != then]
    if len(found) != len(stated):
        changed.append(f"{len(found)} answers instead of {len(stated)}")
    return [f"the manifest is not the one the known answers were made with: {changed[0]}"] if changed else []


def _overlap(found: NDArray[np.float32] | None, known: NDArray[np.float32]) -> float:
    """Returns the Dice coefficient of two lung maps; 1 if both are empty."""
    if found is None or found.shape != known.shape:
        return 0.0
    one, other = found > 0.5, known > 0.5
    held = int(one.sum() + other.sum())
    return float(2 * (one & other).sum() / held) if held else 1.0


def _correlation(found: NDArray[np.float32], known: NDArray[np.float32]) -> float:
    if known.std() == 0 or found.std() == 0:
        return 1.0 if np.allclose(found, known, atol=1e-3) else 0.0
    return float(np.corrcoef(found.ravel(), known.ravel())[0, 1])
