"""`predict` outlives a film that kills or hangs its decoder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest

from edge_app.analysis.analysis import Analysis, ModelId, Timings
from edge_app.bundle import Bundle
from edge_app.process import isolated_pipeline as contained
from edge_app.process.child import ChildLostError
from edge_app.process.isolated_pipeline import ContainedPipeline, StoppedError
from edge_app.process.protocol import Analyse, Analysed, WorkerConfig
from edge_app.system.errors import PneumoscopeError
from edge_app.system.messages import Message
from tests.support import bundles

MODEL = ModelId("m", "quant", "0" * 64, "fake 1")


class FakeChild:
    """Refuses films, dies over `crash`, hangs over `hang`, is killed by others over the first `killed`."""

    born: ClassVar[int] = 0
    manifest_sha256: ClassVar[str] = ""
    config: ClassVar[WorkerConfig | None] = None
    fails_to_start: ClassVar[set[int]] = set()
    killed: ClassVar[int] = 0

    def __init__(self) -> None:
        type(self).born += 1
        self.is_alive = True

    def start(self, config: WorkerConfig) -> Any:
        type(self).config = config
        if type(self).born in self.fails_to_start:
            raise ChildLostError(timed_out=False, delivered=True)

        class Ready:
            model = MODEL
            manifest_sha256 = FakeChild.manifest_sha256

        return Ready, b""

    def ask(self, request: Analyse, _: float) -> Any:
        if request.path == b"killed" and type(self).killed == 0:
            type(self).killed += 1
            self.is_alive = False
            raise ChildLostError(timed_out=False, delivered=True)
        if request.path in (b"crash", b"hang"):
            self.is_alive = False
            raise ChildLostError(timed_out=request.path == b"hang", delivered=True)
        reason = Message("gate.blank")
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
    monkeypatch.setattr(FakeChild, "killed", 0)
    monkeypatch.setattr(FakeChild, "fails_to_start", set())
    return found


def test_a_film_that_ends_its_child_twice_is_one_line_and_the_rest_goes_on(bundle: Bundle) -> None:
    with ContainedPipeline(bundle, WorkerConfig(outside_population="refuse")) as pipeline:
        found = [pipeline.analyse(Path(name)) for name in ("a.png", "crash", "b.png", "hang", "c.png")]
        assert pipeline.lost == 3, "two over the crash; what hangs is not tried again"
    assert [one.status for one in found] == ["refused", "failed", "refused", "failed", "refused"]
    assert [one.path for one in found] == ["a.png", "crash", "b.png", "hang", "c.png"]
    assert [one.reason.code for one in found if one.status == "failed" and one.reason] == [
        "worker.crashed",
        "worker.timeout",
    ]
    assert FakeChild.born == 4
    assert FakeChild.config is not None
    assert (FakeChild.config.bundle, FakeChild.config.outside_population) == (str(bundle.directory), "refuse")


def test_a_film_whose_child_was_killed_by_another_hand_gets_its_answer(
    bundle: Bundle, caplog: pytest.LogCaptureFixture
) -> None:
    with ContainedPipeline(bundle, WorkerConfig()) as pipeline:
        assert pipeline.analyse(Path("killed")).status == "refused"
        assert pipeline.lost == 1
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "killed" not in caplog.text, "no film is named in the log"


def test_a_child_lost_while_it_starts_is_started_again(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeChild, "fails_to_start", {1, 2})
    with ContainedPipeline(bundle, WorkerConfig()) as pipeline:
        assert pipeline.analyse(Path("a.png")).status == "refused"
    monkeypatch.setattr(FakeChild, "fails_to_start", {4, 5, 6})
    with pytest.raises(PneumoscopeError, match="stopped"):
        ContainedPipeline(bundle, WorkerConfig())


def test_nothing_is_asked_after_stop(bundle: Bundle) -> None:
    with ContainedPipeline(bundle, WorkerConfig()) as pipeline:
        pipeline.stop()
        with pytest.raises(StoppedError):
            pipeline.analyse(Path("a.png"))
    assert FakeChild.born == 1, "no child replaces one that was stopped"


def test_a_bundle_that_changed_in_between_is_not_used(bundle: Bundle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeChild, "manifest_sha256", "f" * 64)
    with pytest.raises(PneumoscopeError, match="changed"):
        ContainedPipeline(bundle, WorkerConfig())
