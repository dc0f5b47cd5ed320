"""INT, TERM and HUP wake a thread: what they do to a program that waits, computes, hangs or is not ready yet."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

from tests.support.signals import heed_signals

ALL = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_BEGIN = "import sys, threading, time\nfrom edge_app.system import signals\nlisten = signals.Signals()\n"


def start(script: str, *, ignored: signal.Signals | None = None) -> subprocess.Popen[str]:
    """Starts a script that says "ready" when the signal may come."""

    def before() -> None:
        heed_signals()
        if ignored is not None:
            signal.signal(ignored, signal.SIG_IGN)

    process = subprocess.Popen(
        [sys.executable, "-c", _BEGIN + script],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=before,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end_of(process: subprocess.Popen[str], *numbers: signal.Signals) -> tuple[int, str]:
    for number in numbers:
        process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert err == "", "no traceback"
    return process.returncode, out


@pytest.mark.parametrize("number", ALL)
def test_before_anything_is_at_stake_a_signal_ends_the_program_at_once(number: signal.Signals) -> None:
    process = start("print('ready', flush=True)\ntime.sleep(60)\n")
    assert end_of(process, number) == (128 + number, "")


@pytest.mark.parametrize("number", ALL)
def test_a_program_is_asked_to_end_and_ends_as_it_likes(number: signal.Signals) -> None:
    process = start(
        "end = threading.Event()\n"
        "with listen.handled(end.set):\n"
        "    print('ready', flush=True)\n"
        "    end.wait()\n"
        "    print('saved')\n"
        "sys.exit(listen.exit_status)\n"
    )
    assert end_of(process, number) == (128 + number, "saved\n")


def test_a_lock_that_is_held_is_not_broken_into() -> None:
    """Nothing is raised in the main thread, whatever it holds: the signal that hung predict came there."""
    process = start(
        "lock, asked = threading.Lock(), []\n"
        "with listen.handled(lambda: asked.append(1)):\n"
        "    print('ready', flush=True)\n"
        "    while not asked:\n"
        "        with lock:\n"
        "            sum(range(1000))\n"
        "print(lock.acquire(timeout=1))\n"
        "sys.exit(listen.exit_status)\n"
    )
    assert end_of(process, signal.SIGINT) == (130, "True\n")


def test_a_second_signal_ends_a_program_that_hangs() -> None:
    process = start(
        "with listen.handled(lambda: None):\n    print('ready', flush=True)\n    threading.Event().wait()\n"
    )
    start_s = time.monotonic()
    assert end_of(process, signal.SIGINT, signal.SIGTERM)[0] in (130, 143), "the system may turn their order round"
    assert time.monotonic() - start_s < 3


def test_the_clock_ends_a_program_that_hangs() -> None:
    process = start(
        "signals._END_S = 0.3\n"
        "with listen.handled(lambda: None), listen.at_end(lambda: print('killed', flush=True)):\n"
        "    print('ready', flush=True)\n"
        "    threading.Event().wait()\n"
    )
    assert end_of(process, signal.SIGTERM) == (143, "killed\n")


def test_what_the_caller_ignores_stays_ignored() -> None:
    process = start("print('ready', flush=True)\ntime.sleep(60)\n", ignored=signal.SIGHUP)
    assert end_of(process, signal.SIGHUP, signal.SIGTERM) == (143, "")


def test_streams_that_the_caller_closed_lead_nowhere() -> None:
    script = (
        "import os\n"
        "from edge_app.system.signals import open_standard_streams\n"
        "open_standard_streams()\n"
        "sys_numbers = [os.stat(f'/proc/self/fd/{n}').st_rdev == os.stat('/dev/null').st_rdev for n in (0, 1)]\n"
        "os.write(2, repr((sys_numbers, os.open('/', os.O_RDONLY) > 2)).encode())\n"
    )
    command = ["sh", "-c", 'exec "$@" <&- >&-', "sh", sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == "([True, True], True)"
