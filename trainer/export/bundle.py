"""Writes a bundle into a new folder, runs its self-test on the real runtimes, and then puts it in place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

import msgspec

from edge_app.bundle.bundle import MANIFEST_NAME
from edge_app.bundle.manifest import Manifest, ModelFile, Variant, dump_manifest
from trainer.errors import TrainingError

KNOWN_ANSWERS_NAME = "known_answers.npz"

_UID_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "urn:pneumoscope:model")


def model_uid(models: Mapping[Variant, ModelFile]) -> str:
    """A DICOM UID for a model (PS3.5 B.2), from hashes and calibration: models with other answers have other UIDs."""
    return f"2.25.{uuid.uuid5(_UID_NAMESPACE, msgspec.json.encode(models, order='sorted').decode()).int}"


def write_bundle(folder: Path, manifest: Manifest, files: Mapping[str, bytes]) -> None:
    """Writes the manifest and the files it vouches for.

    Args:
        folder: Folder of the bundle; an existing one is replaced.
        manifest: The manifest.
        files: Contents by file name.
    """
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name, data in {**files, MANIFEST_NAME: dump_manifest(manifest)}.items():
        (folder / name).write_bytes(data)


def selftest(folder: Path) -> str:
    """Replays the known answers in a process without TensorFlow, on every runtime of this machine.

    Returns:
        The output of the self-test.

    Raises:
        TrainingError: It failed.
    """
    command = [sys.executable, "-m", "edge_app", "selftest", "--model", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise TrainingError(
            "The new bundle does not pass its own self-test; the old one was left in place.",
            hint=f"Look at {folder}.",
            detail=done.stdout + done.stderr,
        )
    return done.stdout


def put_in_place(built: Path, target: Path) -> None:
    """Replaces a bundle by a new one; `target` is the old or the new one at every moment, or can be restored.

    Args:
        built: The tested bundle; it is copied.
        target: Folder that the app opens.
    """
    staged = target.with_name(f".{target.name}.{os.getpid()}.new")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    shutil.copytree(built, staged)
    for path in staged.iterdir():
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
    if target.exists():
        target.rename(old)
    staged.rename(target)
    shutil.rmtree(old, ignore_errors=True)
