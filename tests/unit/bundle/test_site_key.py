"""A key that is set binds every command; one that cannot be read lets nothing run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths

from edge_app.bundle import site_key
from edge_app.bundle.bundle import MANIFEST_NAME
from edge_app.bundle.newest_seen import FILE_NAME
from edge_app.bundle.signature import SIGNATURE_NAME, new_key, sign_manifest
from edge_app.cli import main
from edge_app.process.explain_worker import KerasEngine
from edge_app.process.protocol import WorkerConfig
from edge_app.process.worker import FilmEngine
from edge_app.services.settings import PUBLIC_KEY, Settings, worker_config
from edge_app.system.errors import BundleError
from edge_app.system.shipped import ASSETS, SHIPPED_BUNDLE
from edge_app.system.user_folders import data_folder, settings_file
from tests.support import bundles

PRIVATE, PUBLIC = new_key()
OTHER = new_key()[1]
FILM = str(sorted((ASSETS / "samples").glob("*.png"))[0])


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PNEUMOSCOPE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(site_key, "SITE_KEY_FILE", tmp_path / "etc" / "bundle-key.pub")
    monkeypatch.setattr(site_key, "_ADMINISTRATOR", os.getuid())
    (tmp_path / "etc").mkdir()
    return tmp_path


def set_site_key(text: str) -> Path:
    site_key.SITE_KEY_FILE.write_text(text)
    site_key.SITE_KEY_FILE.chmod(0o644)
    return site_key.SITE_KEY_FILE


def set_settings_line(line: str) -> None:
    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text(f"[appearance]\ntheme=x\n\n[model]\n{line}\nthreads=0\n\n[other]\npublic_key=zzz\n")


def signed(folder: Path) -> Path:
    bundles.write(folder)
    (folder / SIGNATURE_NAME).write_bytes(sign_manifest((folder / MANIFEST_NAME).read_bytes(), PRIVATE))
    return folder


COMMANDS = [["predict", FILM], ["selftest"], ["predict", "--cluster", "tcp://127.0.0.1:1", "--output", "x", FILM]]


@pytest.mark.reliability("B2")
@pytest.mark.parametrize("command", COMMANDS, ids=["predict", "selftest", "cluster"])
@pytest.mark.parametrize("place", ["administrator", "settings"])
def test_every_command_asks_for_the_key_that_is_set(
    command: list[str], place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if place == "administrator":
        set_site_key(f"# Key of the maker\n\n{PUBLIC}\n")
    else:
        set_settings_line(f'public_key="\\"{PUBLIC}\\""')
    assert main([*command[:1], "--model", str(SHIPPED_BUNDLE), *command[1:]]) == 1
    output = capsys.readouterr()
    assert "not signed" in output.err
    assert "analysed" not in output.out


@pytest.mark.parametrize("engine", [FilmEngine, KerasEngine])
def test_the_windows_processes_ask_for_the_administrators_key(engine: type) -> None:
    set_site_key(PUBLIC)
    for given in ("", OTHER):  # the administrator's wins over the user's
        with pytest.raises(BundleError, match="not signed"):
            engine(WorkerConfig(public_key=given))


@pytest.mark.parametrize("key", ["", " ", "x", PUBLIC[:-3], PUBLIC + "A", "ä"])
@pytest.mark.parametrize("command", ["predict", "selftest"])
def test_an_empty_or_misspelt_key_on_the_command_line_is_a_usage_error(
    command: str, key: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--public-key", key, *([FILM] if command == "predict" else [])])
    assert ended.value.code == 2
    assert "public key" in capsys.readouterr().err


def test_another_key_than_the_one_that_is_set_is_refused() -> None:
    set_site_key(PUBLIC)
    assert site_key.required_key() == site_key.required_key(PUBLIC) == PUBLIC
    with pytest.raises(BundleError, match="not the key that is set"):
        site_key.required_key(OTHER)
    site_key.SITE_KEY_FILE.unlink()
    assert site_key.required_key(OTHER) == OTHER
    assert site_key.required_key() is None


@pytest.mark.parametrize("text", ["", "# only a comment\n", "nonsense\n", f"{PUBLIC}\n{OTHER}\n", "\xff"])
def test_a_key_file_without_one_key_lets_nothing_run(text: str) -> None:
    set_site_key(text)
    with pytest.raises(BundleError, match=r"bundle-key\.pub"):
        site_key.required_key()


def test_a_key_file_that_others_can_change_lets_nothing_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for mode in (0o666, 0o664):
        set_site_key(PUBLIC).chmod(mode)
        with pytest.raises(BundleError, match="changed by others"):
            site_key.site_key()
    set_site_key(PUBLIC).rename(home / "elsewhere")
    site_key.SITE_KEY_FILE.symlink_to(home / "elsewhere")
    with pytest.raises(BundleError, match="cannot be read"):
        site_key.site_key()
    site_key.SITE_KEY_FILE.unlink()
    set_site_key(PUBLIC)
    monkeypatch.setattr(site_key, "_ADMINISTRATOR", os.getuid() + 1)
    with pytest.raises(BundleError, match="changed by others"):
        site_key.site_key()


@pytest.mark.parametrize(
    "line",
    ["", '""', '"\\"\\""', PUBLIC, f'"\\"{"A" * 200}\\""', '"[1]"', '"\\"abc\\""', "@ByteArray(x)"],
)
def test_a_misspelt_key_in_the_settings_lets_no_model_run(line: str) -> None:
    set_settings_line(f"public_key={line}")
    with pytest.raises(BundleError, match="public key in the settings"):
        site_key.required_key()
    # The window keeps its other settings, and its process refuses.
    config = worker_config(Settings(settings_file()))
    with pytest.raises(BundleError, match="public key"):
        FilmEngine(config)


def test_the_key_is_read_as_the_window_writes_it() -> None:
    settings = Settings(settings_file())
    assert site_key.settings_key(settings_file()) is None
    settings[PUBLIC_KEY] = PUBLIC
    assert settings.save()
    assert site_key.settings_key(settings_file()) == PUBLIC
    assert Settings(settings_file())[PUBLIC_KEY] == PUBLIC
    settings.reset(PUBLIC_KEY)
    assert settings.save()
    assert site_key.settings_key(settings_file()) is None


def test_the_folders_are_those_that_qt_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PNEUMOSCOPE_HOME", raising=False)
    locations = QStandardPaths.StandardLocation
    for variables in ({}, {"XDG_CONFIG_HOME": str(tmp_path / "c"), "XDG_DATA_HOME": str(tmp_path / "d")}):
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        config, data = map(
            QStandardPaths.writableLocation, (locations.GenericConfigLocation, locations.GenericDataLocation)
        )
        assert settings_file().parent == Path(config, "pneumoscope")
        assert data_folder() == Path(data, "pneumoscope")


def newer(folder: Path, version: str, created: str, uid: str) -> Path:
    path = folder / MANIFEST_NAME
    manifest = json.loads(path.read_text())
    manifest["identity"].update(version=version, created=created, uid=uid)
    path.write_text(json.dumps(manifest))
    (folder / SIGNATURE_NAME).write_bytes(sign_manifest(path.read_bytes(), PRIVATE))
    return folder


def opened(folder: Path, *options: str) -> str:
    """The hash of the manifest where the commands would take the bundle; else what they say."""
    from edge_app.cli import _parser
    from edge_app.commands.request import open_trusted_bundle

    try:
        return open_trusted_bundle(_parser().parse_args(["selftest", "--model", str(folder), *options])).manifest_sha256
    except BundleError as error:
        return str(error)


@pytest.mark.reliability("B2", part="bundles do not expire")
def test_an_older_signed_version_needs_consent(home: Path) -> None:
    set_site_key(PUBLIC)
    old = newer(signed(home / "old"), "1.2.0", "2026-03-01T00:00:00+00:00", "2.25.1")
    new = newer(signed(home / "new"), "1.10.0", "2026-02-01T00:00:00+00:00", "2.25.2")
    assert len(opened(old)) == 64
    assert len(opened(new)) == 64
    assert len(opened(new)) == 64
    refused = opened(old)
    assert "test-model 1.2.0 (2026-03-01) is older than version 1.10.0 (2026-02-01)" in refused
    assert "--allow-older-model" in refused
    assert len(opened(old, "--allow-older-model")) == 64
    assert len(opened(old)) == 64  # consent is asked for once
    assert len(opened(new)) == 64
    same = newer(signed(home / "same"), "1.10.0", "2026-01-31", "2.25.3")
    assert "older" in opened(same)
    (data_folder() / FILE_NAME).write_bytes(b"{")
    assert "cannot be read" in opened(new)


def test_without_a_key_nothing_is_remembered(home: Path) -> None:
    opened(signed(home / "bundle"))
    assert not data_folder().exists()
    set_site_key(PUBLIC)
    data_folder().parent.mkdir(parents=True)
    data_folder().write_text("a file where the folder should be")
    assert len(opened(home / "bundle")) == 64  # what cannot be remembered keeps nobody from reading
