"""What `make bench` writes is true to what was measured."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from tests.bench.frame import Bench, CaseProcess, Figure, Limit, Section, SkippedError, Table, number, ratio, total
from tests.bench.report import Result, write_report


def test_a_figure_is_the_median_with_an_interval_around_it() -> None:
    figure = Figure.of([3.0, 1.0, 2.0, 2.5, 50.0])

    assert figure.median == 2.5
    assert 1.0 <= figure.low <= 2.5 <= figure.high <= 50.0
    assert Figure.of([4.0, 4.0, 4.0]) == Figure(4.0, 4.0, 4.0, (4.0, 4.0, 4.0))


def test_a_ratio_pairs_the_rounds_so_that_noise_that_hits_both_falls_out() -> None:
    under, over = Figure.of([1.0, 10.0, 3.0]), Figure.of([2.0, 20.0, 6.0])

    assert ratio(over, under).values == (2.0, 2.0, 2.0)
    assert total(over, under).values == (3.0, 30.0, 9.0)


def test_rounds_are_interleaved_and_the_warm_ones_do_not_count(tmp_path: Path) -> None:
    calls: list[str] = []

    def case(name: str):
        return lambda: calls.append(name) or {"calls": float(calls.count(name))}

    figures = Bench(tmp_path).rounds({"a": case("a"), "b": case("b")}, rounds=3)

    assert calls == ["b", "a", "a", "b", "b", "a", "a", "b"]
    assert figures["a"]["calls"].values == (2.0, 3.0, 4.0)


def test_a_limit_is_met_by_the_median() -> None:
    assert Limit("fast", Figure.of([0.9, 1.0, 9.0]), most=1.0).met
    assert not Limit("fast", 1.01, most=1.0).met
    assert not Limit("many", 2.9, least=3.0).met


def test_a_case_in_another_process_answers_or_says_why_not() -> None:
    process = CaseProcess(one_and_two, 2)

    assert process.ready == "made with 2"
    assert [process(), process()] == [{"x": 2.0}, {"x": 4.0}]
    process.close()
    with pytest.raises(SkippedError, match="ZeroDivisionError"):
        CaseProcess(broken)


def one_and_two(step: int):
    count = [0]

    def case() -> dict[str, float]:
        count[0] += step
        return {"x": float(count[0])}

    return case, f"made with {step}"


def broken():
    return 1 / 0


def test_the_report_holds_every_item_that_was_run(tmp_path: Path) -> None:
    figure = Figure.of([1.0, 2.0, 3.0])
    section = Section(
        tables=(Table("What took how long", ("step", "ms"), (("decode", figure), ("a|b", 12.34))),),
        limits=(Limit("short", figure, most=1.5),),
        notes=("A note.",),
    )
    where = dict.fromkeys(
        ("processor", "cores", "memory", "system", "Python", "packages", "commit", "date", "load when it ended"), "2"
    )
    result = Result("Film to result", 3, where, section)

    write_report({"film": msgspec.json.decode(msgspec.json.encode(result), type=Result)}, tmp_path)
    text = (tmp_path / "README.md").read_text()

    assert "## Film to result" in text
    assert "| decode | 2.00 [1.00, 3.00] |" in text
    assert "| a\\|b | 12.3 |" in text
    assert "| short | at most 1.50 | 2.00 [1.00, 3.00] | **missed** |" in text
    assert (tmp_path / "medians.csv").read_text().splitlines() == ["item,case,figure,median", "film,decode,ms,2.00"]


@pytest.mark.parametrize(
    ("value", "text"), [(0, "0.00"), (0.0123, "0.012"), (1.724, "1.72"), (38.26, "38.3"), (1234.5, "1,234")]
)
def test_numbers_have_the_digits_they_deserve(value: float, text: str) -> None:
    assert number(value) == text
