"""A gate travels in the bundle, vouched for like every other file; and the pipeline asks it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image

from edge_app.analysis import pipeline as pipelines
from edge_app.analysis.gate import Gate
from edge_app.analysis.gate import gate as gates
from edge_app.analysis.gate.description import describe
from edge_app.analysis.pipeline import Pipeline
from edge_app.analysis.record import record_of
from edge_app.bundle.bundle import Bundle, open_bundle
from edge_app.engine.selftest import run_selftest
from edge_app.system.errors import BundleError
from tests.support import bundles
from tests.support import dicom as d
from tests.support.bundles import FakeClassifier
from tests.unit.analysis.gate.test_gates import varied
from trainer.commands.refit_gate import add_gate
from trainer.gating.fit_gate import fit_gate


@pytest.fixture(scope="module")
def gated(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    folder = tmp_path_factory.mktemp("gated") / "bundle"
    bundle = bundles.write(folder)
    films = np.stack([varied(seed) for seed in range(120)])
    classifier = FakeClassifier(bundles.weights(1))
    fitted = fit_gate(
        films[30:],
        films[:30],
        lambda prepared: np.stack([classifier(film).features for film in prepared]),
        drawings=600,
        variations=100,
    )
    return add_gate(bundle, fitted, folder)


@pytest.fixture
def pipeline(gated: Bundle, monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    return _pipeline(gated, monkeypatch, "flag")


def _pipeline(gated: Bundle, monkeypatch: pytest.MonkeyPatch, policy: str) -> Pipeline:
    fake = FakeClassifier(bundles.weights(1))
    monkeypatch.setattr(pipelines.Classifier, "from_bundle", lambda *_, **__: fake)
    return Pipeline(gated, outside_population=policy)  # type: ignore[arg-type]


def test_the_gate_is_vouched_for(gated: Bundle, tmp_path: Path) -> None:
    import shutil

    assert gated.gate_bytes() is not None
    copy = tmp_path / "copy"
    shutil.copytree(gated.directory, copy)
    data = bytearray((copy / "gate.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (copy / "gate.npz").write_bytes(bytes(data))
    with pytest.raises(BundleError, match="vouches"):
        open_bundle(copy)
    (copy / "gate.npz").unlink()
    with pytest.raises(BundleError, match="missing"):
        open_bundle(copy)


def test_a_known_film_is_scored_with_its_distance(pipeline: Pipeline, tmp_path: Path) -> None:
    path = tmp_path / "film.png"
    Image.fromarray(varied(3)).save(path)
    analysis = pipeline.analyse(path)
    assert analysis.status == "analysed"
    assert analysis.ood_score is not None
    assert record_of(analysis).ood_score == round(analysis.ood_score, 4)


def test_a_turned_film_is_refused_with_its_distance_and_no_probability(pipeline: Pipeline, tmp_path: Path) -> None:
    path = tmp_path / "film.png"
    Image.fromarray(np.ascontiguousarray(np.rot90(varied(3)))).save(path)
    record = record_of(pipeline.analyse(path))
    assert record.status == "refused"
    assert record.reason_code == "gate.rotated"
    assert record.probability is None
    assert record.ood_score > 1


def test_an_adult_is_flagged_in_the_record_or_refused(
    gated: Bundle, pipeline: Pipeline, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film"
    age = {0x00101010: d.text("AS", "045Y"), 0x00100010: d.text("PN", "CANARY")}
    path.write_bytes(d.DicomBuilder(varied(3), elements=age).bytes())
    flagged = pipeline.analyse(path)
    assert flagged.status == "analysed"
    assert record_of(flagged).quality[0] == "population.outside"
    assert "45 years" in str(flagged.quality[0])
    refused = _pipeline(gated, monkeypatch, "refuse").analyse(path)
    assert (refused.status, refused.reason and refused.reason.code) == ("refused", "population.outside")
    assert "CANARY" not in repr(record_of(flagged)) + repr(record_of(refused))
    child = {0x00101010: d.text("AS", "003Y"), 0x00185101: d.text("CS", "AP")}
    path.write_bytes(d.DicomBuilder(varied(3), elements=child).bytes())
    assert "population.outside" not in record_of(pipeline.analyse(path)).quality


@pytest.mark.parametrize(
    "changes",
    [
        {"refuse_above": 1e308, "flag_above": 1e308},
        {"flag_above": 1e308},
        {"film_above": -1e308},
        {"look_above": 1e308},
        {"mirrored_above": 1e308},
        {"neighbours": 1},
        {"statistics": {}},
    ],
)
def test_the_self_test_notices_changed_limits(gated: Bundle, tmp_path: Path, changes: dict[str, object]) -> None:
    classifier = FakeClassifier(bundles.weights(1))
    assert run_selftest(gated, classifier, "quant").passed  # type: ignore[arg-type]

    changed = bundles.rewritten(
        gated, tmp_path / "changed", gate=msgspec.structs.replace(gated.manifest.gate, **changes)
    )
    result = run_selftest(changed, classifier, "quant")  # type: ignore[arg-type]

    assert not result.passed
    assert "gate's limits" in result.failures[0]


def test_the_self_test_notices_that_the_gate_was_taken_away(gated: Bundle, tmp_path: Path) -> None:
    changed = bundles.rewritten(gated, tmp_path / "changed", gate=None)
    assert "gate's limits" in run_selftest(changed, FakeClassifier(bundles.weights(1)), "quant").failures[0]  # type: ignore[arg-type]


def test_a_machine_on_which_the_gate_computes_otherwise_is_noticed(
    gated: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    Gate.from_bundle(gated)
    monkeypatch.setattr(gates, "describe", lambda pixels: describe(pixels) * np.float32(1.05))
    with pytest.raises(BundleError, match="gate"):
        Gate.from_bundle(gated)
