"""Opens a bundle: every file is read once, and its bytes are checked before anything is built from them.

The runtimes verify nothing: of 150 single-bit flips in a model, 32 changed the answer silently (docs/adr/0004).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from edge_app.bundle.manifest import FileRecord, Manifest, Variant, parse_manifest
from edge_app.errors import BundleError

MANIFEST_NAME = "manifest.json"
SHIPPED_BUNDLE = Path(__file__).resolve().parents[2] / "models" / "pneumonia"

_REINSTALL = "Install the model bundle again."


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle.

    Attributes:
        directory: Where it lies.
        manifest: What it says of itself.
        manifest_sha256: Hash of the manifest's bytes, so of everything it vouches for.
    """

    directory: Path
    manifest: Manifest
    manifest_sha256: str
    _models: dict[Variant, bytes]
    _known_answers: bytes
    _gate: bytes | None = None

    def model_bytes(self, variant: Variant) -> bytes:
        """Returns the `.tflite` bytes that were verified, so that nothing can change them between check and use.

        Raises:
            BundleError: The bundle does not hold the variant.
        """
        self.manifest.variant(variant)
        return self._models[variant]

    def known_answer_bytes(self) -> bytes:
        """Returns the verified bytes of the known answers (`.npz`)."""
        return self._known_answers

    def gate_bytes(self) -> bytes | None:
        """Returns the verified bytes of the gate's arrays (`.npz`); None for a bundle without a gate."""
        return self._gate

    def keras_path(self) -> Path:
        """Where the Keras model lies; its bytes were verified when the bundle was opened."""
        return self.directory / self.manifest.keras.path


def open_bundle(directory: Path = SHIPPED_BUNDLE) -> Bundle:
    """Opens and verifies the bundle in a folder.

    Args:
        directory: A folder with `manifest.json`.

    Returns:
        The bundle, with the bytes of its models in memory.

    Raises:
        BundleError: The folder or a file is missing, a path leads out of the folder, a size or a hash differs, or the
            manifest cannot be read. No interpreter was built.
    """
    try:
        raw = (directory / MANIFEST_NAME).read_bytes()
    except OSError as error:
        raise BundleError(
            f"There is no model bundle in {directory}.",
            hint="Give the folder that holds manifest.json, or make one with `make train`.",
            detail=repr(error),
        ) from error
    manifest = parse_manifest(raw)
    models = {variant: _read_verified(directory, model.file) for variant, model in manifest.variants.items()}
    known_answers = _read_verified(directory, manifest.known_answers)
    gate = _read_verified(directory, manifest.gate.arrays) if manifest.gate else None
    _read_verified(directory, manifest.keras)
    return Bundle(directory, manifest, hashlib.sha256(raw).hexdigest(), models, known_answers, gate)


def _read_verified(directory: Path, record: FileRecord) -> bytes:
    name = PurePosixPath(record.path)
    if len(name.parts) != 1 or name.is_absolute() or record.path in ("", ".", "..") or "\\" in record.path:
        raise BundleError(
            f"The model's manifest names {record.path!r}, which lies outside the bundle.", hint=_REINSTALL
        )
    path = directory / record.path
    try:
        if path.is_symlink() or not path.is_file():
            raise BundleError(f"The model file {record.path} is missing from the bundle.", hint=_REINSTALL)
        if path.stat().st_size != record.bytes:
            raise BundleError(
                f"The model file {record.path} has {path.stat().st_size} bytes instead of {record.bytes}.",
                hint=_REINSTALL,
            )
        data = path.read_bytes()
    except OSError as error:
        raise BundleError(
            f"The model file {record.path} could not be read.", hint=_REINSTALL, detail=repr(error)
        ) from error
    if hashlib.sha256(data).hexdigest() != record.sha256:
        raise BundleError(f"The model file {record.path} is not the one the manifest vouches for.", hint=_REINSTALL)
    return data
