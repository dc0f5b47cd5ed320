"""The Ed25519 signature (RFC 8032) of the manifest, which contains the hashes of all other files.

Hashes detect damage; the signature proves who made the bundle. It is optional: a site that sets a public key
(edge_app/bundle/site_key.py) accepts only bundles that this key signed.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from edge_app.system.errors import BundleError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

SIGNATURE_NAME = "manifest.sig"
MAX_SIGNATURE_BYTES = 1024
_CONTEXT = b"pneumoscope bundle manifest v1\0"
"""Prefix of the signed bytes, so that signatures of other data are never valid here."""


def new_key() -> tuple[str, str]:
    """Creates a key pair. Returns private and public key, each as base64 of 32 raw bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return _encode(key.private_bytes_raw()), _encode(key.public_key().public_bytes_raw())


def sign_manifest(manifest: bytes, private_key: str) -> bytes:
    """Signs a manifest.

    Args:
        manifest: The bytes of `manifest.json`.
        private_key: Base64, from `new_key`.

    Returns:
        The content of `manifest.sig`: base64 and a line feed.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.from_private_bytes(_decode(private_key, 32))
    return _encode(key.sign(_CONTEXT + manifest)).encode("ascii") + b"\n"


def verify_manifest(manifest: bytes, signature: bytes | None, public_key: str) -> None:
    """Checks a signature.

    Args:
        manifest: The bytes of `manifest.json`.
        signature: The content of `manifest.sig`; None if the bundle has none.
        public_key: Base64 of the site's key.

    Raises:
        BundleError: The signature is missing or wrong, or the library for the check is not installed.
    """
    key = _public_key(public_key)
    if signature is None:
        raise BundleError("signature.missing")
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(_decode(signature.decode("ascii", "replace"), 64), _CONTEXT + manifest)
    except (InvalidSignature, ValueError) as error:
        raise BundleError("signature.foreign", detail=repr(error)) from error


def check_public_key(text: str, code: str) -> str:
    """Checks the format of a public key.

    Args:
        text: The key, as entered.
        code: Code of the error message, which names the source of the key.

    Returns:
        The key without surrounding spaces.

    Raises:
        BundleError: The text is no base64 of 32 bytes.
    """
    try:
        _decode(text, 32)
    except ValueError as error:
        raise BundleError(code, detail=str(error)) from error
    return text.strip()


def _public_key(text: str) -> Ed25519PublicKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError as error:
        raise BundleError("signature.no_library") from error
    try:
        return Ed25519PublicKey.from_public_bytes(_decode(text, 32))
    except ValueError as error:
        raise BundleError("signature.bad_key", detail=repr(error)) from error


def _encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _decode(text: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError) as error:  # ValueError: a character that is not ASCII
        raise ValueError("not base64") from error
    if len(raw) != length:
        raise ValueError(f"{len(raw)} bytes instead of {length}")
    return raw
