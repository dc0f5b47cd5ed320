from __future__ import annotations

import numpy as np

from edge_app.imaging.radiograph import Radiograph
from edge_app.services.film_store import FilmStore


def film(name: str, nbytes: int = 100) -> Radiograph:
    return Radiograph(np.zeros((1, nbytes), np.uint8), name, "TEST")


def test_the_films_used_last_are_kept() -> None:
    store = FilmStore(max_films=3)
    for name in "abc":
        store.put(film(name))
    assert store.get("a") is not None
    store.put(film("d"))
    assert [name for name in "abcd" if store.get(name)] == ["a", "c", "d"]


def test_large_films_drive_others_out_but_never_themselves() -> None:
    store = FilmStore(max_films=3, max_bytes=250)
    store.put(film("a"))
    store.put(film("b"))
    store.put(film("large", 1000))
    assert store.get("large") is not None
    assert len(store) == 1
    store.put(film("c"))
    assert (len(store), store.nbytes) == (1, 100)


def test_the_same_film_counts_once() -> None:
    store = FilmStore()
    store.put(film("a"))
    store.put(film("a"))
    assert store.nbytes == 100
    store.clear()
    assert store.get("a") is None
