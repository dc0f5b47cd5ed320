"""Fits calibration and thresholds of a bundle to a site's own labelled films. Weights and gate stay as they are.

Thresholds do not carry over from one hospital to another, nor from one version of a model to the next (docs/adr/0006).
"""

from __future__ import annotations

import hashlib
import io
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from edge_app.bundle import Bundle, ModelFile, Variant, open_bundle
from edge_app.bundle.bundle import MANIFEST_NAME
from edge_app.bundle.manifest import Estimate, Labels, Manifest, Recalibration, dump_manifest
from edge_app.bundle.signature import SIGNATURE_NAME
from edge_app.engine.selftest import answer_lines, load_known_answers
from trainer.calibration.calibration import FOLDS, LabelledLogits, Platt
from trainer.calibration.operating_point import Calibration, calibrate_file
from trainer.commands.site_scores import ScoredSite, score_site
from trainer.config import OperatingPointConfig
from trainer.data.listing import ListedFilm
from trainer.errors import DataError
from trainer.evaluation.figures import METRICS_NAME, read_metrics, write_figures
from trainer.evaluation.file_figures import calibration_figures
from trainer.evaluation.parity import measure_parity
from trainer.evaluation.predictions import VARIANTS
from trainer.evaluation.report import estimate_cell
from trainer.export.bundle import model_uid, put_in_place, selftest
from trainer.export.describe import bundle_file, calibrated
from trainer.packaging.model_card import write_model_card
from trainer.statistics.metrics import auc_of, binned_error, equal_width_bins, share_of, wilson

HALF_WIDTH = 0.05
"""Half the width of the 95 % interval that is required for a rate of `EXPECTED_RATE`."""
EXPECTED_RATE = 0.95
MEASURED_ON = "labelled films of the site, cross-fitted over patients"


def recalibrate(
    bundle: Bundle,
    files: Sequence[ListedFilm],
    out: Path,
    config: OperatingPointConfig,
    *,
    half_width: float = HALF_WIDTH,
    progress: Callable[[int, int], None] | None = None,
) -> str:
    """Makes a recalibrated copy of a bundle.

    Args:
        bundle: The verified bundle.
        files: The site's films.
        out: The new bundle's folder; an older bundle there is replaced.
        config: Targets of the operating points.
        half_width: Half the width of the 95 % interval that is required for a sensitivity or specificity of 95 %, 0..1.
        progress: Called with the number of films done and of all films.

    Returns:
        The changes, as Markdown.

    Raises:
        DataError: There are too few patients of a label for the required interval, one image stands under both labels,
            or `out` is a folder that is no bundle.
        TrainingError: The new bundle does not pass its self-test.
    """
    if out.exists() and not (out / MANIFEST_NAME).is_file():
        raise DataError(f"{out} exists and is no bundle.", hint="Give --out a folder that does not exist yet.")
    site = score_site(bundle, files, progress)
    require_enough(site, half_width, bundle.manifest.labels)
    models: dict[Variant, ModelFile] = {}
    chosen: dict[Variant, Calibration] = {}
    for variant in VARIANTS:
        chosen[variant] = calibrate_file(site.labelled_logits(variant), config, MEASURED_ON)
        old = bundle.manifest.variant(variant)
        models[variant] = calibrated(old, chosen[variant], old.evidence_scale)
    changes = {
        variant: before_and_after(site.labelled_logits(variant), bundle.manifest.variant(variant), chosen[variant])
        for variant in VARIANTS
    }
    report = changes_section(changes, site)
    with tempfile.TemporaryDirectory() as scratch:
        built = Path(scratch) / "bundle"
        # A signature belongs to the old manifest.
        shutil.copytree(bundle.directory, built, ignore=shutil.ignore_patterns(SIGNATURE_NAME))
        _write(built, bundle, site, models, chosen, changes)
        selftest(built)
        put_in_place(built, out)
    open_bundle(out)
    return report


def patients_needed(half_width: float, rate: float = EXPECTED_RATE) -> int:
    """The fewest patients of a label for which the 95 % Wilson interval of a rate is at most `2 * half_width` wide."""
    count = 2 * FOLDS
    while (estimate := wilson(round(rate * count), count)).high - estimate.low > 2 * half_width:
        count += 1
    return count


def require_enough(site: ScoredSite, half_width: float, labels: Labels) -> None:
    """Checks that a site has enough patients of each label.

    Raises:
        DataError: It has not; the message states how many there are and how many are needed.
    """
    needed = patients_needed(half_width)
    names = (labels.negative, labels.positive)
    found = [len(np.unique(site.patients[site.labels == label])) for label in range(len(names))]
    if min(found) >= needed:
        return
    have = ", ".join(f"{count} of {name}" for name, count in zip(names, found, strict=True))
    left = f" ({len(site.left_out)} films were left out: {site.left_out[0][1]})" if site.left_out else ""
    raise DataError(
        f"Too few patients to recalibrate on: {have}{left}. A 95 % interval of at most {half_width:.0%} on either side "
        f"of a rate of {EXPECTED_RATE:.0%} needs {needed} patients of each label.",
        hint=f"Label more films, or accept wider intervals: --half-width 0.1 needs {patients_needed(0.1)} patients.",
    )


def before_and_after(site: LabelledLogits, old: ModelFile, new: Calibration) -> dict[str, dict[str, Estimate]]:
    """Figures at the default point: the old calibration on all films, the new one on held-out films.

    Returns:
        Under `before` and `after`: calibration_error, sensitivity, specificity, share_uncertain, accuracy_outside.
    """
    probabilities = Platt(old.temperature, old.bias).probabilities(site.logits)
    called = probabilities >= old.operating_point().threshold
    sick = site.labels == 1
    inside = (probabilities >= old.uncertain.low) & (probabilities <= old.uncertain.high)

    def share(hit: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> Estimate:
        return share_of(hit[chosen], site.labels[chosen], site.patients[chosen])

    before = {
        "calibration_error": binned_error(site.labels, probabilities, site.patients, equal_width_bins(probabilities)),
        "sensitivity": share(called, sick),
        "specificity": share(~called, ~sick),
        "share_uncertain": share(inside, np.ones_like(sick)),
        "accuracy_outside": share(called == sick, ~inside),
    }
    return {"before": before, "after": {name: new.held_out["plain"][name] for name in before}}


def _write(
    folder: Path,
    bundle: Bundle,
    site: ScoredSite,
    models: dict[Variant, ModelFile],
    chosen: Mapping[Variant, Calibration],
    changes: Mapping[Variant, Mapping[str, Mapping[str, Estimate]]],
) -> None:
    """Replaces manifest, known answers, metrics and card of the copied bundle."""
    old = bundle.manifest
    answers = _known_answers(bundle, models)
    (folder / old.known_answers.path).write_bytes(answers)
    stated, parity_figures = measure_parity(site.labels, "labelled films of the site", site.scores, models)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    about = Recalibration(
        films=len(site.labels),
        patients=len(np.unique(site.patients)),
        pneumonia=int(site.labels.sum()),
        films_sha256=hashlib.sha256("\n".join(sorted(site.sha256)).encode()).hexdigest(),
        base_uid=old.identity.uid,
        made=made,
    )
    manifest: Manifest = msgspec.structs.replace(
        old,
        identity=msgspec.structs.replace(old.identity, uid=model_uid(models), created=made),
        variants=models,
        known_answers=bundle_file(old.known_answers.path, answers),
        parity=stated,
        metrics={variant: _estimates(site, variant, changes[variant]["after"]) for variant in VARIANTS},
        recalibration=about,
    )
    (folder / MANIFEST_NAME).write_bytes(dump_manifest(manifest))
    if not (folder / METRICS_NAME).is_file():
        return
    metrics = msgspec.structs.replace(
        read_metrics(folder),
        parity=parity_figures,
        calibration={variant: calibration_figures(one) for variant, one in chosen.items()},
        recalibration=changes_section(changes, site),
    )
    write_figures(folder / METRICS_NAME, metrics)
    write_model_card(folder)


def _known_answers(bundle: Bundle, models: Mapping[Variant, ModelFile]) -> bytes:
    """The same films and outputs, with the answers of the new thresholds."""
    known = load_known_answers(bundle.known_answer_bytes())
    with np.load(io.BytesIO(bundle.known_answer_bytes()), allow_pickle=False) as arrays:
        kept = {name: arrays[name] for name in arrays.files}
    for variant in VARIANTS:
        lines = answer_lines(known.probability[variant], models[variant], bundle.manifest.labels)
        kept[f"answers_{variant}"] = np.array(lines)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **kept)
    return buffer.getvalue()


def _estimates(site: ScoredSite, variant: Variant, after: Mapping[str, Estimate]) -> dict[str, Estimate]:
    return {
        "recall": after["sensitivity"],
        "specificity": after["specificity"],
        "roc_auc": auc_of(site.labels, site.scores[variant].logits, site.patients),
        "calibration_error": after["calibration_error"],
    }


def changes_section(changes: Mapping[Variant, Mapping[str, Mapping[str, Estimate]]], site: ScoredSite) -> str:
    """Renders the films of the recalibration and its changes as Markdown."""
    sick = int(site.labels.sum())
    lines = [
        f"Fitted on {len(site.labels)} films of {len(np.unique(site.patients))} patients of the site "
        f"({len(site.labels) - sick} negative, {sick} positive), {site.flagged} of which the gate calls outside the "
        f"population. {len(site.left_out)} films were left out: unreadable, refused by the gate, or listed twice.",
        "",
        "At the default operating point; before: the bundle's own calibration and threshold on these films; after: on "
        "films of patients that the new ones were not fitted on.",
        "",
    ]
    names = list(next(iter(changes.values()))["before"])
    lines += [
        "| file | " + " | ".join(name.replace("_", " ") for name in names) + " |",
        "|---" * (len(names) + 1) + "|",
    ]
    for variant, both in changes.items():
        for when, figures in both.items():
            cells = " | ".join(estimate_cell(figures[name]) for name in names)
            lines.append(f"| {variant}, {when} | {cells} |")
    return "\n".join(lines)
