"""Keeps the two halves of the tests in processes of their own, and gives the long tests more time."""

from __future__ import annotations

import pytest
from hypothesis import settings

pytest_plugins = ["tests.reliability.plugin"]

WITH_TENSORFLOW = ("tests/contract", "tests/unit/trainer")
"""The half that imports TensorFlow; the Makefile names the same folders."""
LONG_TEST_S = 3600

# No test depends on a time: a busy machine must not fail an example. `timeout` ends what hangs.
settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")

_SENTENCE = """\
One pytest process cannot run both halves of the tests: tflite-runtime 2.14 fails after TensorFlow is imported
(docs/adr/0003). Run `make test`, or one half at a time:
  pytest -m "not long" tests {ignored}
  pytest -m "not long" {folders}"""


def pytest_configure(config: pytest.Config) -> None:
    """Refuses paths that lie in both halves, before anything is imported."""
    here = config.invocation_params.dir
    ignored = {here / path for path in config.getoption("ignore") or ()}
    heavy = [folder for name in WITH_TENSORFLOW if (folder := config.rootpath / name) not in ignored]
    asked = [here / argument.partition("::")[0] for argument in config.args]
    with_it = [p for p in asked if any(p.is_relative_to(folder) or folder.is_relative_to(p) for folder in heavy)]
    without = [p for p in asked if not any(p.is_relative_to(folder) for folder in heavy)]
    if with_it and without:
        options = " ".join(f"--ignore={name}" for name in WITH_TENSORFLOW)
        raise pytest.UsageError(_SENTENCE.format(ignored=options, folders=" ".join(WITH_TENSORFLOW)))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A long test may take an hour before it counts as hanging; the others have the `timeout` of pyproject.toml."""
    for item in items:
        if item.get_closest_marker("long") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(LONG_TEST_S))
