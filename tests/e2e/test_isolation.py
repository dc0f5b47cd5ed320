"""The program without a network, without memory and with names that must not get out: as a user runs it."""

from __future__ import annotations

import os
import re
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from edge_app.bundle.bundle import MANIFEST_NAME, SHIPPED_BUNDLE
from tests.support import dicom as d
from tests.support.films import chest_like

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "assets" / "samples" / "consolidation.png"
MIB = 1 << 20
pytestmark = pytest.mark.skipif(not (SHIPPED_BUNDLE / MANIFEST_NAME).is_file(), reason="no model bundle")


def program(
    home: Path, *arguments: str | Path, before: tuple[str, ...] = (), memory_mib: int | None = None
) -> subprocess.CompletedProcess[str]:
    def limit() -> None:
        if memory_mib is not None:
            resource.setrlimit(resource.RLIMIT_AS, (memory_mib * MIB, memory_mib * MIB))

    return subprocess.run(
        [*before, sys.executable, "-m", "edge_app", *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PNEUMOSCOPE_HOME": str(home), "QT_QPA_PLATFORM": "offscreen"},
        preexec_fn=limit,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


WITHOUT_NETWORK = {
    "predict": ("predict", "--format", "jsonl", SAMPLE),
    "selftest": ("selftest",),
    "window": ("--screenshot", "shot.png", SAMPLE),
}


@pytest.mark.reliability("F8", part="predict, self-test and window, not the whole suite")
@pytest.mark.parametrize("name", WITHOUT_NETWORK)
def test_in_an_empty_network_namespace_all_works_and_nothing_connects(name: str, tmp_path: Path) -> None:
    if shutil.which("strace") is None or subprocess.run(["unshare", "-n", "true"], check=False).returncode != 0:
        pytest.skip("needs strace and the right to make a network namespace")
    log = tmp_path / "calls"
    trace = ("unshare", "-n", "strace", "-f", "-e", "trace=connect,sendto", "-o", str(log))
    arguments = [tmp_path / word if word == "shot.png" else word for word in WITHOUT_NETWORK[name]]
    done = program(tmp_path / "home", *arguments, before=trace)
    assert done.returncode == 0, done.stderr
    assert re.findall(r"connect\(.*AF_INET.*|sendto\(.*AF_INET.*", log.read_text()) == []


@pytest.mark.reliability("F6")
@pytest.mark.parametrize("size", [1000, 5500])
def test_in_512_mib_of_address_space_a_film_is_answered_whole_or_refused(tmp_path: Path, size: int) -> None:
    film = tmp_path / "film.png"
    Image.fromarray(chest_like(size, size)).save(film, compress_level=1)
    done = program(tmp_path / "home", "predict", "--format", "jsonl", "--jobs", "1", film, memory_mib=512)
    assert "Traceback" not in done.stderr
    if done.stdout:
        [row] = map(__import__("json").loads, done.stdout.splitlines())
        assert (row["probability"] is None) == (row["status"] != "analysed")
        assert row["status"] == "analysed" or row["reason"]
    else:
        assert done.returncode == 1
        assert done.stderr.startswith("pneumoscope: ")


CANARY = "CANARYNAME"


def named_film(folder: Path) -> Path:
    folder.mkdir()
    path = folder / f"{CANARY}-film.dcm"
    names = {tag: d.text(vr, f"{CANARY}^{tag:x}") for tag, vr in ((0x00080080, "LO"), (0x00100010, "PN"))}
    names |= {tag: d.text("LO", f"{CANARY}{tag:x}") for tag in (0x00090010, 0x00081030, 0x00100020, 0x00104000)}
    path.write_bytes(d.DicomBuilder(chest_like(240, 224), elements=names).bytes())
    (folder / f"{CANARY}-broken.dcm").write_bytes(path.read_bytes()[:2000])
    return path


@pytest.mark.reliability("D13")
def test_planted_names_reach_no_log_no_temporary_file_and_nothing_of_the_home_but_the_history(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    temporary, home = tmp_path / "tmp", tmp_path / "home"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    film = named_film(tmp_path / "films")
    output = tmp_path / "rows.jsonl"
    done = program(home, "predict", "--format", "jsonl", "--output", output, film.parent)
    assert done.returncode in (0, 3), done.stderr
    shot = program(home, "--screenshot", tmp_path / "shot.png", film)
    assert shot.returncode in (0, 1)
    assert CANARY not in done.stderr + done.stdout + shot.stderr + shot.stdout
    looked_at = [path for folder in (temporary, home) if folder.exists() for path in folder.rglob("*")]
    held = [path.name for path in looked_at if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert held == []
    assert [path.name for path in looked_at if CANARY in path.name] == []
    # Of the file's header nothing is in the rows; its own name is what the user asked for.
    assert not re.search(rf"{CANARY}[\^0-9]", output.read_text())
    record_property("figure", f"0 of {len(names_planted())} planted names")


def names_planted() -> tuple[int, ...]:
    return (0x00080080, 0x00100010, 0x00090010, 0x00081030, 0x00100020, 0x00104000)
