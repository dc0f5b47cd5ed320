"""The log of test evaluations: it only grows, counts what is in it, and a damaged line stops it."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from trainer.errors import DataError
from trainer.evaluation.test_split_log import LOG_NAME, log_test_evaluation, split_log_section


def test_each_evaluation_adds_a_line_and_is_counted(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    log_test_evaluation(runs, run="one", uid="2.25.1", purpose="trainer train")
    first = (runs / LOG_NAME).read_text()
    log_test_evaluation(runs, run="two", uid="2.25.2", purpose="trainer train")
    counted = log_test_evaluation(runs, run="one", uid="2.25.1", purpose="trainer evaluate")

    assert counted.count == 3
    assert counted.of_this_run == 2
    assert counted.models == 2
    assert (runs / LOG_NAME).read_text().startswith(first)
    assert "3 times" in split_log_section(counted)
    assert "more than once" in split_log_section(counted)
    assert "more than once" not in split_log_section(msgspec.structs.replace(counted, of_this_run=1))


def test_a_line_that_was_tampered_with_is_named(tmp_path: Path) -> None:
    log_test_evaluation(tmp_path, run="one", uid="2.25.1", purpose="trainer train")
    with (tmp_path / LOG_NAME).open("a") as stream:
        stream.write('{"date": "yesterday"}\n')

    with pytest.raises(DataError, match="Line 2 of"):
        log_test_evaluation(tmp_path, run="two", uid="2.25.2", purpose="trainer train")
