"""A3: the view, wherever a file says it. A lateral film is refused; the bundle knows AP."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from tests.acceptance.film_cases import Case, plain
from tests.support import dicom as d

VIEW, ORIENTATION, BODY, LATERALITY, IMAGE_LATERALITY = 0x00185101, 0x00200020, 0x00180015, 0x00200060, 0x00200062
VIEW_CODES = 0x00540220
SERIES, STUDY, PROTOCOL, DEVICE = 0x0008103E, 0x00081030, 0x00181030, 0x00181400

LATERAL = (
    "LL", "RL", "LLO", "LAT", "LATERAL", "LLAT", "RLAT", "L LAT", "R LAT", "LEFT LATERAL", "XTABLE LATERAL", "lat",
    "XTABLE LAT", "LT LAT", "LATERALE", "Lateral_L", "LAT-L", "SEITLICH", "PROFIL", "LL\\AP", "LATERAL ERECT",
    "DORSAL DECUBITUS LATERAL",
)  # fmt: skip
DECUBITUS = ("LLD", "RLD", "AP LLD", "PA RLD", "LAT DECUB", "LEFT LATERAL DECUBITUS", "L DECUB")
AP = (
    "AP",
    "ap",
    "A.P.",
    "A-P",
    "AP SUPINE",
    "AP PORTABLE",
    "ANT-POST",
    "ANTERO-POSTERIOR",
    "ANTEROPOSTERIOR",
    "AP_ERECT",
)
PA = ("PA", "pa", "P.A.", "PA ERECT", "POST-ANT", "POSTERO-ANTERIOR", "POSTERIOR_ANTERIOR")
OTHER = ("LORDOTIC", "AP AXIAL", "RAO", "AP LORDOTIC", "SWIMMERS")
CODES = {
    "SRT R-10236": ("R-10236", "SRT", "left lateral"),
    "SRT R-10232": ("R-10232", "SRT", ""),
    "SNM3 R-102CD": ("R-102CD", "SNM3", ""),
    "SCT 399067008": ("399067008", "SCT", "lateral"),
    "SCT 399173006": ("399173006", "SCT", ""),
    "a local code with words": ("X17", "99LOCAL", "Chest lateral"),
}
LATERAL_WORDS = (
    "CHEST LATERAL", "Chest Lat", "THORAX LL", "THORAX SEITL.", "THORAX PROFIL", "TORAX PERFIL", "w_chest_lat",
    "TORACE LATERO-LATERALE", "Klatka piersiowa boczne", "Thorax seitlich", "THORAXLAT", "Thorax Lat\u00e9ral",
)  # fmt: skip
HARMLESS_WORDS = (
    "CHEST AP", "CHEST BILATERAL", "UNILATERAL", "CHEST PA AND LATERAL", "CHEST 2 VIEWS LATERAL", "THORAX P.A. + LAT",
    "THORAX FRONT/SEITL", "PLATE 3", "Thorax in 2 Ebenen seitl.", "CHEST FRONTAL AND LAT", "",
)  # fmt: skip


def cases(film: np.ndarray) -> Iterator[Case]:
    base = plain(film)

    def case(name: str, elements: dict[int, d.Value], code: str = "", *reasons: str) -> Case:
        same_as = None if code else base
        return Case("A3 view", name, plain(film, elements), same_as=same_as, code=code, reasons=reasons)

    for text in LATERAL:
        yield case(f"view {text!r}", {VIEW: d.text("CS", text)}, "gate.lateral")
    for text in DECUBITUS:
        yield case(f"view {text!r}", {VIEW: d.text("CS", text)}, "", "population.decubitus")
    for text in AP:
        yield case(f"view {text!r}", {VIEW: d.text("CS", text)})
    for text in (*PA, *OTHER):
        yield case(f"view {text!r}", {VIEW: d.text("CS", text)}, "", "population.view")
    for name, (value, scheme, meaning) in CODES.items():
        item = {0x00080100: d.text("SH", value), 0x00080102: d.text("SH", scheme), 0x00080104: d.text("LO", meaning)}
        yield case(f"view code {name}", {VIEW_CODES: ("SQ", d.item(item))}, "gate.lateral")
    frontal = {0x00080100: d.text("SH", "399348003"), 0x00080102: d.text("SH", "SCT")}
    yield case("view code AP", {VIEW_CODES: ("SQ", d.item(frontal))})
    lying = {0x00080100: d.text("SH", "102536004"), 0x00080102: d.text("SH", "SCT")}
    yield case("view code decubitus", {VIEW_CODES: ("SQ", d.item(lying))}, "", "population.decubitus")
    for tag, where in ((SERIES, "series"), (STUDY, "study"), (PROTOCOL, "protocol"), (DEVICE, "device")):
        for text in LATERAL_WORDS:
            yield case(f"{where} {text!r}", {tag: d.text("LO", text)}, "gate.lateral")
        for text in HARMLESS_WORDS:
            yield case(f"{where} {text!r}", {tag: d.text("LO", text)})
        yield case(f"{where} decubitus", {tag: d.text("LO", "CHEST LT LAT DECUB")}, "", "population.decubitus")
    yield case("AP, series lateral", {VIEW: d.text("CS", "AP"), SERIES: d.text("LO", "CHEST LAT")}, "gate.lateral")
    yield case("series PA", {SERIES: d.text("LO", "CHEST P.A.")}, "", "population.view")
    for text in ("A\\F", "P\\F", "F\\A", "AL\\F", "A\\H"):
        yield case(f"orientation {text!r}", {ORIENTATION: d.text("CS", text)}, "gate.lateral")
    for text in ("L\\F", "R\\F", "F\\L", "LA\\F", "L\\P", ""):
        yield case(f"orientation {text!r}", {ORIENTATION: d.text("CS", text)})
    for tag, text in (
        (LATERALITY, "LAT"),
        (IMAGE_LATERALITY, "RL"),
        (IMAGE_LATERALITY, "LATERAL"),
        (BODY, "CHEST LAT"),
    ):
        yield case(f"{tag:08X} {text!r}", {tag: d.text("CS", text)}, "gate.lateral")
    for text in ("L", "R", "U", "B"):
        yield case(f"laterality {text!r}", {IMAGE_LATERALITY: d.text("CS", text)})
