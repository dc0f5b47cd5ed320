from __future__ import annotations

import pytest

from trainer.config import Config, build_config
from trainer.errors import ConfigError


def test_overrides_reach_any_value_and_words_need_no_quotes() -> None:
    config = build_config({}, ["fine_tune.epochs=3", "model.weights=path/to/file.h5", "training.monitor=val_auc"])

    assert config.fine_tune.epochs == 3
    assert config.model.weights == "path/to/file.h5"
    assert config.training.monitor == "val_auc"


@pytest.mark.parametrize(
    ("override", "hint"),
    [
        ("fine_tune.epoch=3", "Did you mean fine_tune.epochs?"),
        ("fine_tunes.epochs=3", "Did you mean fine_tune?"),
        ("label_smoothing=0.1", "Did you mean training.label_smoothing?"),
    ],
)
def test_an_unknown_key_suggests_the_nearest(override: str, hint: str) -> None:
    with pytest.raises(ConfigError, match="Unknown key") as caught:
        build_config({}, [override])
    assert caught.value.hint == hint


@pytest.mark.parametrize("override", ["fine_tune.epochs=0", "model.backbone=vgg16", "data.validation_fraction=2"])
def test_an_impossible_value_is_named(override: str) -> None:
    with pytest.raises(ConfigError, match="impossible value") as caught:
        build_config({}, [override])
    assert override.split("=")[0].split(".")[1] in caught.value.message


def test_the_hash_depends_on_values_not_on_how_they_are_written() -> None:
    assert build_config({"head": {"epochs": 20}}).sha256 == Config().sha256
    assert build_config({"head": {"epochs": 3}}).sha256 != Config().sha256


def test_a_key_at_its_default_leaves_the_hash_alone() -> None:
    """So a key that a later version adds does not orphan the runs that were made without it."""
    changed = {"fine_tune": {"epochs": 3}}
    spelt_out = {"fine_tune": {"epochs": 3, "ema_momentum": 0.0}, "export": {"equalise": 0.5}, "seed": 1}
    assert build_config(changed).sha256 == build_config(spelt_out).sha256
