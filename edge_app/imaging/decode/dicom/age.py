"""The patient's age as files state it: an Age String (PS3.5 6.2, VR AS), or two dates, each in many spellings."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from edge_app.imaging.decode.dicom.elements import Elements
from edge_app.imaging.radiograph import AgeDoubt

_YEARS_PER_UNIT = {"D": 1 / 365.25, "W": 7 / 365.25, "M": 1 / 12, "Y": 1.0}
_PART = re.compile(r"(\d+(?:[.,]\d+)?)\s*([A-Z]*)\.?")
_HYPHEN = re.compile(r"(?<=\w)-(?=[A-Z])")
_UNITS = {
    "Y": "Y", "YR": "Y", "YRS": "Y", "YEAR": "Y", "YEARS": "Y", "YO": "Y", "J": "Y", "JAHR": "Y", "JAHRE": "Y",
    "A": "Y", "AN": "Y", "ANS": "Y", "ANOS": "Y", "ANNI": "Y",
    "M": "M", "MO": "M", "MOS": "M", "MON": "M", "MTH": "M", "MTHS": "M", "MONTH": "M", "MONTHS": "M", "MONAT": "M",
    "MONATE": "M",
    "W": "W", "WK": "W", "WKS": "W", "WEEK": "W", "WEEKS": "W", "WOCHE": "W", "WOCHEN": "W",
    "D": "D", "DAY": "D", "DAYS": "D", "TAG": "D", "TAGE": "D",
}  # fmt: skip
_GREATEST_YEARS = 130.0
_DATES_OF_THE_FILM = (
    "StudyDate",
    "AcquisitionDate",
    "AcquisitionDateTime",
    "SeriesDate",
    "ContentDate",
    "PerformedProcedureStepStartDate",
)
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})\d*(?:[.+-]\d*)*$")
_DATE_FORMATS = (
    "%Y.%m.%d", "%Y-%m-%d", "%Y:%m:%d", "%Y/%m/%d", "%Y %m %d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y",
    "%d-%b-%Y", "%d %b %Y", "%d%b%Y", "%Y-%b-%d", "%b %d %Y", "%Y-%m", "%Y%m", "%Y",
)  # fmt: skip
_TIME_OF_DAY = re.compile(r"[T ]\s*\d{1,2}:.*$")
_AGREEMENT_YEARS = 1.5
"""Stated and computed age may differ by less: ages are rounded, and birth dates moved to a first of January."""


@dataclass(frozen=True, slots=True)
class PatientAge:
    """What a file says of the patient's age.

    Attributes:
        years: As stated, or else as worked out from dates; None where neither can be had.
        by_dates_years: As worked out from dates.
        doubt: Why it cannot be relied on; None where it can, or where the file says nothing of the age.
    """

    years: float | None = None
    by_dates_years: float | None = None
    doubt: AgeDoubt | None = None


def read_age(elements: Elements) -> PatientAge:
    """Reads the age, and holds what is stated against birth date and date of the film."""
    raw = elements.raw("PatientAge")
    is_stated = raw is not None and bool(bytes(raw.value).strip(b" \0"))
    stated = age_years(elements.text("PatientAge"))
    born = _date(elements.text("PatientBirthDate"))
    taken = next((found for key in _DATES_OF_THE_FILM if (found := _date(elements.text(key)))), None)
    computed = (taken - born).days / 365.25 if born and taken else None
    has_birth_date = elements.text("PatientBirthDate") is not None
    years = computed if stated is None else stated
    if (is_stated and stated is None) or (years is None and has_birth_date):
        return PatientAge(years, computed, "unreadable")
    if computed is not None and (computed < 0 or (stated is not None and abs(stated - computed) > _AGREEMENT_YEARS)):
        return PatientAge(stated, computed, "conflict")
    return PatientAge(years, computed)


def age_years(text: str | None) -> float | None:
    """Returns the years of an age such as `003Y`, `18M`, `52`, `52 YRS` or `1Y 6M`; None where it cannot be read.

    Args:
        text: In upper case. A number without a unit is years.
    """
    letters = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode("ascii")
    plain = _HYPHEN.sub(" ", letters).strip(" <>=~+").removesuffix("OLD")
    parts = _PART.findall(plain)
    if not parts or _PART.sub("", plain).strip(" ,"):
        return None
    years = 0.0
    for number, unit in parts:
        known = _UNITS.get(unit.removesuffix("OLD") or "Y")
        if known is None:
            return None
        years += float(number.replace(",", ".")) * _YEARS_PER_UNIT[known]
    return years if years <= _GREATEST_YEARS else None


def _date(text: str | None) -> date | None:
    """Reads a date; a month or a day of 00 is the first, as in dates that were made coarse on purpose."""
    text = _TIME_OF_DAY.sub("", (text or "").partition("\\")[0]).strip()
    digits = _DIGITS.fullmatch(text)
    if digits:
        year, month, day = (int(part) for part in digits.groups())
        try:
            return date(year, month or 1, day or 1) if year >= 1850 else None
        except ValueError:
            return None
    for known in _DATE_FORMATS:
        try:
            found = datetime.strptime(text, known).date()
        except ValueError:
            continue
        return found if found.year >= 1850 else None
    return None
