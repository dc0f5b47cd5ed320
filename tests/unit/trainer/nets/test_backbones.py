"""The side of the input is the backbone's own or a chosen one."""

from __future__ import annotations

from trainer.config import ModelConfig
from trainer.nets.backbones import input_side


def test_the_side_of_the_input_is_the_backbones_unless_another_is_chosen() -> None:
    assert input_side(ModelConfig(backbone="inceptionv3")) == 299
    assert input_side(ModelConfig(backbone="inceptionv3", input_px=160)) == 160
