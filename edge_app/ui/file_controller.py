"""Adds films to the list: from dialogs, folders, drops, the clipboard, recent files and samples."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from edge_app.imaging.decode import FILM_SUFFIXES
from edge_app.services.recent import forget_all, recent_files, remember
from edge_app.services.service_container import Services
from edge_app.services.settings import LAST_FOLDER
from edge_app.ui.resources import sample_films

_LOG = logging.getLogger(__name__)


class FileController(QObject):
    """Finds films and gives them to the session.

    Attributes:
        opened: Number of films that were added at once.
    """

    opened = Signal(int)

    def __init__(self, services: Services, say: Callable[[str], None], window: QWidget) -> None:
        super().__init__(window)
        self._services = services
        self._say = say
        self._window = window
        self._next_sample = 0
        services.scan.found.connect(self._on_found)

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Opens files and folders; folders are searched in the background."""
        if not paths:
            return
        if any(path.is_dir() for path in paths):
            self._say(self.tr("Looking for films ..."))
            self._services.scan.scan(paths)
        else:
            self._add(paths)

    def ask_files(self) -> None:
        pattern = " ".join(f"*{suffix} *{suffix.upper()}" for suffix in sorted(FILM_SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(
            self._window,
            self.tr("Open films"),
            self._services.settings[LAST_FOLDER],
            self.tr("Films") + f" ({pattern});;" + self.tr("All files") + " (*)",
        )
        self.open_paths([Path(name) for name in names])

    def ask_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(
            self._window, self.tr("Open folder"), self._services.settings[LAST_FOLDER]
        )
        if name:
            self.open_paths([Path(name)])

    def open_sample(self) -> None:
        """Opens the next of the synthetic films that come with the program."""
        films = sample_films()
        if not films:
            self._say(self.tr("No sample films are installed."))
            return
        self._add([films[self._next_sample % len(films)]], remembered=False)
        self._next_sample += 1

    def paste(self) -> None:
        """Opens the files or the image on the clipboard."""
        mime = QGuiApplication.clipboard().mimeData()
        if mime is None or not self.open_mime(mime):
            self._say(self.tr("There is no film to paste: copy a file or a picture first."))

    @staticmethod
    def accepts(mime: QMimeData) -> bool:
        """Returns whether dragged data holds an image or a local file."""
        return mime.hasImage() or any(url.isLocalFile() for url in mime.urls())

    def open_mime(self, mime: QMimeData) -> bool:
        """Opens dropped or copied files, else an image. Returns False if the data holds neither."""
        paths = [Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()]
        if paths:
            self.open_paths(paths)
            return True
        image = QImage(mime.imageData()) if mime.hasImage() else QImage()
        if image.isNull():
            return False
        folder = self._services.places.pasted
        target = folder / f"pasted-{datetime.datetime.now():%Y%m%d-%H%M%S-%f}.png"
        if not image.save(str(target)):
            self._say(self.tr("The picture could not be kept: is the disk full?"))
            return True
        self._add([target], remembered=False)
        return True

    def open_camera_film(self, path: Path) -> None:
        """Opens a photograph of a film; the session recognises photographs by their folder."""
        self._add([path], remembered=False)

    def fill_recent(self, menu: QMenu) -> None:
        """Lists the recent files in a menu. Reads no file: a network folder that hangs would block the window."""
        menu.clear()
        files = recent_files(self._services.settings)
        for file in files:
            entry = menu.addAction(file.name.replace("&", "&&"))
            entry.setToolTip(str(file))
            entry.triggered.connect(lambda _=False, path=file: self.open_paths([path]))
        if files:
            menu.addSeparator()
        clear = menu.addAction(self.tr("Clear this list"))
        clear.setEnabled(bool(files))
        clear.triggered.connect(lambda: forget_all(self._services.settings))

    @Slot(object)
    def _on_found(self, films: tuple[Path, ...]) -> None:
        if films:
            self._add(films)
        else:
            self._say(self.tr("No film was found there."))

    def _add(self, paths: Sequence[Path], *, remembered: bool = True) -> None:
        session = self._services.session
        if remembered:
            for path in reversed(paths[:10]):
                remember(self._services.settings, path)
        ids = session.add(paths, view=True)
        self.opened.emit(len(ids))
        _LOG.info("%d films were opened", len(ids))
