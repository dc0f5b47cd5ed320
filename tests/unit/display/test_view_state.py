from __future__ import annotations

import numpy as np

from edge_app.display.view_state import HeatState, ViewState
from edge_app.display.window_level import WindowLevel
from edge_app.imaging.radiograph import Radiograph


def test_view_of_a_film_is_upright_and_as_its_depth_wants():
    view = ViewState.of(Radiograph(np.zeros((80, 80), np.uint8), "0" * 64, "TEST"))
    assert view == ViewState(WindowLevel.full(255))
    assert not view.inverted
    assert view.orientation.quarter_turns == 0
    other = view.with_window(WindowLevel(1, 2))
    assert (other.window, other.inverted) == (WindowLevel(1, 2), False)


def test_opacity_steps_stay_between_nothing_and_all_and_switch_on():
    heat = HeatState(visible=False, opacity=0.95)
    assert heat.stepped(0.1) == HeatState(True, 1.0)
    assert heat.stepped(0.1).stepped(0.1).opacity == 1.0
    assert HeatState(opacity=0.05).stepped(-0.1).opacity == 0.0
