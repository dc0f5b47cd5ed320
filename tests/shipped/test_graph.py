"""How the shipped files run."""

from __future__ import annotations

import pytest

from edge_app.bundle import open_bundle


@pytest.mark.parametrize("variant", ["quant", "float"])
def test_the_net_runs_in_one_piece(variant: str) -> None:
    """XNNPACK leaves out what it does not know; cut in two, it would unpack all weights for every film."""
    interpreter_class = pytest.importorskip("ai_edge_litert.interpreter").Interpreter
    interpreter = interpreter_class(model_content=open_bundle().model_bytes(variant))  # type: ignore[arg-type]
    interpreter.allocate_tensors()

    assert [op["op_name"] for op in interpreter._get_ops_details()].count("DELEGATE") == 1
