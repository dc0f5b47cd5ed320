"""The commands of docs/cluster.md listen only where they are told to, and with TLS to nobody without a certificate."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest

pytest.importorskip("distributed")
pytestmark = pytest.mark.long

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "cluster.md").read_text(encoding="utf-8")
_START_S = 120


def documented(word: str) -> list[list[str]]:
    """The page's commands that begin with `dask` and this word, for this machine and free ports."""
    lines = re.findall(rf"^(dask {word} .*?)(?:\s+#.*)?$", PAGE, flags=re.MULTILINE)
    here = (re.sub(r"10\.0\.0\.\d+", "127.0.0.1", line) for line in lines)
    return [[sys.executable, "-m", *shlex.split(line)] for line in here]


@contextmanager
def started(command: list[str], folder: Path, environment: dict[str, str]) -> Iterator[psutil.Process]:
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment})
    try:
        yield psutil.Process(process.pid)
    finally:
        family = [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]
        for one in family:
            one.kill()
        process.wait()


@contextmanager
def cluster(
    folder: Path, environment: dict[str, str], scheme: str = "tcp"
) -> Iterator[tuple[str, list[psutil.Process]]]:
    """Starts a scheduler and a worker by the page; gives the address and both processes."""
    from distributed import Client
    from distributed.security import Security

    (scheduler,), (worker, *_) = documented("scheduler")[:1], documented("worker")
    file = folder / "scheduler.json"
    scheduler = [*scheduler, "--port", "0", "--scheduler-file", str(file)]
    if scheme == "tls":
        scheduler = [word.replace("tcp:", "tls:") for word in scheduler] + ["--protocol", "tls"]
    with ExitStack() as stack:
        first = stack.enter_context(started(scheduler, folder, environment))
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            import dask

            dask.config.refresh()
            client = Client(scheduler_file=str(file), timeout=_START_S, set_as_default=False, security=Security())
            try:
                address = str(client.scheduler.address)
                worker = [address if word.endswith(":8786") else word for word in worker]
                second = stack.enter_context(started(worker, folder, environment))
                client.wait_for_workers(1, timeout=_START_S)
                yield address, [first, second]
            finally:
                client.close()
        dask.config.refresh()


def listening(processes: list[psutil.Process]) -> set[str]:
    family = {one for process in processes for one in (process, *process.children(recursive=True))}
    connections = [found for one in family for found in one.net_connections("inet")]
    return {found.laddr.ip for found in connections if found.status == psutil.CONN_LISTEN}


def test_scheduler_and_worker_listen_on_the_address_that_was_asked_for(tmp_path: Path) -> None:
    with cluster(tmp_path, {"DASK_LOGGING__DISTRIBUTED": "error"}) as (_, processes):
        assert listening(processes) == {"127.0.0.1"}


def certificate(folder: Path, name: str, signer: tuple[object, object] | None = None) -> tuple[object, object]:
    """Makes a key and a certificate; without a signer it is an authority of its own."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    issuer, signing_key = signer or (subject, key)
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)  # type: ignore[arg-type]
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), critical=True)
        .sign(signing_key, hashes.SHA256())  # type: ignore[arg-type]
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / f"{name}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    return subject, key


def tls(folder: Path, authority: str, name: str) -> dict[str, str]:
    """What the page has in dask.yaml, as variables."""
    prefix = "DASK_DISTRIBUTED__COMM__"
    settings = {f"{prefix}REQUIRE_ENCRYPTION": "true", f"{prefix}TLS__CA_FILE": str(folder / f"{authority}.pem")}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings[f"{prefix}TLS__{role}__CERT"] = str(folder / f"{name}.pem")
        settings[f"{prefix}TLS__{role}__KEY"] = str(folder / f"{name}.key")
    return {"DASK_LOGGING__DISTRIBUTED": "critical", **settings}


def predict(address: str, folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    film = str(ROOT / "assets" / "samples" / "consolidation.png")
    command = [sys.executable, "-m", "edge_app", "predict", "--cluster", address, "--output", str(folder), film]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DASK_")}
    everything = {**kept, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(command, capture_output=True, text=True, env=everything, cwd=ROOT, check=False)


def test_with_tls_films_are_scored_for_holders_of_a_certificate_only(tmp_path: Path) -> None:
    authority, stranger = certificate(tmp_path, "authority"), certificate(tmp_path, "stranger")
    certificate(tmp_path, "machine", authority)
    certificate(tmp_path, "intruder", stranger)
    ours = {"PYTHONPATH": str(ROOT), **tls(tmp_path, "authority", "machine")}
    with cluster(tmp_path, ours, "tls") as (address, processes):
        assert address.startswith("tls://127.0.0.1:")
        assert listening(processes) == {"127.0.0.1"}
        done = predict(address, tmp_path / "ours", ours)
        assert done.returncode == 0, done.stderr
        assert list((tmp_path / "ours").glob("part-*.parquet"))
        for name, environment in {
            "stranger": tls(tmp_path, "authority", "intruder"),
            "none": {"DASK_LOGGING__DISTRIBUTED": "critical"},
        }.items():
            refused = predict(address, tmp_path / name, environment)
            assert refused.returncode == 1, refused.stdout
            assert not list((tmp_path / name).glob("part-*"))
            assert "scheduler" in refused.stderr
        plain = predict(address.replace("tls:", "tcp:"), tmp_path / "plain", {"DASK_LOGGING__DISTRIBUTED": "critical"})
        assert plain.returncode == 1
