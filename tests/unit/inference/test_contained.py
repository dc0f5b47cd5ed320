"""`predict` outlives a film that kills or hangs its decoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from edge_app.bundle import Bundle
from edge_app.errors import PneumoscopeError
from edge_app.inference import contained
from edge_app.inference.analysis import Analysis, ModelId, Reason, Timings
from edge_app.inference.child import ChildLostError
from edge_app.inference.contained import ContainedPipeline
from edge_app.inference.protocol import Analyse, Analysed, WorkerConfig
from tests.support import bundles

MODEL = ModelId("m", "quant", "0" * 64, "fake 1")


class FakeChild:
    """Refuses films, dies over `crash`, hangs over `hang`."""

    born: ClassVar[int] = 0
    manifest_sha256: ClassVar[str] = ""
    config: ClassVar[WorkerConfig | None] = None

    def __init__(self) -> None:
        type(self).born += 1
        self.is_alive = True

    def start(self, config: WorkerConfig) -> Any:
        type(self).config = config

        class Ready:
            model = MODEL
            manifest_sha256 = FakeChild.manifest_sha256

        return Ready, b""

    def ask(self, request: Analyse, _: float) -> Any:
        if request.path in (b"crash", b"hang"):
            self.is_alive = False
            raise ChildLostError(timed_out=request.path == b"hang", delivered=True)
        reason = Reason("gate.blank", "Blank.")
        return Analysed(analysis=Analysis("", "1" * 64, "refused", MODEL, Timings(), reason=reason)), b""

    def kill(self) -> None:
        self.is_alive = False

    def close(self) -> None:
        self.is_alive = False


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    found = bundles.write(tmp_path / "bundle")
    monkeypatch.setattr(contained, "Child", FakeChild)
    monkeypatch.setattr(FakeChild, "manifest_sha256", found.manifest_sha256)
    monkeypatch.setattr(FakeChild, "born", 0)
    return found


def test_a_lost_child_costs_one_film_and_is_replaced(bundle: Bundle) -> None:
    with ContainedPipeline(bundle, WorkerConfig(outside_population="refuse")) as pipeline:
        found = [pipeline.analyse(Path(name)) for name in ("a.png", "crash", "b.png", "hang", "c.png")]
    assert [one.status for one in found] == ["refused", "failed", "refused", "failed", "refused"]
    assert [one.path for one in found] == ["a.png", "crash", "b.png", "hang", "c.png"]
    assert [one.reason.code for one in found if one.status == "failed" and one.reason] == [
        "worker.crashed",
        "worker.timeout",
    ]
    assert FakeChild.born == 3
    assert FakeChild.config is not None
    assert (FakeChild.config.bundle, FakeChild.config.outside_population) == (str(bundle.directory), "refuse")


def test_a_bundle_that_changed_in_between_is_not_used(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeChild, "manifest_sha256", "f" * 64)
    with pytest.raises(PneumoscopeError, match="changed"):
        ContainedPipeline(bundle, WorkerConfig())
