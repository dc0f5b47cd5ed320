"""The process with TensorFlow is locked up as the film's reader is, and explains as a free one does."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from edge_app.bundle import open_bundle
from edge_app.engine.keras_gradcam import KerasGradCam
from edge_app.imaging.preprocess import preprocess
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.jobs import LoadedModel
from edge_app.process.launch import EXPLAINER_MODULE, child_command
from edge_app.process.protocol import Explain, Explained, WorkerConfig, pack_film
from edge_app.process.supervisor import Reply, Supervisor
from tests.support.films import chest_like


async def explained(film: Radiograph) -> tuple[LoadedModel, Reply]:
    supervisor = Supervisor(WorkerConfig().for_keras(), command=child_command(EXPLAINER_MODULE))
    try:
        model = await supervisor.require()
        header, pixels = pack_film(film)
        return model, await supervisor.ask(Explain(film=header), name="film.png", payload=pixels)
    finally:
        await supervisor.close()


def test_grad_cam_is_the_same_from_a_process_that_is_locked_up(caplog: pytest.LogCaptureFixture) -> None:
    film = Radiograph(chest_like(400, 360), "0" * 64, "PNG")
    model, reply = asyncio.run(explained(film))
    held = model.confinement
    if held.landlock_abi == 0 or not held.seccomp:
        pytest.skip(f"this kernel gives: {[str(message) for message in held.messages]}")
    assert held.is_complete, held.messages
    assert caplog.messages == []
    assert isinstance(reply.answer, Explained), reply.reason
    bundle = open_bundle()
    free = KerasGradCam.load(bundle.keras_bytes())(preprocess(film, bundle.manifest.preprocessing).pixels)
    assert free.max() > 0
    np.testing.assert_array_equal(reply.answer.evidence, free)
