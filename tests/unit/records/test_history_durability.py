"""The history under power cuts, full disks, two windows and rows that something else has altered."""

from __future__ import annotations

import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from edge_app.records import history_db
from edge_app.records.history_db import HistoryDatabase, HistoryError
from edge_app.records.history_records import HistoryQuery
from edge_app.system.files import FileWriteError, replace_file
from tests.support.analyses import entry
from tests.support.power_cut import record
from tests.support.small_disk import fill, small_disk

ROOT = Path(__file__).resolve().parents[3]
_SAVER = """
import sys
from pathlib import Path
from edge_app.records.history_db import HistoryDatabase
from tests.support.analyses import entry
database = HistoryDatabase(Path(sys.argv[1]))
for number in range(12):
    database.save([entry(f"{number}.png")])
    print("ACK", f"{number}.png", flush=True)
database.close()
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    return folder / "history.sqlite"


def names(database: HistoryDatabase) -> set[str]:
    return {found.file_name for found in database.find(HistoryQuery(limit=1000)).records}


@pytest.mark.reliability("E3")
def test_every_power_cut_leaves_what_was_acknowledged(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Callable[[str, object], None]
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    states = record([sys.executable, "-c", _SAVER, str(file)], file.parent)
    lost = []
    for state in states:
        disk = tmp_path / "disk"
        state.lay_out(disk)
        database = HistoryDatabase(disk / file.name)
        found, notice = names(database), database.notice
        database.close()
        if not set(state.acknowledged) <= found or notice is not None:
            lost.append((state.what, sorted(set(state.acknowledged) - found), notice))
    assert lost == []
    assert len(states) >= 300
    record_property("figure", f"{len(states)} states")


@pytest.mark.reliability("E4")
def test_however_little_space_there_is_saves_are_whole_or_refused(tmp_path: Path) -> None:
    refused = 0
    with small_disk(tmp_path / "disk", 96) as disk:
        database = HistoryDatabase(disk / "history.sqlite")
        acknowledged = {"first.png"}
        database.save([entry("first.png")])
        for free in range(14):
            filler = fill(disk, leave_pages=free)
            batch = [entry(f"{free}-{number}.png") for number in range(8)]
            try:
                database.save(batch)
            except HistoryError as error:
                refused += 1
                assert error.code == "history.not_saved"  # noqa: PT017
            else:
                acknowledged |= {Path(each.record.path).name for each in batch}
            filler.unlink()
            assert names(database) == acknowledged
        database.save([entry("after.png")])
        database.close()
        database = HistoryDatabase(disk / "history.sqlite")
        assert names(database) == acknowledged | {"after.png"}
        assert database.notice is None
        database.close()
    assert refused > 1


@pytest.mark.reliability("E7", part="200 saves")
def test_two_windows_lose_nothing(file: Path) -> None:
    acknowledged: list[str] = []

    def window(name: str) -> None:
        database = HistoryDatabase(file)
        for number in range(100):
            database.save([entry(f"{name}{number}.png")])
            acknowledged.append(f"{name}{number}.png")
        database.close()

    threads = [threading.Thread(target=window, args=(name,)) for name in "AB"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database = HistoryDatabase(file)
    assert len(acknowledged) == 200
    assert names(database) == set(acknowledged)
    database.close()


_WRITER = """
import sys
from pathlib import Path
from edge_app.records.history_db import HistoryDatabase
from tests.support.analyses import entry
database = HistoryDatabase(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    database.save([entry(f"{sys.argv[2]}{number}-{at}.png") for at in range(10)])
database.close()
"""


@pytest.mark.long
@pytest.mark.reliability("E7")
def test_two_programs_insert_ten_thousand_records(file: Path, record_property: Callable[[str, object], None]) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", _WRITER, str(file), name, "500"], cwd=ROOT, stderr=subprocess.PIPE)
        for name in "AB"
    ]
    said = [writer.communicate()[1] for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0], said
    database = HistoryDatabase(file)
    page = database.find(HistoryQuery(limit=20_000))
    assert {Path(found.file_name).name for found in page.records} == {
        f"{name}{number}-{at}.png" for name in "AB" for number in range(500) for at in range(10)
    }
    assert page.total == 10_000
    assert database._connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    database.close()
    record_property("figure", "10,000 inserts of two programs, 0 lock errors")


def remount(disk: Path, mode: str) -> None:
    subprocess.run(["mount", "-o", f"remount,{mode}", str(disk)], check=True)


@pytest.mark.reliability("E5")
def test_a_read_only_disk_refuses_saves_and_works_again(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", 96) as disk:
        database = HistoryDatabase(disk / "history.sqlite")
        database.save([entry("before.png")])
        database.close()
        remount(disk, "ro")
        with pytest.raises(HistoryError) as refused:
            HistoryDatabase(disk / "history.sqlite")
        assert refused.value.code == "history.unavailable"
        with pytest.raises(FileWriteError), replace_file(disk / "report.pdf") as stream:
            stream.write(b"lost")
        remount(disk, "rw")
        database = HistoryDatabase(disk / "history.sqlite")
        assert database.notice is None
        database.save([entry("after.png")])
        assert names(database) == {"before.png", "after.png"}
        assert list(disk.glob("*damaged*")) == []
        database.close()


@pytest.mark.reliability("E5")
def test_a_history_whose_folder_is_removed_saves_nothing_in_silence(file: Path) -> None:
    database = HistoryDatabase(file)
    database.save([entry("before.png")])
    shutil.rmtree(file.parent)
    with pytest.raises(HistoryError) as refused:
        database.save([entry("lost.png")])
    assert refused.value.code == "history.not_saved"
    database.close()
    database = HistoryDatabase(file)
    database.save([entry("after.png")])
    assert names(database) == {"after.png"}
    database.close()


@pytest.mark.reliability("E5")
@pytest.mark.parametrize("failure", ["EIO", "EROFS"])
def test_input_errors_refuse_saves_and_set_nothing_aside(file: Path, tmp_path: Path, failure: str) -> None:
    """Errors of the system itself: strace lets writes, syncs and reads of the program's file fail in turn."""
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    database = HistoryDatabase(file)
    database.save([entry("before.png")])
    database.close()
    told = 0
    for call in ("pwrite64", "fdatasync", *(["pread64"] if failure == "EIO" else [])):
        for when in ("1", "3", "1+"):
            inject = ["-e", f"inject={call}:error={failure}:when={when}", "-P", str(file), "-o", str(tmp_path / "log")]
            trace = ["strace", "-f", *inject, sys.executable, "-c", _ONE_SAVE, str(file)]
            done = subprocess.run(trace, cwd=ROOT, capture_output=True, text=True, check=False)
            assert done.stdout in ("saved\n", "HistoryError\n"), done.stderr
            told += done.stdout == "HistoryError\n"
            database = HistoryDatabase(file)
            assert database.notice is None
            assert "before.png" in names(database)
            database.close()
    assert told >= 4
    assert list(file.parent.glob("*damaged*")) == []


_ONE_SAVE = """
import sys
from pathlib import Path
from edge_app.records.history_db import HistoryDatabase, HistoryError
from tests.support.analyses import entry
try:
    HistoryDatabase(Path(sys.argv[1])).save([entry("new.png")])
    print("saved")
except HistoryError:
    print("HistoryError")
"""


@pytest.mark.long
@pytest.mark.reliability("E6", part="no backup is restored")
def test_a_hundred_damages_end_no_start(file: Path, record_property: Callable[[str, object], None]) -> None:
    database = HistoryDatabase(file)
    database.save([entry(f"{number}.png") for number in range(100)])
    database.close()
    whole, dice, set_aside = file.read_bytes(), random.Random(6), 0
    for _ in range(100):
        content = bytearray(whole)
        at = dice.randrange(len(content) - 64)
        content[at : at + 64] = dice.randbytes(64)
        file.write_bytes(content)
        database = HistoryDatabase(file)
        set_aside += database.notice is not None
        database.save([entry("after.png")])
        assert "after.png" in names(database)
        database.close()
    record_property("figure", f"100 damages: {set_aside} set aside, the others read")


def damage(file: Path) -> None:
    database = HistoryDatabase(file)
    database.save([entry(f"CANARY{number}.png") for number in range(300)])
    database.close()
    content = bytearray(file.read_bytes())
    content[4096 * 9 : 4096 * 9 + 400] = bytes(range(200)) * 2
    file.write_bytes(content)


@pytest.mark.reliability("E6", part="no backup is restored")
def test_two_windows_that_start_on_a_damaged_history_share_the_fresh_one(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    damage(file)
    second_waits = threading.Event()
    set_aside = history_db._set_aside

    def slowly(path: Path) -> Path:
        second_waits.wait(0.3)  # the second window starts while the first one is at it
        return set_aside(path)

    monkeypatch.setattr(history_db, "_set_aside", slowly)
    saved, notices = [], []

    def window(name: str) -> None:
        database = HistoryDatabase(file)
        database.save([entry(f"{name}.png")])
        saved.append(f"{name}.png")
        notices.append(database.notice)
        database.close()

    threads = [threading.Thread(target=window, args=(name,)) for name in "AB"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database = HistoryDatabase(file)
    assert names(database) == {"A.png", "B.png"} == set(saved)
    assert [notice is None for notice in notices].count(False) == 1, "one sets it aside"
    database.close()


def test_a_damaged_history_that_another_window_uses_is_not_set_aside(file: Path) -> None:
    user = HistoryDatabase(file)
    user.save([entry(f"{number}.png") for number in range(300)])
    content = bytearray(file.read_bytes())
    content[4096 * 9 : 4096 * 9 + 400] = bytes(range(200)) * 2
    file.write_bytes(content)
    with pytest.raises(HistoryError) as refused:
        HistoryDatabase(file)
    assert refused.value.code == "history.damaged_in_use"
    assert list(file.parent.glob("*damaged*")) == []
    user.close()


def test_deleting_everything_reaches_histories_that_were_set_aside(file: Path) -> None:
    damage(file)
    database = HistoryDatabase(file)
    assert any(b"CANARY" in path.read_bytes() for path in file.parent.iterdir())
    database.save([entry("CANARY.png")])
    database.wipe()
    database.close()
    assert [path.name for path in file.parent.iterdir() if b"CANARY" in path.read_bytes()] == []


@pytest.mark.reliability("E6", part="no backup is restored")
@pytest.mark.parametrize(
    ("column", "value"),
    [("quality", '["x'), ("saved_at", 1e300), ("saved_at", -1e300), ("comment", b"\xff\xfe"), ("status", "nonsense")],
)
def test_one_unreadable_row_hides_no_other(file: Path, column: str, value: object) -> None:
    database = HistoryDatabase(file)
    database.save([entry(f"{number}.png") for number in range(3)])
    with sqlite3.connect(file) as other:
        if isinstance(value, bytes):
            other.execute(f"UPDATE analyses SET {column} = CAST(? AS TEXT) WHERE record_id = 2", (value,))
        else:
            other.execute(f"UPDATE analyses SET {column} = ? WHERE record_id = 2", (value,))
    other.close()
    assert {"0.png", "2.png"} <= names(database)
    database.save([entry("after.png")])
    database.close()
    database = HistoryDatabase(file)
    assert {"0.png", "2.png", "after.png"} <= names(database)
    assert database.notice is None, "one row is no reason to set the whole history aside"
    database.close()


@pytest.fixture(autouse=True)
def _no_thread_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    failures: list[BaseException | None] = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: failures.append(failure.exc_value))
    yield
    assert failures == []
