"""The maker's commands make what a site's key accepts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from edge_app.bundle import open_bundle
from edge_app.system.errors import BundleError
from edge_app.system.shipped import SHIPPED_BUNDLE
from trainer.cli import main


def test_a_bundle_is_signed_with_a_new_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, bundle = tmp_path / "maker.key", tmp_path / "bundle"
    shutil.copytree(SHIPPED_BUNDLE, bundle)
    assert main(["new-key", str(key)]) == 0
    public = (tmp_path / "maker.key.pub").read_text()
    assert key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(BundleError, match="not signed"):
        open_bundle(bundle, public_key=public)
    assert main(["sign", "--key", str(key), "--bundle", str(bundle)]) == 0
    assert open_bundle(bundle, public_key=public).directory == bundle
    assert key.read_text() not in capsys.readouterr().out


def test_a_key_is_never_overwritten_and_a_wrong_one_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "maker.key"
    key.write_text("mine")
    assert main(["new-key", str(key)]) != 0
    assert key.read_text() == "mine"
    assert main(["sign", "--key", str(key), "--bundle", str(SHIPPED_BUNDLE)]) != 0
    assert "holds no private key" in capsys.readouterr().err
