"""Every service of one run of the app, built in order and closed in the opposite one."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from edge_app.process.protocol import WorkerConfig
from edge_app.services.analysis_queue import AnalysisQueue
from edge_app.services.erase import erase_old_pictures
from edge_app.services.film_store import FilmStore
from edge_app.services.folder_scan import FolderScan
from edge_app.services.history import History
from edge_app.services.places import Places
from edge_app.services.session import Session
from edge_app.services.settings import HISTORY_KEPT, HISTORY_RETENTION_DAYS, Settings, worker_config
from edge_app.system.machine import this_board


# PySide6 6.8 holds what it connects to by weak references.
@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Services:
    """What the window is built on.

    Attributes:
        places: Where files are kept.
        settings: The settings.
        history: Keeps analyses.
        queue: Runs films through the child process.
        session: The films that are open.
        scan: Looks for films in folders.
        model_folder: Given on the command line; it wins over the setting. Empty where it was not given.
    """

    places: Places
    settings: Settings
    history: History
    queue: AnalysisQueue
    session: Session
    scan: FolderScan
    model_folder: str = ""

    @classmethod
    def build(cls, places: Places, *, model_folder: str = "", history: bool = True) -> Services:
        """Builds the services; the child process starts at once, to load while the window is built.

        Args:
            places: Where files are kept; `Places.make` was called.
            model_folder: A model bundle that wins over the one in the settings.
            history: False keeps no history, whatever the settings say.
        """
        settings = Settings(places.settings_file)
        queue = AnalysisQueue(_config(settings, model_folder))
        queue.start()
        records = History(places.history_file, retention_days=settings[HISTORY_RETENTION_DAYS])
        records.purged.connect(lambda before_s: erase_old_pictures(places, before_s))
        if history and settings[HISTORY_KEPT]:
            records.open()
        store = FilmStore(max_bytes=this_board().film_cache_bytes)
        session = Session(queue, settings, records, store=store, captures=places.captures)
        return cls(places, settings, records, queue, session, FolderScan(), model_folder)

    def configure_worker(self) -> None:
        """Restarts the child process if the settings of the model changed, and analyses the open films again."""
        config = _config(self.settings, self.model_folder)
        if config != self.queue.config or self.queue.state.phase == "failed":
            self.queue.configure(config)
            self.session.reanalyse()

    def close(self) -> None:
        """Ends the child process and every thread, and writes what is to be kept."""
        self.scan.close()
        self.queue.close()
        self.history.close()
        self.settings.save()


def _config(settings: Settings, model_folder: str) -> WorkerConfig:
    config = worker_config(settings)
    if config.threads is None:
        config = msgspec.structs.replace(config, threads=this_board().window_threads)
    return msgspec.structs.replace(config, bundle=model_folder) if model_folder else config
