"""The PDF's text is read back from the drawing, not from the file: fonts in it are subsets without plain letters."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QGuiApplication, QImage, QTextLayout

from edge_app.analysis.analysis import Analysis
from edge_app.imaging.radiograph import Radiograph
from edge_app.process.jobs import LoadedModel
from edge_app.records.worklist import Review
from edge_app.report.film_report import FilmReport, render_images
from edge_app.report.flow import printable
from edge_app.report.pdf import PdfReport, to_image
from edge_app.report.view_image import save_png, with_caption
from edge_app.report.wording import words as catalogue_words
from edge_app.system.messages import Message
from tests.support import analyses
from tests.support.manifests import manifest, operating_point

SHA256 = "7" * 64
OUTSIDE = Message("population.outside", reasons=(Message("population.years", years=45.0),), least=1.0, greatest=5.0)
MODEL = LoadedModel(
    manifest=manifest(),
    manifest_sha256="f" * 64,
    bundle="/bundle",
    model=analyses.MODEL,
    operating_point=operating_point(),
    evidence_scale=2.0,
    selftest_films=1,
    selftest_difference=0.0,
    startup_ms=1.0,
)
MADE_AT = datetime(2026, 3, 4, 15, 16, tzinfo=UTC)


def film(rows: int = 300, columns: int = 260) -> Radiograph:
    return Radiograph(np.full((rows, columns), 40_000, np.uint16), SHA256, "PNG")


def report(**changes: object) -> FilmReport:
    values: dict[str, object] = {
        "name": "film.png",
        "analysis": analyses.analysed(sha256=SHA256, probability=0.87),
        "made_at": MADE_AT,
        "film": film(),
        "model": MODEL,
    }
    return FilmReport(**{**values, **changes})  # type: ignore[arg-type]


class Drawn:
    """Everything that is laid out as text while a PDF is drawn."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, qapp: QGuiApplication) -> Drawn:
    drawn = Drawn()

    class Spy(QTextLayout):
        def __init__(self, text: str, *rest: object) -> None:
            drawn.paragraphs.append(text)
            super().__init__(text, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr("edge_app.report.flow.QTextLayout", Spy)
    return drawn


def write(path: Path, *reports: FilmReport) -> int:
    pdf = PdfReport(path)
    for each in reports:
        pdf.add(each)
    pdf.finish()
    return pdf.pages


def test_a_page_says_all_that_must_be_said(tmp_path: Path, drawn: Drawn) -> None:
    flagged = analyses.analysed(sha256=SHA256, probability=0.87, quality=(Message("exif.rotated"),))
    pages = write(tmp_path / "r.pdf", report(analysis=flagged, review=Review("disagree", "Old scar.\nNo change.")))
    assert pages == 1
    for words in (
        "film.png",
        "0.87",
        "Suggests pneumonia",
        "balanced, threshold 0.500",
        "sensitivity 0.94 (0.91–1.00), specificity 0.91 (0.86–1.00)",
        "The film was turned upright",
        "Where the model looked, not a lesion outline",
        "test-model 1.0.0",
        "quant",
        analyses.MODEL.sha256,
        "f" * 64,
        SHA256,
        "cividis",
        "The reader disagrees",
        "Old scar.\nNo change.",
        "For tests. Everything.",
    ):
        assert words in drawn.text, words
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("analysis", "words"), [(analyses.refused(), "Not scored"), (analyses.failed(), "Not read")])
def test_a_film_without_an_answer_has_a_reason_and_no_number(
    tmp_path: Path, drawn: Drawn, analysis: Analysis, words: str
) -> None:
    write(tmp_path / "r.pdf", report(analysis=analysis, film=None, film_note=Message("film.changed", name="film.png")))
    assert words in drawn.text
    assert str(analysis.reason) in drawn.text
    assert "film.png changed since it was analysed." in drawn.text
    assert "Probability" not in drawn.text
    assert "0." not in drawn.text.replace("test-model 1.0.0", "").replace("fake 1.0", "")


def test_the_research_use_line_is_on_every_page(tmp_path: Path, drawn: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    footers: list[str] = []
    from edge_app.report.flow import Flow

    elided = Flow._elided
    monkeypatch.setattr(Flow, "_elided", lambda self, text: (footers.append(text), elided(self, text))[1])
    long = report(review=Review("agree", "A sentence that goes on. " * 600))
    pages = write(tmp_path / "r.pdf", report(), long, report())
    assert pages >= 5
    assert len(footers) == pages
    assert all(footer.startswith(catalogue_words("research_use")) and SHA256[:16] in footer for footer in footers)


def test_text_from_files_is_plain(tmp_path: Path, drawn: Drawn) -> None:
    write(tmp_path / "r.pdf", report(name="<b>x</b>\u202egnp.png", review=Review(None, "a\x1b[31m<img src=x>")))
    assert "<b>x</b>�gnp.png" in drawn.text
    assert "a�[31m<img src=x>" in drawn.text


def test_a_result_is_never_reported_with_another_film() -> None:
    with pytest.raises(ValueError, match="not the film of the analysis"):
        report(film=Radiograph(np.zeros((9, 9), np.uint8), "8" * 64, "PNG"))


def test_expectations_of_another_model_are_never_reported() -> None:
    other = analyses.analysed(sha256=SHA256)
    other = replace(other, model=replace(other.model, sha256="b" * 64))
    with pytest.raises(ValueError, match="not the model of the analysis"):
        report(analysis=other)


def test_the_expectations_are_those_of_the_point_the_film_was_decided_at(tmp_path: Path, drawn: Drawn) -> None:
    early = analyses.analysed(sha256=SHA256, probability=0.3)
    assert early.decision is not None
    early = replace(early, decision=replace(early.decision, threshold=0.2))
    write(tmp_path / "r.pdf", report(analysis=early))
    assert "high sensitivity, threshold 0.200" in drawn.text
    assert "balanced" not in drawn.text


def test_the_pictures_are_reduced_but_never_enlarged() -> None:
    large, small = render_images(report(film=film(3000, 2000))), render_images(report(film=film(90, 60)))
    assert large is not None
    assert small is not None
    assert large.film.shape == (1400, 933)
    assert small.film.shape == (90, 60)
    assert small.film[0, 0] == round(40_000 / 65_535 * 255)
    assert small.overlay is not None
    assert small.any_evidence
    assert (small.overlay[0, 0] == small.film[0, 0]).all(), "no evidence in the first corner: the film is bare"
    assert not (small.overlay[-1, -1] == small.film[-1, -1]).all()


def test_a_film_without_evidence_says_so(tmp_path: Path, drawn: Drawn) -> None:
    none = analyses.analysed(sha256=SHA256, probability=0.02, evidence=np.zeros((7, 7), np.float32))
    write(tmp_path / "r.pdf", report(analysis=none))
    assert "No positive evidence" in drawn.text
    assert "No pneumonia found" in drawn.text


def test_the_numbers_of_another_model_are_left_out(tmp_path: Path, drawn: Drawn) -> None:
    write(tmp_path / "r.pdf", report(model=None))
    assert "Threshold: 0.500" in drawn.text
    assert "sensitivity" not in drawn.text


def test_a_score_that_must_not_be_used_says_so_before_the_number(tmp_path: Path, drawn: Drawn) -> None:
    outside = analyses.analysed(sha256=SHA256, quality=(OUTSIDE,))
    write(tmp_path / "r.pdf", report(analysis=outside))
    assert -1 < drawn.text.find("Do not use this score") < drawn.text.find("Probability")
    assert "the patient is 45 years old" in drawn.text
    drawn.paragraphs.clear()
    write(tmp_path / "r.pdf", report())
    assert "Do not use" not in drawn.text


def test_a_picture_keeps_the_line_below_it(qapp: QGuiApplication, tmp_path: Path) -> None:
    view = to_image(np.full((200, 420), 128, np.uint8))
    picture = with_caption(view, ["film.png", "uncertain"])
    assert (picture.width(), picture.height()) == (420, 200 + 3 * 18 + 8)
    save_png(picture, tmp_path / "view.png")
    again = QImage(str(tmp_path / "view.png"))
    assert again.pixelColor(10, 10).red() == 128
    line = [again.pixelColor(x, y).red() for y in range(240, 261) for x in range(8, 260)]
    assert max(line) > 150, "the research-use line is drawn in light letters"
    assert min(line) < 20, "on a dark ground"


def test_control_characters_are_shown_as_such() -> None:
    assert printable("a\tb\nc\u202ed\x00") == "a�b\nc�d�"


def test_a_report_needs_neither_window_nor_services(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from PySide6.QtGui import QGuiApplication; app = QGuiApplication([])\n"
        "from datetime import UTC, datetime; from edge_app.report.film_report import FilmReport\n"
        "from edge_app.report.pdf import PdfReport; from tests.support import analyses\n"
        "pdf = PdfReport(Path(sys.argv[1])); pdf.add(FilmReport('a.png', analyses.failed(), datetime.now(UTC)))\n"
        "pdf.finish(); sys.exit(any(n.startswith(('edge_app.services', 'edge_app.ui')) for n in sys.modules))"
    )
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "r.pdf")], check=False, env=environment)
    assert done.returncode == 0
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")
