"""Films are found whatever their names; what is passed over is counted, and said in one line."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from edge_app.intake.find import find_films, passed_over_message
from edge_app.system.messages import english
from tests.acceptance.film_cases import files
from tests.support.films import chest_like


def test_films_are_found_and_everything_else_is_counted(tmp_path: Path) -> None:
    assert [(name, wrong) for name, wrong in files.outcomes(chest_like(80, 70), tmp_path) if wrong] == []


def test_what_was_passed_over_is_said_in_one_sentence(tmp_path: Path) -> None:
    files.folder(chest_like(80, 70), tmp_path)
    passed_over: Counter[str] = Counter()
    list(find_films([tmp_path], passed_over))
    message = passed_over_message(passed_over)
    assert message is not None
    assert english(message).text == (
        "Passed over in folders: lists of a disc's files (3) and hidden files and folders (2) and linked folders (2) "
        "and files that are no film (5)."
    )
    assert passed_over_message(Counter()) is None


def test_a_file_that_was_named_is_taken_as_it_is(tmp_path: Path) -> None:
    named = tmp_path / "DICOMDIR"
    named.write_bytes(files.DIRECTORY)
    assert list(find_films([named])) == [named]
