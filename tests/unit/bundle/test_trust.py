"""A bundle that was touched is refused before any interpreter is built from it; an untouched one goes on working."""

from __future__ import annotations

import io
import json
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from edge_app.analysis.pipeline import Pipeline
from edge_app.bundle.bundle import MANIFEST_NAME, open_bundle
from edge_app.engine import classifier
from edge_app.system.errors import BundleError
from tests.support import bundles

FILES = ("quant.tflite", "float.tflite", "model.keras", "known_answers.npz")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    def no_interpreter(*_: object) -> None:
        raise AssertionError("an interpreter was built")

    monkeypatch.setattr(classifier, "build_interpreter", no_interpreter)
    bundles.write(tmp_path / "bundle")
    return tmp_path / "bundle"


def refuse(folder: Path) -> BundleError:
    with pytest.raises(BundleError) as caught:
        Pipeline(open_bundle(folder))
    assert caught.value.hint
    return caught.value


@pytest.mark.reliability("B1")
@pytest.mark.parametrize("name", FILES)
def test_bit_flips_truncations_and_appended_bytes(folder: Path, name: str) -> None:
    path = folder / name
    original = path.read_bytes()
    rng = np.random.default_rng(9)
    for _ in range(200):
        data = bytearray(original)
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(data))
        refuse(folder)
    for share in range(1, 10):
        path.write_bytes(original[: len(original) * share // 10])
        refuse(folder)
    path.write_bytes(original + b"\0")
    refuse(folder)
    path.write_bytes(original)
    assert open_bundle(folder).manifest.identity.name == "test-model"


def test_every_damaged_manifest_is_refused_or_names_files_that_are_not_there(folder: Path) -> None:
    path = folder / MANIFEST_NAME
    original = path.read_bytes()
    vouched = json.loads(original)
    rng = np.random.default_rng(10)
    refused = 0
    for _ in range(200):
        data = bytearray(original)
        data[int(rng.integers(len(data)))] ^= 1 << int(rng.integers(8))
        path.write_bytes(bytes(data))
        try:
            bundle = open_bundle(folder)
        except BundleError:
            refused += 1
            continue
        # What still opens differs in words or figures, never in a file's hash; a signature or the self-test sees those.
        found = json.loads(data.decode("utf-8", "replace"))
        assert {v: found["variants"][v]["file"]["sha256"] for v in ("quant", "float")} == {
            v: vouched["variants"][v]["file"]["sha256"] for v in ("quant", "float")
        }
        assert bundle.manifest_sha256 != open_hash(original)
    assert refused > 100
    for end in range(0, len(original), 97):
        path.write_bytes(original[:end])
        refuse(folder)


def open_hash(data: bytes) -> str:
    import hashlib

    return hashlib.sha256(data).hexdigest()


def edit(folder: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    path = folder / MANIFEST_NAME
    manifest = json.loads(path.read_text())
    change(manifest)
    path.write_text(json.dumps(manifest))


@pytest.mark.reliability("B2", part="bundles do not expire")
@pytest.mark.parametrize(
    "name",
    [
        "../quant.tflite",
        "/etc/passwd",
        "a/../quant.tflite",
        "./quant.tflite",
        "sub/quant.tflite",
        "..",
        ".",
        "",
        "..\\quant.tflite",
        "C:quant.tflite",
        "quant.tflite\0",
        "quant.tflite\n",
        "CON",
        "a" * 300,
        "manifest.json",
    ],
)
def test_hostile_paths(folder: Path, name: str) -> None:
    shutil.copy(folder / "quant.tflite", folder.parent / "quant.tflite")
    edit(folder, lambda manifest: manifest["variants"]["quant"]["file"].update(path=name))
    refuse(folder)


@pytest.mark.reliability("B2", part="bundles do not expire")
def test_links_and_special_files(folder: Path) -> None:
    outside = folder.parent / "outside"
    (folder / "quant.tflite").rename(outside)
    (folder / "quant.tflite").symlink_to(outside)
    refuse(folder)
    (folder / "quant.tflite").unlink()
    (folder / "quant.tflite").mkdir()
    refuse(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(schema_version=2),
        lambda m: m.update(schema_version="1"),
        lambda m: m.update(schema_version=-1),
        lambda m: m.update(extra=1),
        lambda m: m.pop("labels"),
        lambda m: m["variants"].update(other=m["variants"]["quant"]),
        lambda m: m["variants"]["quant"].update(temperature=0),
        lambda m: m["variants"]["quant"]["file"].update(sha256="A" * 64),
        lambda m: m["variants"]["quant"]["file"].update(bytes=-1),
        lambda m: m["variants"]["quant"]["file"].update(bytes=10**18),
        lambda m: m["variants"]["quant"].update(operating_points=[]),
        lambda m: m.update(variants={}),
        lambda m: m["known_answers"].update(path="quant.tflite"),
    ],
)
def test_manifests_that_are_not_understood(folder: Path, change: Callable[[dict], None]) -> None:  # type: ignore[type-arg]
    edit(folder, change)
    refuse(folder)


@pytest.mark.reliability("B2", part="bundles do not expire")
def test_a_file_of_another_bundle(folder: Path, tmp_path: Path) -> None:
    bundles.write(tmp_path / "second", seed=2)
    for name in ("quant.tflite", "known_answers.npz"):
        kept = (folder / name).read_bytes()
        shutil.copy(tmp_path / "second" / name, folder / name)
        refuse(folder)
        (folder / name).write_bytes(kept)
    shutil.copy(tmp_path / "second" / MANIFEST_NAME, folder / MANIFEST_NAME)
    refuse(folder)


@pytest.mark.reliability("B2", part="bundles do not expire")
def test_the_old_bundle_goes_on_when_a_new_one_is_refused(folder: Path, tmp_path: Path) -> None:
    old = open_bundle(folder)
    bundles.write(tmp_path / "new", seed=2)
    (tmp_path / "new" / "quant.tflite").write_bytes(b"")
    refuse(tmp_path / "new")
    assert old.model_bytes("quant") == (folder / "quant.tflite").read_bytes()


def test_a_huge_manifest_is_not_read(folder: Path) -> None:
    with (folder / MANIFEST_NAME).open("r+b") as stream:
        stream.truncate(5 << 30)  # sparse
    refuse(folder)


@pytest.mark.reliability("B8", part="links in the weights are not looked for")
@pytest.mark.parametrize(
    "layer",
    [
        {"module": "keras.layers", "class_name": "Lambda", "config": {"function": "aGk="}},
        {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/tmp/x"}},
        {"module": "os", "class_name": "system", "config": {}},
        {"module": "keras_hub.layers", "class_name": "Dense", "config": {}},
        {"module": "builtins", "class_name": "function", "config": "exec"},
        {"module": "keras.layers", "class_name": "Custom", "registered_name": "mine>Custom", "config": {}},
        {"class_name": "mine>Lambda", "config": {}},
        {"class_name": "__lambda__", "config": {"value": "4wEAAA=="}},
        # Found from the module by the dot; each of these passed a list of modules.
        {"module": "keras", "class_name": "layers.TFSMLayer", "config": {"filepath": "/tmp/x"}},
        {"module": "keras", "class_name": "utils.get_file", "config": {"origin": "http://x"}},
        {"module": "keras.layers", "class_name": "Dense\n", "config": {}},
        {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "http://x"}},
        {"module": "keras.saving", "class_name": "load_model", "config": {"filepath": "/tmp/x"}},
        {"module": "keras.src.saving.saving_lib", "class_name": "load_model", "config": {}},
        {"module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {}},
        {"module": "keras", "class_name": "Sequential", "config": {}},
        {"module": "keras.layers", "class_name": ["Dense"], "config": {}},
        {"module": ["keras.layers"], "class_name": "Dense", "config": {}},
        {"module": "keras.layers", "class_name": "Dense", "registered_name": "mine", "config": {}},
        {"module": "keras.layers", "class_name": None, "config": {}},
    ],
)
def test_a_keras_file_that_holds_code_is_refused(folder: Path, layer: dict) -> None:  # type: ignore[type-arg]
    config = {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {"layers": [{"config": {"inner": [layer]}}]},
    }
    replace_keras(folder, bundles.keras_file(config))
    assert "safely" in refuse(folder).message


def replace_keras(folder: Path, data: bytes) -> None:
    (folder / "model.keras").write_bytes(data)
    stated = bundles.bundle_file("model.keras", data)
    edit(folder, lambda m: m["keras"].update(sha256=stated.sha256, bytes=stated.bytes))


@pytest.mark.reliability("B8", part="links in the weights are not looked for")
@pytest.mark.parametrize("extra", ["../../etc/cron.d/x", "assets/x.so", "config.json"])
def test_a_keras_archive_with_other_members_is_refused(folder: Path, extra: str) -> None:
    if extra == "config.json":
        with pytest.warns(UserWarning, match="Duplicate"):
            data = bundles.keras_file(extra=extra)
    else:
        data = bundles.keras_file(extra=extra)
    replace_keras(folder, data)
    refuse(folder)


def test_the_bytes_that_were_verified_are_the_ones_that_are_loaded(folder: Path) -> None:
    bundle, verified = open_bundle(folder), (folder / "model.keras").read_bytes()
    (folder / "model.keras").write_bytes(b"swapped in between")
    assert bundle.keras_bytes() == verified


def npz(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return stream.getvalue()


def npy(array: np.ndarray, *, shape: str = "", pickled: bool = False) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, array, allow_pickle=pickled)
    data = stream.getvalue()
    return data.replace(f"'shape': {array.shape}".encode(), f"'shape': {shape}".encode()) if shape else data


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(npz(("films.npy", npy(np.zeros(300_000_000 // 4, np.float32)))), id="300 MB of zeros"),
        pytest.param(npz(("films.npy", npy(np.zeros(9, np.uint8), shape="(9999999,)"))), id="more in the header"),
        pytest.param(npz(("films.npy", npy(np.zeros(9, np.uint8), shape="(-9,)"))), id="negative"),
        pytest.param(npz(("films.npy", npy(np.array([{}], object), pickled=True))), id="objects"),
        pytest.param(npz(("films.npy", npy(np.zeros(2, "V8")))), id="raw memory"),
        pytest.param(npz(("films.txt", b"x")), id="no array"),
        pytest.param(npz(("films.npy", b"\x93NUMPY\x01\x00\xff\xff" + b"(" * 65535)), id="deep header"),
        pytest.param(npz(("films.npy", b"")), id="empty"),
        pytest.param(npz(*((f"{at}.npy", npy(np.zeros(1))) for at in range(200))), id="many"),
        pytest.param(npz(("films.npy", npy(np.zeros(9))))[:-30], id="cut"),
        pytest.param(b"no archive", id="no archive"),
    ],
)
def test_arrays_are_looked_at_before_memory_is_taken(folder: Path, data: bytes) -> None:
    (folder / "known_answers.npz").write_bytes(data)
    stated = bundles.bundle_file("known_answers.npz", data)
    edit(folder, lambda m: m["known_answers"].update(sha256=stated.sha256, bytes=stated.bytes))
    tracemalloc.start()
    error = refuse(folder)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "arrays in known_answers.npz" in error.message
    assert most < 5_000_000


def test_a_huge_file_is_not_read(folder: Path) -> None:
    with (folder / "quant.tflite").open("r+b") as stream:
        stream.truncate(5 << 30)  # sparse
    edit(folder, lambda m: m["variants"]["quant"]["file"].update(bytes=5 << 30))
    assert "too large" in refuse(folder).message


@pytest.mark.reliability("B8", part="links in the weights are not looked for")
def test_a_keras_bomb_or_no_archive_is_refused(folder: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("metadata.json", "config.json", "model.weights.h5"):
            archive.writestr(name, b"0" * 10_000_000)
    replace_keras(folder, stream.getvalue())
    refuse(folder)
    replace_keras(folder, b"no archive at all")
    refuse(folder)


@pytest.mark.reliability("B2", part="bundles do not expire")
def test_a_site_with_a_key_takes_bundles_of_its_maker_only(folder: Path) -> None:
    pytest.importorskip("cryptography")
    from edge_app.bundle.signature import SIGNATURE_NAME, new_key, sign_manifest

    private, public = new_key()
    other_private, _ = new_key()
    manifest = (folder / MANIFEST_NAME).read_bytes()
    signature = folder / SIGNATURE_NAME

    def refused() -> str:
        with pytest.raises(BundleError) as caught:
            open_bundle(folder, public_key=public)
        return caught.value.message

    assert "not signed" in refused()
    signature.write_bytes(sign_manifest(manifest, private))
    assert open_bundle(folder, public_key=public).manifest.identity.name == "test-model"
    for wrong in (
        sign_manifest(manifest, other_private),
        sign_manifest(manifest + b" ", private),
        b"",
        b"AAAA",
        b"\xff",
    ):
        signature.write_bytes(wrong)
        assert "not by the maker" in refused()
    signature.write_bytes(sign_manifest(manifest, private))
    edit(folder, lambda m: m["identity"].update(version="9.9.9"))
    assert "not by the maker" in refused()
    # Without a key, a signature is not asked for.
    assert open_bundle(folder).manifest.identity.version == "9.9.9"
    for none in ("nonsense", "", " ", "\u00e4" * 44):
        with pytest.raises(BundleError, match="public key"):
            open_bundle(folder, public_key=none)
