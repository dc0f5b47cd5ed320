"""Every net that the trainer can make passes the list of classes that the app loads."""

from __future__ import annotations

import json
from typing import get_args

import keras
import pytest

from edge_app.bundle import open_bundle
from edge_app.bundle.keras_file import check_keras_file
from edge_app.engine.keras_gradcam import load_keras_model
from edge_app.system.errors import BundleError
from tests.support import bundles
from trainer.config import BackboneName, ModelConfig
from trainer.nets.model import build_model


@pytest.mark.reliability("B8")
@pytest.mark.parametrize(
    ("name", "lung_head"), [*((name, False) for name in get_args(BackboneName)), ("mobilenetv2", True)]
)
def test_each_net_passes(name: BackboneName, lung_head: bool) -> None:
    config = ModelConfig(backbone=name, weights="none")
    stated = keras.saving.serialize_keras_object(build_model(config, positive_share=0.5, seed=1, lung_head=lung_head))
    check_keras_file(bundles.keras_file(json.loads(json.dumps(stated))), "net.keras")


def test_the_shipped_one_is_loaded_from_its_bytes() -> None:
    bundle = open_bundle()
    model = load_keras_model(bundle.keras_bytes())
    assert model.count_params() > 1_000_000
    with pytest.raises(BundleError, match="cannot be loaded"):
        load_keras_model(bundle.keras_bytes()[:-1000])
