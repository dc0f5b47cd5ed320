"""Ages, views, colours and sloppy headers as the world writes them: each case of `tests.acceptance.films`."""

from __future__ import annotations

import pytest

from tests.acceptance.film_cases import Case
from tests.acceptance.films import cases, judge
from tests.support.films import chest_like


@pytest.mark.parametrize("case", cases(chest_like(240, 224)), ids=lambda case: f"{case.family}: {case.name}")
def test_a_film_gives_what_it_must(case: Case) -> None:
    assert judge(case).wrong == ""
