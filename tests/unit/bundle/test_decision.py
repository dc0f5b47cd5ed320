"""From the graph's output to the answer: calibration with and without a bias, and bundles that know none."""

from __future__ import annotations

import json
import math

import msgspec
import pytest

from edge_app.bundle.decision import calibrate, decide
from edge_app.bundle.manifest import dump_manifest, parse_manifest
from edge_app.engine.selftest import answer_lines
from tests.support.manifests import manifest


def test_a_bias_moves_the_logit() -> None:
    assert calibrate(0.5, 1.0, 2.0) == pytest.approx(1 / (1 + math.exp(-2)))
    assert calibrate(0.2, 0.5, 1.0) == pytest.approx(1 / (1 + math.exp(-(math.log(0.25) / 0.5 + 1))))
    assert calibrate(0.3, 1.7) == calibrate(0.3, 1.7, 0.0)


@pytest.mark.parametrize("raw", [0.0, 1e-30, 0.5, 1 - 1e-12, 1.0])
@pytest.mark.parametrize(("temperature", "bias"), [(0.001, 30.0), (0.001, -30.0), (20.0, 0.0)])
def test_no_calibration_leaves_the_unit_range(raw: float, temperature: float, bias: float) -> None:
    assert 0 <= calibrate(raw, temperature, bias) <= 1


def test_the_bias_of_a_file_decides() -> None:
    stated = manifest()
    plain = stated.variant("quant")
    moved = msgspec.structs.replace(plain, bias=1.5)

    assert decide(0.3, plain, stated.labels).label == "NORMAL"
    assert decide(0.3, moved, stated.labels).label == "PNEUMONIA"


def test_a_bundle_of_an_earlier_trainer_reads_as_it_was_meant() -> None:
    old = json.loads(dump_manifest(manifest()))
    del old["recalibration"]
    for model in old["variants"].values():
        del model["bias"], model["prevalence"]
        for name in ("share_inside", "accuracy_outside", "measured_on"):
            del model["uncertain"][name]

    read = parse_manifest(json.dumps(old).encode())

    model = read.variant("quant")
    assert (model.bias, model.prevalence) == (0.0, 0.5)
    assert read == manifest()


def test_known_answers_tell_a_changed_bias() -> None:
    stated = manifest()
    model = stated.variant("quant")
    lines = answer_lines([0.3], model, stated.labels)  # type: ignore[arg-type]
    assert answer_lines([0.3], msgspec.structs.replace(model, bias=0.1), stated.labels)[1] != lines[1]  # type: ignore[arg-type]
