"""The few decoded films that are kept for display: pixels are large, a list of films must not fill the memory."""

from __future__ import annotations

from collections import OrderedDict

from edge_app.imaging.radiograph import Radiograph


class FilmStore:
    """Keeps the films that were used last, found by the hash of their file."""

    def __init__(self, max_films: int = 3, max_bytes: int = 96 * 1024 * 1024) -> None:
        """Makes an empty store.

        Args:
            max_films: How many are kept.
            max_bytes: How many bytes of pixels are kept; the newest film is kept whatever its size.
        """
        self._max_films = max_films
        self._max_bytes = max_bytes
        self._films: OrderedDict[str, Radiograph] = OrderedDict()

    def __len__(self) -> int:
        return len(self._films)

    @property
    def nbytes(self) -> int:
        """Bytes of pixels that are kept."""
        return sum(film.pixels.nbytes for film in self._films.values())

    def put(self, film: Radiograph) -> None:
        """Keeps a film, at the cost of those used longest ago."""
        self._films[film.sha256] = film
        self._films.move_to_end(film.sha256)
        while len(self._films) > 1 and (len(self._films) > self._max_films or self.nbytes > self._max_bytes):
            self._films.popitem(last=False)

    def get(self, sha256: str) -> Radiograph | None:
        """The film of that hash, where it is kept; it then counts as the one used last."""
        film = self._films.get(sha256)
        if film is not None:
            self._films.move_to_end(sha256)
        return film

    def clear(self) -> None:
        """Keeps none."""
        self._films.clear()
