"""Opens a bundle: reads every file once and verifies the bytes before anything uses them.

The runtimes do not verify models: 32 of 150 single-bit flips changed the result silently (docs/adr/0004).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from edge_app.bundle.arrays import check_arrays
from edge_app.bundle.keras_file import check_keras_file
from edge_app.bundle.manifest import BundleFile, Manifest, Variant, parse_manifest
from edge_app.bundle.signature import MAX_SIGNATURE_BYTES, SIGNATURE_NAME, verify_manifest
from edge_app.system.errors import BundleError
from edge_app.system.parallel import side_by_side
from edge_app.system.shipped import SHIPPED_BUNDLE as SHIPPED_BUNDLE

MANIFEST_NAME = "manifest.json"

MAX_MANIFEST_BYTES = 1024 * 1024
MAX_FILE_BYTES = 512 * 1024 * 1024
"""Maximum size of one file, which is read into memory; the largest shipped file has 10 MB."""

# A plain name in the bundle's folder: no separators, drives, hidden files or shell characters.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}(\.[A-Za-z0-9]{1,10}){1,2}")


@dataclass(frozen=True, slots=True)
class Bundle:
    """A verified bundle.

    Attributes:
        directory: The folder.
        manifest: The parsed manifest.
        manifest_sha256: Hash of the manifest's bytes; it covers all files, because the manifest has their hashes.
    """

    directory: Path
    manifest: Manifest
    manifest_sha256: str
    _models: dict[Variant, bytes]
    _keras: bytes
    _known_answers: bytes
    _gate: bytes | None = None

    def model_bytes(self, variant: Variant) -> bytes:
        """Returns the verified bytes of a `.tflite` file.

        Raises:
            BundleError: The bundle does not contain the variant.
        """
        self.manifest.variant(variant)
        return self._models[variant]

    def known_answer_bytes(self) -> bytes:
        """Returns the verified bytes of the known answers (`.npz`)."""
        return self._known_answers

    def gate_bytes(self) -> bytes | None:
        """Returns the verified bytes of the gate's arrays (`.npz`); None for a bundle without a gate."""
        return self._gate

    def keras_bytes(self) -> bytes:
        """Returns the verified bytes of the Keras model (`.keras`)."""
        return self._keras


def open_bundle(directory: Path = SHIPPED_BUNDLE, *, public_key: str | None = None) -> Bundle:
    """Opens and verifies the bundle in a folder.

    Args:
        directory: A folder with `manifest.json`.
        public_key: Base64 of the Ed25519 key that must have signed the bundle; None requires no signature. An empty
            text is an invalid key and raises an error.

    Returns:
        The bundle, with the bytes of its files in memory.

    Raises:
        BundleError: A file is missing, outside the folder, or has another size or hash; the manifest is invalid; the
            signature is missing or wrong; the Keras file contains code; or an array differs from its header.
    """
    try:
        raw = _read_at_most(directory / MANIFEST_NAME, MAX_MANIFEST_BYTES)
    except OSError as error:
        raise BundleError("bundle.missing", folder=str(directory), detail=repr(error)) from error
    if public_key is not None:
        verify_manifest(raw, _signature(directory), public_key)
    manifest = parse_manifest(raw)
    listed = manifest.files()
    names = [file.path.casefold() for file in listed]
    if not manifest.variants or len(set(names)) != len(names) or MANIFEST_NAME in names:
        # Some file systems ignore case, so names must differ in more than case.
        raise BundleError("bundle.manifest_names")
    # Hash in parallel: this takes a large part of the start of `predict`.
    contents = side_by_side([partial(_read_verified, directory, file) for file in listed])
    data = {file.path: content for file, content in zip(listed, contents, strict=True)}
    check_keras_file(data[manifest.keras.path], manifest.keras.path)
    check_arrays(data[manifest.known_answers.path], manifest.known_answers.path)
    if manifest.gate:
        check_arrays(data[manifest.gate.arrays.path], manifest.gate.arrays.path)
    return Bundle(
        directory,
        manifest,
        hashlib.sha256(raw).hexdigest(),
        {variant: data[model.file.path] for variant, model in manifest.variants.items()},
        data[manifest.keras.path],
        data[manifest.known_answers.path],
        data[manifest.gate.arrays.path] if manifest.gate else None,
    )


def _signature(directory: Path) -> bytes | None:
    try:
        return _read_at_most(directory / SIGNATURE_NAME, MAX_SIGNATURE_BYTES)
    except OSError:
        return None


def _read_at_most(path: Path, limit: int) -> bytes:
    """Reads a regular file of at most `limit` bytes that is no link; otherwise raises OSError."""
    if path.is_symlink() or not path.is_file():
        raise FileNotFoundError(f"{path.name} is missing or no regular file")
    with path.open("rb") as stream:
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise OSError(f"{path.name} has more than {limit} bytes")
    return data


def _read_verified(directory: Path, file: BundleFile) -> bytes:
    if not _NAME.fullmatch(file.path):
        raise BundleError("bundle.manifest_name", file=repr(file.path[:100]))
    path = directory / file.path
    try:
        if file.bytes > MAX_FILE_BYTES:
            raise BundleError("bundle.file_too_large", file=file.path, bytes=file.bytes)
        size = path.lstat().st_size
        if size != file.bytes:
            raise BundleError("bundle.file_size", file=file.path, found=size, stated=file.bytes)
        data = _read_at_most(path, file.bytes)
    except FileNotFoundError as error:
        raise BundleError("bundle.file_missing", file=file.path) from error
    except OSError as error:
        raise BundleError("bundle.file_unreadable", file=file.path, detail=repr(error)) from error
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise BundleError("bundle.file_altered", file=file.path)
    return data
