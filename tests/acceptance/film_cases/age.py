"""A3: the patient's age in many spellings. The bundle knows children of 1 to 5 years."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.acceptance.film_cases import Case, plain
from tests.support import dicom as d

AGE, BIRTH = 0x00101010, 0x00100030
STUDY, SERIES, ACQUISITION, CONTENT, ACQUISITION_TIME = 0x00080020, 0x00080021, 0x00080022, 0x00080023, 0x0008002A

ADULT = (
    "052Y", "52", "052", "52Y", "52 Y", "52YR", "0052Y", "52y", "624M", "2714W", "18993D", "52 years", "52 YRS", "Y52Y",
    "52.5Y", "52,5 Y", "52Y 3M", "52YO", "52-YEAR-OLD", "52 ANS", "52 Jahre", ">89Y", "90Y+", "089+",
)  # fmt: skip
CHILD = (
    "003Y",
    "3",
    "3Y",
    "03Y",
    "3 Y",
    "36M",
    "036M",
    "36 months",
    "156W",
    "1095D",
    "3y",
    "3 YRS",
    "3 A\u00d1OS",
    "2Y 6M",
    "3Y0M",
)
INFANT = ("011M", "300D", "40W", "6 MONTHS", "000Y", "0Y")
UNREADABLE = ("ADULT", "Y", "?", "052X", "999Y", "UNKNOWN", "-5Y", "5 Y OR 6 Y", "N/A", "12/34")

BIRTHS = (
    "19600101", "1960.01.01", "1960-01-01", "1960/01/01", "01.01.1960", "01/01/1960", "19600000", "1960", "196001",
    "01-JAN-1960", "19600101000000", "1960-01-01 00:00:00", "19600101\\19600101",
)  # fmt: skip


def cases(film: np.ndarray) -> Iterator[Case]:
    base = plain(film)

    def case(name: str, elements: dict[int, d.Value], *reasons: str) -> Case:
        return Case("A3 age", name, plain(film, elements), same_as=base, reasons=reasons)

    yield case("no age", {})
    yield case("an empty age", {AGE: ("AS", b"")})
    for text in ADULT:
        odd = text == "Y52Y"
        yield case(
            f"age {text!r}", {AGE: d.text("AS", text)}, "population.age_unreadable" if odd else "population.years"
        )
    for text in CHILD:
        yield case(f"age {text!r}", {AGE: d.text("AS", text)})
    for text in INFANT:
        yield case(f"age {text!r}", {AGE: d.text("AS", text)}, "population.months")
    for text in UNREADABLE:
        yield case(f"age {text!r}", {AGE: d.text("AS", text)}, "population.age_unreadable")
    yield case("a binary age", {AGE: ("US", b"\x03\x00")}, "population.age_unreadable")
    for text in BIRTHS:
        elements = {BIRTH: d.text("DA", text), STUDY: d.text("DA", "20120304")}
        yield case(f"born {text!r}", elements, "population.years")
    for tag, text in (
        (SERIES, "20120304"),
        (ACQUISITION, "2012.03.04"),
        (CONTENT, "2012-03-04"),
        (ACQUISITION_TIME, "20120304101500.000000+0100"),
    ):
        elements = {BIRTH: d.text("DA", "19600101"), tag: d.text("DA", text)}
        yield case(f"dated by {tag:08X} {text!r}", elements, "population.years")
    yield case(
        "an unreadable study date beside a series date",
        {BIRTH: d.text("DA", "19600101"), STUDY: d.text("DA", "????"), SERIES: d.text("DA", "20120304")},
        "population.years",
    )
    yield case("a child by dates", {BIRTH: d.text("DA", "2009.03.04"), STUDY: d.text("DA", "20120304")})
    yield case("a birth date and no other", {BIRTH: d.text("DA", "19600101")}, "population.age_unreadable")
    yield case(
        "an unreadable birth date",
        {BIRTH: d.text("DA", "XX.YY.60"), STUDY: d.text("DA", "20120304")},
        "population.age_unreadable",
    )
    dated = {BIRTH: d.text("DA", "19600101"), STUDY: d.text("DA", "20120304")}
    yield case("a stated age against dates", {AGE: d.text("AS", "004Y"), **dated}, "population.age_conflict")
    yield case(
        "a film before the birth",
        {BIRTH: d.text("DA", "20150101"), STUDY: d.text("DA", "20120304")},
        "population.age_dates",
    )
    yield case(
        "an unreadable age beside good dates of a child",
        {AGE: d.text("AS", "ADULT"), BIRTH: d.text("DA", "20090304"), STUDY: d.text("DA", "20120304")},
        "population.age_unreadable",
    )
