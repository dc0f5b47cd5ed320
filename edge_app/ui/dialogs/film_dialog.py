"""Shows what the file states about the current film. The program never reads patient names or ids."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from edge_app.imaging.radiograph import Radiograph
from edge_app.report.wording import words_of
from edge_app.ui.dialogs.base import Dialog, form_page


class FilmDialog(Dialog):
    """A table of names and values."""

    def __init__(self, film: Radiograph, name: str, parent: QWidget | None = None) -> None:
        super().__init__(self.tr("About this film"), parent)
        taken, spacing = film.acquisition, film.spacing
        size = f"{film.columns} × {film.rows}, {8 if film.white == 255 else 16} bit"
        unknown = self.tr("not stated")
        pixel = unknown
        if spacing is not None:
            origin = self.tr("at the detector") if spacing.origin == "detector" else self.tr("calibrated")
            pixel = f"{spacing.column_mm:.3f} × {spacing.row_mm:.3f} mm ({origin})"
        age = unknown if taken.age_years is None else self.tr("{years} years").format(years=f"{taken.age_years:g}")
        rows = [
            (self.tr("File"), name),
            (self.tr("Format"), film.file_format),
            (self.tr("Size"), size),
            (self.tr("Size of a pixel"), pixel),
            (self.tr("Modality"), taken.modality or unknown),
            (self.tr("View"), taken.view_position or unknown),
            (self.tr("Side"), taken.laterality or unknown),
            (self.tr("Age of the patient"), age),
            (self.tr("SHA-256"), film.sha256),
        ]
        rows += [(self.tr("Note"), words_of(notice).text) for notice in film.notices]
        self.body.addWidget(form_page(rows), 1)
        self.add_close()
