from __future__ import annotations

import os

import pytest

from edge_app.system.filesystem_kind import storage_kind

LASTING = """\
22 1 179:2 / / rw,noatime shared:1 - ext4 /dev/mmcblk0p2 rw
23 22 0:20 / /proc rw - proc proc rw
24 22 0:5 / /home/some\\040one/ram rw,nosuid - tmpfs tmpfs rw,size=64k
25 22 179:3 / /data ro,noatime - ext4 /dev/mmcblk0p3 ro
"""
OVERLAY = "22 1 0:30 / / rw,relatime - overlay overlay rw,lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work\n"


@pytest.mark.reliability("E8")
@pytest.mark.parametrize(
    ("mounts", "folder", "expected"),
    [
        (LASTING, "/home/someone", "lasting"),
        (LASTING, "/home/some one/ram/deep/er", "volatile"),
        (LASTING, "/home/some one/rambling", "lasting"),
        (LASTING, "/data/pneumoscope", "read-only"),
        (OVERLAY, "/var/lib/pneumoscope", "volatile"),
        (OVERLAY + "30 22 179:3 / /var/lib rw - ext4 /dev/mmcblk0p3 rw\n", "/var/lib/pneumoscope", "lasting"),
        # A mount over a mount: the later one is seen.
        (LASTING + "30 22 0:9 / /data rw - tmpfs tmpfs rw\n", "/data/x", "volatile"),
        ("nonsense\n", "/anywhere", "lasting"),
        ("", "/anywhere", "lasting"),
    ],
)
def test_tells_how_a_folder_is_kept(tmp_path, mounts, folder, expected):
    file = tmp_path / "mountinfo"
    file.write_text(mounts)
    assert storage_kind(folder, file) == expected


def test_a_system_without_the_list_is_taken_for_lasting(tmp_path):
    assert storage_kind(tmp_path, tmp_path / "none") == "lasting"


@pytest.mark.reliability("E8")
@pytest.mark.skipif(not os.path.ismount("/dev/shm"), reason="/dev/shm is a plain folder here, as in a chroot")
def test_shared_memory_of_this_machine_is_volatile():
    assert storage_kind("/dev/shm/pneumoscope") == "volatile"
