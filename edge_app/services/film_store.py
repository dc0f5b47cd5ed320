"""A small cache of decoded films for display; it limits the memory for pixels."""

from __future__ import annotations

from collections import OrderedDict

from edge_app.imaging.radiograph import Radiograph


class FilmStore:
    """Keeps the most recently used films, by the hash of their file."""

    def __init__(self, max_films: int = 3, max_bytes: int = 96 * 1024 * 1024) -> None:
        """Creates an empty store.

        Args:
            max_films: Maximum number of films.
            max_bytes: Maximum size of all pixels, bytes; the newest film is always kept.
        """
        self._max_films = max_films
        self._max_bytes = max_bytes
        self._films: OrderedDict[str, Radiograph] = OrderedDict()

    def __len__(self) -> int:
        return len(self._films)

    @property
    def nbytes(self) -> int:
        """Size of all kept pixels, bytes."""
        return sum(film.pixels.nbytes for film in self._films.values())

    def put(self, film: Radiograph) -> None:
        """Adds a film and drops the least recently used ones if there are too many."""
        self._films[film.sha256] = film
        self._films.move_to_end(film.sha256)
        while len(self._films) > 1 and (len(self._films) > self._max_films or self.nbytes > self._max_bytes):
            self._films.popitem(last=False)

    def get(self, sha256: str) -> Radiograph | None:
        """Returns the film with this hash, and marks it as used; None if it is not kept."""
        film = self._films.get(sha256)
        if film is not None:
            self._films.move_to_end(sha256)
        return film

    def clear(self) -> None:
        """Drops all films."""
        self._films.clear()
