"""A confined process is a real one here: each test starts it, has it try, and looks at what the kernel let it do."""

from __future__ import annotations

import json
import os
import platform
import re
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_app.system import sandbox
from edge_app.system.blas import blas_environment
from edge_app.system.sandbox import confine
from edge_app.system.seccomp import MACHINES, REFUSED
from edge_app.system.shipped import ASSETS, SHIPPED_BUNDLE

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ASSETS / "samples").glob("*.png"))

_ATTEMPTS = """
    import ctypes, fcntl, json, os, resource, signal, socket, subprocess, sys, threading
    from pathlib import Path
    home, parent = Path(sys.argv[1]), os.getppid()
    film = os.open(home / "film.png", os.O_RDONLY)  # as the parent hands it over
    from edge_app.system.sandbox import confine
    held = confine()
    libc = ctypes.CDLL(None, use_errno=True)

    def called(result):
        if result < 0:
            raise OSError(ctypes.get_errno(), "refused")

    def truncate():
        os.close(os.open(home / "history.sqlite", os.O_RDONLY | os.O_TRUNC))

    attempts = {
        "history": lambda: (home / "history.sqlite").read_bytes(),
        "settings": lambda: (home / "settings.ini").read_bytes(),
        "ssh key": lambda: (home / ".ssh/id_ed25519").read_bytes(),
        "list ssh": lambda: os.listdir(home / ".ssh"),
        "passwords": lambda: Path("/etc/passwd").read_bytes(),
        "film by name": lambda: (home / "film.png").read_bytes(),
        "environment of the parent": lambda: Path(f"/proc/{parent}/environ").read_bytes(),
        "memory of the parent": lambda: open(f"/proc/{parent}/mem", "rb"),
        "write the history": lambda: (home / "history.sqlite").open("r+b"),
        "new file": lambda: (home / "new").write_bytes(b"x"),
        "new file in tmp": lambda: Path("/tmp/pneumoscope-sandbox-test").write_bytes(b"x"),
        "truncate": truncate,
        "truncate by name": lambda: os.truncate(home / "history.sqlite", 0),
        "folder": lambda: (home / "folder").mkdir(),
        "remove": lambda: (home / "history.sqlite").unlink(),
        "rename": lambda: (home / "history.sqlite").rename(home / "other"),
        "link": lambda: (home / "link").symlink_to("/etc/passwd"),
        "mode": lambda: (home / "history.sqlite").chmod(0o777),
        "times": lambda: os.utime(home / "history.sqlite"),
        "through the film": lambda: os.write(film, b"x"),
        "tcp": lambda: socket.socket(socket.AF_INET).connect(("127.0.0.1", int(sys.argv[2]))),
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(sys.argv[2]))),
        "unix": lambda: socket.socket(socket.AF_UNIX).connect(str(home / "socket")),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "spawn": lambda: os.posix_spawn("/bin/true", ["true"], {}),
        "subprocess": lambda: subprocess.run(["/bin/true"]),
        "fork": os.fork,
        "ptrace": lambda: called(libc.ptrace(16, parent, None, None)),
        "signal": lambda: os.kill(parent, 0),
        "limits of the parent": lambda: resource.prlimit(parent, resource.RLIMIT_CORE, (0, 0)),
        "type into the terminal": lambda: fcntl.ioctl(2, 0x5412, b"x"),
        "signals by descriptor": lambda: fcntl.fcntl(film, 10, signal.SIGKILL),
        "io_uring": lambda: called(libc.syscall(425, 1, None)),
        "unknown call": lambda: called(libc.syscall(480)),
    }
    reached = []
    for name, attempt in attempts.items():
        try:
            attempt()
            reached.append(name)
        except OSError:
            pass
    worked = []
    thread = threading.Thread(target=lambda: worked.append("thread"))
    thread.start()
    thread.join()
    worked.append(os.pread(film, 4, 0).decode())
    import decimal, lzma, wave  # imported late, from the standard library
    from PIL import PpmImagePlugin
    worked.append("import")
    print(json.dumps({
        "reached": reached, "worked": worked, "complete": held.is_complete, "says": [str(m) for m in held.messages],
        "core": resource.getrlimit(resource.RLIMIT_CORE)[1], "files": resource.getrlimit(resource.RLIMIT_NOFILE)[1],
        "no_new_privs": libc.prctl(39, 0, 0, 0, 0), "dumpable": libc.prctl(3, 0, 0, 0, 0),
    }))
"""

_ANSWERS = """
    import json, sys, time
    from pathlib import Path
    from edge_app.analysis.pipeline import Pipeline
    from edge_app.bundle import open_bundle
    from edge_app.system.sandbox import confine
    bundle, films = Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]]
    start = time.process_time()  # of this process, however busy the machine is
    held = confine((bundle, *films)) if sys.argv[1] == "confined" else None
    cost_ms = (time.process_time() - start) * 1000
    pipeline = Pipeline(open_bundle(bundle), threads=2)
    start = time.process_time()  # of this process, however busy the machine is
    analyses = [pipeline.analyse(film) for film in films]
    took_ms = (time.process_time() - start) * 1000
    print(json.dumps({
        "complete": held is not None and held.is_complete, "cost_ms": cost_ms, "took_ms": took_ms,
        "answers": [[a.decision.probability.hex(), a.evidence.tobytes().hex(), a.ood_score.hex()] for a in analyses],
    }))
"""


def run(script: str, *arguments: str) -> dict:  # type: ignore[type-arg]
    found = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, **blas_environment(), "PYTHONPATH": str(ROOT)},  # as children are started
    )
    assert found.returncode == 0, found.stderr
    answer: dict = json.loads(found.stdout)  # type: ignore[type-arg]
    return answer


@pytest.fixture(scope="module")
def kernel() -> None:
    """Skips where the kernel has no Landlock or no seccomp, saying which: an emulated board has neither."""
    held = run(
        "import json; from edge_app.system.sandbox import confine; held = confine();"
        "print(json.dumps({'complete': held.is_complete, 'says': [str(m) for m in held.messages]}))"
    )
    if not held["complete"]:
        pytest.skip(f"this kernel gives: {held['says']}")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".ssh").mkdir()
    for name in ("history.sqlite", "settings.ini", ".ssh/id_ed25519", "film.png"):
        (tmp_path / name).write_bytes(b"CANARY")
    return tmp_path


@pytest.fixture
def port(home: Path) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket(socket.AF_UNIX) as local:
        local.bind(str(home / "socket"))
        local.listen()
        yield str(server.getsockname()[1])


@pytest.mark.usefixtures("kernel")
def test_nothing_of_the_user_and_nobody_else_can_be_reached(home: Path, port: str) -> None:
    found = run(_ATTEMPTS, str(home), port)
    assert found["reached"] == []
    assert found["worked"] == ["thread", "CANA", "import"]
    assert found["complete"]
    assert re.fullmatch(r"files by Landlock \d+; system calls by seccomp", "; ".join(found["says"]))
    assert (found["core"], found["no_new_privs"], found["dumpable"]) == (0, 1, 0)
    assert found["files"] <= 256
    assert sorted(path.name for path in home.iterdir()) == [
        ".ssh", "film.png", "history.sqlite", "settings.ini", "socket",
    ]  # fmt: skip
    assert (home / "history.sqlite").read_bytes() == b"CANARY"


def test_the_same_attempts_succeed_unconfined(home: Path, port: str) -> None:
    # Or the test above would prove nothing: these fail for no other reason than the sandbox.
    script = _ATTEMPTS.replace(
        "held = confine()", "from edge_app.system.sandbox import Confinement; held = Confinement()"
    )
    script = re.sub(
        r'"(exec|fork|ptrace|remove|rename|limits of the parent|type into.*|signals by .*)": .*', "", script
    )
    reached = run(script, str(home), port)["reached"]
    Path("/tmp/pneumoscope-sandbox-test").unlink()
    wanted = ("history", "settings", "ssh key", "new file", "truncate", "tcp", "udp", "unix", "subprocess", "signal")
    assert set(wanted) <= set(reached)


@pytest.mark.usefixtures("kernel")
def test_a_home_on_the_import_path_stays_closed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = f"""
        import json, sys
        sys.path.insert(0, {str(home)!r})
        from edge_app.system.sandbox import confine
        confine()
        try:
            open({str(home / "history.sqlite")!r})
            print(json.dumps({{"read": True}}))
        except PermissionError:
            print(json.dumps({{"read": False}}))
    """
    assert run(script) == {"read": False}


@pytest.mark.usefixtures("kernel")
@pytest.mark.parametrize("runtime", ["auto", "tflite-runtime"])
def test_answers_are_the_same_to_the_last_bit_and_confining_costs_nothing(runtime: str) -> None:
    script = _ANSWERS.replace("threads=2", f"threads=2, runtime={runtime!r}")
    films = [str(film) for film in SAMPLES]
    free = run(script, "free", str(SHIPPED_BUNDLE), *films)
    confined = run(script, "confined", str(SHIPPED_BUNDLE), *films)
    assert confined["complete"]
    assert len(films) >= 2
    assert confined["answers"] == free["answers"]
    assert confined["cost_ms"] < 10
    # Without what says of the processor the net is ten times slower.
    assert confined["took_ms"] < 4 * free["took_ms"]


def test_a_thread_that_runs_already_is_told_and_the_calls_are_refused_in_it_too() -> None:
    script = """
        import json, socket, threading
        from edge_app.system.sandbox import confine
        confined, found = threading.Event(), []
        def wait():
            confined.wait()
            try:
                socket.socket()
                found.append("socket")
            except OSError:
                found.append("refused")
        thread = threading.Thread(target=wait)
        thread.start()
        held = confine()
        confined.set()
        thread.join()
        print(json.dumps({"abi": held.landlock_abi, "seccomp": held.seccomp,
            "missing": [str(m) for m in held.missing], "found": found}))
    """
    found = run(script)
    assert found["abi"] == 0
    assert any("1 other threads run already" in sentence for sentence in found["missing"])
    assert found["found"] == ["refused" if found["seccomp"] else "socket"]


def test_a_kernel_without_either_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_kernel(*_: object) -> int:
        raise OSError(38, "Function not implemented")

    for name in ("_restrict", "refuse_calls", "prctl", "_limit_resources"):
        monkeypatch.setattr(sandbox, name, no_kernel)
    held = confine()
    assert held.landlock_abi == 0
    assert not held.seccomp
    assert not held.is_complete
    assert held.messages == held.missing
    assert len(held.missing) == 5
    assert any("without Landlock (Function not implemented)" in str(message) for message in held.missing)


@pytest.mark.parametrize(
    ("machine", "header"),
    [("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), ("aarch64", "/usr/include/asm-generic/unistd.h")],
)
def test_the_numbers_are_the_kernels(machine: str, header: str) -> None:
    if not Path(header).is_file():
        pytest.skip(f"{header} is not installed (linux-libc-dev)")
    text = Path(header).read_text()
    stated = {name: int(number) for name, number in re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)\n", text)}
    column = MACHINES[machine].column
    newest = max(stated.values())
    wrong = {
        name: (numbers[column], stated.get(name))
        for name, numbers in REFUSED.items()
        if numbers[column] != stated.get(name) and (numbers[column] or 0) <= newest
    }
    assert wrong == {}
    ours = MACHINES[machine]
    for name in ("seccomp", "openat", "clone", "tgkill", "ioctl", "fcntl", "openat2", "clone3"):
        assert getattr(ours, name) == stated[name]
    assert ours.prlimit == stated["prlimit64"]
    assert ours.open == stated.get("open")


def test_this_machine_has_a_list() -> None:
    assert platform.machine() in MACHINES
