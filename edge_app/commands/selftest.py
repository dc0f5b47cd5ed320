"""`selftest`: hashes first, then the known answers, on every runtime and file that was asked for."""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
from dataclasses import asdict

from edge_app import __version__
from edge_app.bundle.site_key import required_key
from edge_app.commands.request import open_trusted_bundle
from edge_app.engine.classifier import Classifier
from edge_app.engine.runtime import RUNTIMES, find_runtime
from edge_app.engine.selftest import run_selftest
from edge_app.process.protocol import WorkerConfig
from edge_app.process.supervisor import Supervisor
from edge_app.system.console import put, say
from edge_app.system.messages import english
from edge_app.system.sandbox import Confinement


def run(options: argparse.Namespace) -> int:
    """Runs `selftest`.

    Args:
        options: As parsed by `edge_app.cli`. With `--runtime auto` every installed runtime is tested.

    Returns:
        0 if all known answers were reproduced, else 1.
    """
    bundle = open_trusted_bundle(options)
    if options.runtime == "auto":
        runtimes = [runtime for runtime in RUNTIMES if runtime.is_installed()] or [find_runtime()]
    else:
        runtimes = [find_runtime(options.runtime)]
    results = []
    for runtime in runtimes:
        for variant in bundle.manifest.variants:
            classifier = Classifier.from_bundle(bundle, variant, runtime=runtime, threads=options.threads)
            results.append(run_selftest(bundle, classifier, variant))
    passed = all(result.passed for result in results)
    confinement = asyncio.run(_confinement(options))
    if options.json:
        report = {
            "passed": passed,
            "pneumoscope": __version__,
            "python": platform.python_version(),
            "machine": platform.machine(),
            "model": f"{bundle.manifest.identity.name} {bundle.manifest.identity.version}",
            "manifest_sha256": bundle.manifest_sha256,
            "confinement": {
                "complete": confinement.is_complete,
                "landlock_abi": confinement.landlock_abi,
                "seccomp": confinement.seccomp,
                "missing": [english(message).text for message in confinement.missing],
            },
            "results": [asdict(result) for result in results],
        }
        put(json.dumps(report, indent=2) + "\n")
        return 0 if passed else 1
    lines = [
        f"Pneumoscope {__version__}, Python {platform.python_version()} on {platform.machine()}",
        f"{bundle.manifest.identity.name} {bundle.manifest.identity.version}: every file has the stated hash",
    ]
    for result in results:
        lines.append(
            f"{'passed' if result.passed else 'FAILED'}  {result.variant:<5} on {result.runtime:<22} "
            f"{result.films} films, probabilities differ by {result.median_probability_difference:.4f} in the middle, "
            f"{result.max_probability_difference:.4f} at most"
        )
        lines += [f"        {failure}" for failure in result.failures]
    lines.append(f"film reader locked up: {'; '.join(english(message).text for message in confinement.messages)}")
    put("\n".join(lines) + "\n")
    if not passed:
        say("Do not use this installation: it does not reproduce the model's known answers.")
    return 0 if passed else 1


async def _confinement(options: argparse.Namespace) -> Confinement:
    """Starts the process that reads films, as every other command does, and asks it what it gave up."""
    config = WorkerConfig(
        bundle=str(options.model.absolute()) if options.model else "",
        runtime=options.runtime,
        threads=options.threads,
        public_key=required_key(options.public_key) or "",
    )
    reader = Supervisor(config)
    try:
        return (await reader.require()).confinement
    finally:
        await reader.close()
