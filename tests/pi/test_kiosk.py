"""The units of the kiosk: systemd understands them, and leaves the program little to reach."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from tests.pi.conftest import REPOSITORY

KIOSK = REPOSITORY / "assets" / "pi" / "kiosk"
MOST_EXPOSURE = 3.0


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
def test_kiosk_is_hardly_exposed(tmp_path):
    unit = tmp_path / "pneumoscope-kiosk.service"
    unit.write_text((KIOSK / unit.name).read_text().replace("@PREFIX@", "/opt/pneumoscope"))
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    exposure = re.search(r"Overall exposure level for \S+: ([0-9.]+)", said.stdout)
    assert exposure is not None, said.stderr
    assert float(exposure[1]) <= MOST_EXPOSURE
    assert "Unknown" not in said.stderr, "every line of the unit is known to systemd"


@pytest.mark.parametrize("name", ["pneumoscope-kiosk.service", "pneumoscope-kiosk-desktop.service"])
def test_a_window_that_hangs_or_crashes_is_started_again(name):
    lines = (KIOSK / name).read_text().splitlines()
    assert "Type=notify" in lines
    assert any(re.fullmatch(r"WatchdogSec=\d+", line) for line in lines)
    assert any(re.fullmatch(r"Restart=(always|on-failure)", line) for line in lines)
    assert any("bin/pneumoscope --kiosk" in line for line in lines)
