"""Who made this bundle? An Ed25519 signature (RFC 8032) over the bytes of the manifest, which vouches for the rest.

A hash in the manifest tells that a file is the one that was meant; only a signature tells who meant it. It is optional:
a site that sets a public key (edge_app/bundle/site_key.py) accepts no bundle without that key's signature.
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
"""Goes before the manifest, so that a signature made for something else never fits."""


def new_key() -> tuple[str, str]:
    """Makes a key pair.

    Returns:
        Private and public key, base64 of the 32 raw bytes each.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    return _encode(key.private_bytes_raw()), _encode(key.public_key().public_bytes_raw())


def sign_manifest(manifest: bytes, private_key: str) -> bytes:
    """Signs a manifest.

    Args:
        manifest: The bytes of `manifest.json`.
        private_key: Base64, as from `new_key`.

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
        signature: The content of `manifest.sig`; None where the bundle has none.
        public_key: Base64, as the site has set it.

    Raises:
        BundleError: There is no signature, it is another's, or it cannot be checked on this machine.
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
    """Checks that a text can be a public key; whether it is the right one only a signature shows.

    Args:
        text: As somebody set it.
        code: Of the message where it is none; it says where the key was set.

    Returns:
        The text without spaces around it.

    Raises:
        BundleError: It is empty or misspelt.
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
    except (binascii.Error, ValueError) as error:  # ValueError: a letter that is not ASCII
        raise ValueError("not base64") from error
    if len(raw) != length:
        raise ValueError(f"{len(raw)} bytes instead of {length}")
    return raw
