"""The Keras model is loaded under the same conditions as the quantized one: also the site's public key."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.bundle.bundle import MANIFEST_NAME
from edge_app.bundle.signature import SIGNATURE_NAME, new_key, sign_manifest
from edge_app.engine.keras_gradcam import KerasGradCam
from edge_app.process.explain_worker import KerasEngine
from edge_app.process.protocol import WorkerConfig
from edge_app.system.errors import BundleError
from tests.support import bundles


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bundles.write(tmp_path / "bundle")
    return tmp_path / "bundle"


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Which Keras files were loaded, as bytes; TensorFlow is not needed to ask that."""
    files: list[bytes] = []
    monkeypatch.setattr(KerasGradCam, "load", files.append)
    return files


def test_a_bundle_that_nobody_signed_is_not_loaded_where_a_key_is_set(folder: Path, loaded: list[bytes]) -> None:
    _, public = new_key()
    with pytest.raises(BundleError, match="not signed"):
        KerasEngine(WorkerConfig(bundle=str(folder), public_key=public))
    assert loaded == []


def test_a_bundle_of_another_maker_is_not_loaded(folder: Path, loaded: list[bytes]) -> None:
    (foreign, _), (_, public) = new_key(), new_key()
    (folder / SIGNATURE_NAME).write_bytes(sign_manifest((folder / MANIFEST_NAME).read_bytes(), foreign))
    with pytest.raises(BundleError, match="not by the maker"):
        KerasEngine(WorkerConfig(bundle=str(folder), public_key=public))
    assert loaded == []


def test_the_makers_own_is_loaded(folder: Path, loaded: list[bytes]) -> None:
    private, public = new_key()
    (folder / SIGNATURE_NAME).write_bytes(sign_manifest((folder / MANIFEST_NAME).read_bytes(), private))
    KerasEngine(WorkerConfig(bundle=str(folder), public_key=public))
    assert loaded == [(folder / "model.keras").read_bytes()]
