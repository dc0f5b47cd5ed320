"""`python -m trainer new-key` and `sign`: a key pair of the maker, and the signature of a bundle."""

from __future__ import annotations

import os
from pathlib import Path

from edge_app.bundle import open_bundle
from edge_app.bundle.bundle import MANIFEST_NAME
from edge_app.bundle.signature import SIGNATURE_NAME, new_key, sign_manifest
from edge_app.system.files import replace_file
from trainer.errors import ConfigError


def write_key(file: Path) -> Path:
    """Makes a key pair.

    Args:
        file: Gets the private key, readable by its owner only; `.pub` is added for the public one.

    Returns:
        The public key's file, which goes to `/etc/pneumoscope/bundle-key.pub` of each machine.

    Raises:
        ConfigError: There is a key already.
    """
    private, public = new_key()
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigError(
            f"{file} exists.", hint="A key that signed bundles must not be lost: give another name."
        ) from None
    with os.fdopen(descriptor, "w") as stream:
        stream.write(f"{private}\n")
    target = file.with_name(f"{file.name}.pub")
    target.write_text(f"{public}\n", encoding="ascii")
    return target


def sign_bundle(key: Path, bundle: Path) -> Path:
    """Signs a bundle that is whole.

    Args:
        key: The private key's file, as from `write_key`.
        bundle: The bundle's folder; it gets `manifest.sig`.

    Returns:
        The signature's file.

    Raises:
        ConfigError: The key cannot be read.
        BundleError: The bundle is damaged.
    """
    open_bundle(bundle)
    manifest = (bundle / MANIFEST_NAME).read_bytes()
    try:
        signature = sign_manifest(manifest, key.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{key} holds no private key.", hint="Make one: python -m trainer new-key FILE") from error
    target = bundle / SIGNATURE_NAME
    with replace_file(target) as stream:
        stream.write(signature)
    return target
