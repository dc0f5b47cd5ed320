"""Seeded faults against the self-test of a real bundle: it must notice all of them.

    python -m tests.acceptance faults            the shipped bundle, or the one in BUNDLE

The same faults without a bundle are in tests/unit/engine/test_selftest_faults.py.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from edge_app.bundle.bundle import SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.bundle.manifest import Bounds, Labels
from edge_app.engine import selftest
from edge_app.engine.classifier import Classifier
from edge_app.imaging.preprocess import GridToFilm, PreparedFilm, preprocess
from edge_app.system.errors import PneumoscopeError

Prepare = Callable[..., PreparedFilm]


@contextmanager
def _preparing(prepare: Prepare) -> Iterator[None]:
    saved = selftest.preprocess
    selftest.preprocess = prepare  # type: ignore[assignment]
    try:
        yield
    finally:
        selftest.preprocess = saved  # type: ignore[assignment]


def _after(change: Callable[[np.ndarray], np.ndarray]) -> Prepare:
    def prepare(film: Any, spec: Any) -> PreparedFilm:
        return PreparedFilm(np.ascontiguousarray(change(preprocess(film, spec).pixels)), GridToFilm(1, 1))

    return prepare


def _nearest(film: Any, spec: Any) -> PreparedFilm:
    resized = Image.fromarray(film.pixels).resize((spec.width, spec.height), Image.Resampling.NEAREST)
    return PreparedFilm(np.asarray(resized), GridToFilm(1, 1))


def _with(bundle: Bundle, **changes: Any) -> Bundle:
    return Bundle(
        bundle.directory,
        msgspec.structs.replace(bundle.manifest, **changes),
        bundle.manifest_sha256,
        bundle._models,
        bundle._keras,
        bundle._known_answers,
    )


def _variant(bundle: Bundle, **changes: Any) -> Bundle:
    quant = msgspec.structs.replace(bundle.manifest.variants["quant"], **changes)
    return _with(bundle, variants={**bundle.manifest.variants, "quant": quant})


def _gate(bundle: Bundle, **changes: Any) -> Bundle:
    return _with(bundle, gate=msgspec.structs.replace(bundle.manifest.gate, **changes))


class _Around:
    """A classifier whose input or output is changed on the way."""

    def __init__(self, inner: Classifier, before: Callable[[np.ndarray], np.ndarray]) -> None:
        self._inner, self._before, self.runtime = inner, before, inner.runtime

    def __call__(self, pixels: np.ndarray) -> Any:
        return self._inner(self._before(pixels))


def _with_zeroed_layer(bundle: Bundle) -> Classifier:
    """The model with a stretch of weights set to zero: the first stretch whose loss leaves a file that still runs."""
    original = np.frombuffer(bundle.model_bytes("quant"), dtype=np.uint8)
    for tenth in range(1, 10):
        data = original.copy()
        start = len(data) * tenth // 10
        data[start : start + len(data) // 20] = 0
        try:
            return Classifier(data.tobytes(), bundle.manifest.variant("quant"))
        except (PneumoscopeError, RuntimeError, ValueError):
            continue
    raise ValueError("no stretch of weights was found")


def _caught(bundle: Bundle, classifier: Any, prepare: Prepare = preprocess) -> str | None:
    try:
        with _preparing(prepare):
            result = selftest.run_selftest(bundle, classifier, "quant")
    except (PneumoscopeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return result.failures[0] if result.failures else None


def run() -> int:
    bundle = open_bundle(Path(os.environ.get("BUNDLE", SHIPPED_BUNDLE)))
    quant, model = bundle.model_bytes("quant"), bundle.manifest.variant("quant")
    good = Classifier(quant, model)
    point = model.operating_points[0]
    stale = msgspec.structs.replace(point, threshold=min(1.0, point.threshold + 0.01))

    swapped = {"quant": bundle.manifest.variants["float"], "float": bundle.manifest.variants["quant"]}
    faults: dict[str, Callable[[], str | None]] = {
        "colours as BGR: a model of three channels": lambda: _caught(
            bundle, Classifier(quant, msgspec.structs.replace(model, inputs=(_colour(model.inputs[0]),)))
        ),
        "wrong scale": lambda: _caught(bundle, good, _after(lambda p: p // 2)),
        "nearest resize": lambda: _caught(bundle, good, _nearest),
        "inverted": lambda: _caught(bundle, good, _after(lambda p: 255 - p)),
        "mirrored": lambda: _caught(bundle, good, _after(lambda p: p[:, ::-1])),
        "wrong size": lambda: _caught(bundle, good, _after(lambda p: p[:192, :192])),
        "other labels": lambda: _caught(_with(bundle, labels=Labels(negative="PNEUMONIA", positive="NORMAL")), good),
        "float for int8": lambda: _caught(
            _with(bundle, variants=swapped), Classifier(bundle.model_bytes("float"), bundle.manifest.variant("float"))
        ),
        "stale threshold": lambda: _caught(
            _variant(bundle, operating_points=(stale, *model.operating_points[1:])), good
        ),
        "zeroed layer": lambda: _caught(bundle, _with_zeroed_layer(bundle)),
        "other model": lambda: _caught(_variant(bundle, file=bundle.manifest.variants["float"].file), good),
        "gate that refuses nothing": lambda: _caught(_gate(bundle, refuse_above=1e308), good),
        "gate that flags nothing": lambda: _caught(_gate(bundle, flag_above=1e308, outside_scale=None), good),
        "gate that takes all for films": lambda: _caught(_gate(bundle, film_above=-1e308), good),
        "gate without bounds": lambda: _caught(_gate(bundle, statistics={}), good),
        "gate with wide bounds": lambda: _caught(_gate(bundle, statistics={"mean": Bounds(low=0, high=255)}), good),
        "no gate": lambda: _caught(_with(bundle, gate=None), good),
        "no rescaling": lambda: _caught(bundle, _Around(good, lambda p: (p / 127.5).astype(np.uint8))),
    }
    untouched = _caught(bundle, good)
    print(f"untouched: {'passes' if untouched is None else untouched}")
    noticed = 0
    for name, attempt in faults.items():
        try:
            found = attempt()
        except (PneumoscopeError, ValueError) as error:
            found = f"{type(error).__name__}: {error}"
        noticed += found is not None
        print(f"{'noticed' if found else 'MISSED '}  {name:<44} {(found or '')[:110]}")
    print(f"{noticed} of {len(faults)} faults noticed")
    return 0 if untouched is None and noticed == len(faults) else 1


def _colour(tensor: Any) -> Any:
    return msgspec.structs.replace(tensor, shape=(*tensor.shape[:3], 3))
