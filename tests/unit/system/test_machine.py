from __future__ import annotations

import pytest

from edge_app.system.machine import Machine, default_threads, this_machine

PI = "Raspberry Pi 4 Model B Rev 1.4"


@pytest.mark.parametrize(
    ("model", "cores", "threads"),
    [(PI, 4, 3), (PI, 2, 1), (PI, 1, 1), ("", 4, 4), ("", 16, 4), ("", 1, 1), ("Some other board", 4, 4)],
)
def test_a_raspberry_pi_leaves_a_core_to_the_window(model, cores, threads):
    assert Machine(model, cores, 4000).window_threads == threads


def test_small_boards_keep_fewer_films_decoded():
    assert Machine(PI, 4, 1800).film_cache_bytes < Machine(PI, 4, 3800).film_cache_bytes
    assert Machine("", 4, 0).film_cache_bytes == Machine(PI, 4, 8000).film_cache_bytes


def test_reads_what_the_firmware_and_the_kernel_say(tmp_path):
    (tmp_path / "proc/device-tree").mkdir(parents=True)
    (tmp_path / "proc/device-tree/model").write_bytes(PI.encode() + b"\0")
    (tmp_path / "proc/meminfo").write_text("MemTotal:        3884372 kB\nMemFree: 1 kB\n")
    board = this_machine(tmp_path)
    assert (board.model, board.memory_mb, board.cores) == (PI, 3793, default_threads())


@pytest.mark.parametrize("meminfo", ["", "MemTotal:\n", "MemTotal: many kB\n"])
def test_a_machine_that_says_nothing_is_no_raspberry_pi(tmp_path, meminfo):
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text(meminfo)
    board = this_machine(tmp_path)
    assert (board.model, board.memory_mb, board.window_threads) == ("", 0, default_threads())


def test_this_machine_has_memory():
    assert this_machine().memory_mb > 100
