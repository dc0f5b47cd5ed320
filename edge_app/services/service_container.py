"""All services of one run of the app."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from edge_app.process.protocol import WorkerConfig
from edge_app.services.analysis_queue import AnalysisQueue
from edge_app.services.erase import erase_old_films
from edge_app.services.film_store import FilmStore
from edge_app.services.folder_scan import FolderScan
from edge_app.services.history import History
from edge_app.services.places import Places
from edge_app.services.session import Session
from edge_app.services.settings import HISTORY_KEPT, HISTORY_RETENTION_DAYS, Settings, worker_config
from edge_app.system.machine import this_machine


# The weak reference slot: PySide6 6.8 refers weakly to objects whose methods are connected.
@dataclass(frozen=True, slots=True, weakref_slot=True, eq=False)
class Services:
    """The services that the window uses.

    Attributes:
        places: The user's folders.
        settings: The settings.
        history: Stores analyses.
        queue: Sends films to the child process.
        session: The open films.
        scan: Searches folders for films.
        model_folder: Model bundle from the command line, which overrides the setting; empty if none was given.
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
        """Creates the services and starts the child process, which loads while the window is built.

        Args:
            places: The user's folders, after `Places.make`.
            model_folder: Model bundle that overrides the setting; empty for none.
            history: False switches the history off regardless of the settings.
        """
        settings = Settings(places.settings_file)
        queue = AnalysisQueue(_config(settings, model_folder))
        queue.start()
        records = History(places.history_file, retention_days=settings[HISTORY_RETENTION_DAYS])
        records.purged.connect(lambda before_s: erase_old_films(places, before_s))
        if history and settings[HISTORY_KEPT]:
            records.open()
        store = FilmStore(max_bytes=this_machine().film_cache_bytes)
        session = Session(queue, settings, records, store=store, captures=places.captures)
        return cls(places, settings, records, queue, session, FolderScan(), model_folder)

    def configure_worker(self) -> None:
        """If the model settings changed, restarts the child process and analyses the open films again."""
        config = _config(self.settings, self.model_folder)
        if config != self.queue.config or self.queue.state.phase == "failed":
            self.queue.configure(config)
            self.session.reanalyse()

    def close(self) -> None:
        """Ends the child process and all threads, and saves the settings."""
        self.scan.close()
        self.queue.close()
        self.history.close()
        self.settings.save()


def _config(settings: Settings, model_folder: str) -> WorkerConfig:
    config = worker_config(settings)
    if config.threads is None:
        config = msgspec.structs.replace(config, threads=this_machine().window_threads)
    return msgspec.structs.replace(config, bundle=model_folder) if model_folder else config
