"""What the gate of a bundle does to films and to everything else.

    python -m tests.acceptance gate              the shipped bundle, or the one in BUNDLE

Films of hospitals that taught the gate nothing are in docs/gate.md: python -m trainer gate-sources.

Needs the data set (DATA, default ../shared/data/chest_xray); MATERIAL adds sources, see
tests/acceptance/negative_images.py.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from edge_app.analysis.gate import Gate, Verdict
from edge_app.analysis.gate.appearance import WRONG_VIEWS
from edge_app.analysis.gate.population import OUTSIDE_CODE
from edge_app.bundle.bundle import SHIPPED_BUNDLE, Bundle, open_bundle
from edge_app.engine.classifier import Classifier
from edge_app.imaging.decode import read_film
from edge_app.imaging.preprocess import preprocess
from edge_app.imaging.radiograph import Acquisition, Radiograph
from tests.acceptance.corpus import data_set, second_site
from tests.acceptance.negative_images import DEVELOPMENT, HELD_OUT


@dataclass(frozen=True, slots=True)
class Tally:
    """What the gate said of a group of films."""

    verdicts: tuple[Verdict, ...]

    @property
    def refused(self) -> float:
        return float(np.mean([verdict.refusal is not None for verdict in self.verdicts]))

    @property
    def outside(self) -> float:
        return float(np.mean([_has(verdict, OUTSIDE_CODE) for verdict in self.verdicts]))

    @property
    def stopped(self) -> float:
        """Refused, or flagged in any way."""
        return float(np.mean([bool(verdict.refusal or verdict.notices) for verdict in self.verdicts]))

    @property
    def scores(self) -> np.ndarray:
        return np.array([verdict.score or 0.0 for verdict in self.verdicts])

    def codes(self) -> str:
        found: Counter[str] = Counter()
        for verdict in self.verdicts:
            found.update(
                [verdict.refusal.code] if verdict.refusal else sorted({notice.code for notice in verdict.notices})
            )
        return ", ".join(f"{code} {count}" for code, count in found.most_common(4))


def _has(verdict: Verdict, code: str) -> bool:
    return any(notice.code == code for notice in verdict.notices)


class Bench:
    """A bundle, its classifier and a gate."""

    def __init__(self, bundle: Bundle, gate: Gate) -> None:
        self.bundle = bundle
        self.classifier = Classifier.from_bundle(bundle, "quant")
        self.gate = gate

    def by_appearance(self, films: Iterable[Radiograph]) -> Tally:
        """Examines films as if they had come in the model's size and without a header: by their looks alone."""
        spec = self.bundle.manifest.preprocessing
        return self.examine(Radiograph(preprocess(film, spec).pixels, "0" * 64, "test") for film in films)

    def examine(self, films: Iterable[Radiograph]) -> Tally:
        verdicts = []
        for film in films:
            prepared = preprocess(film, self.bundle.manifest.preprocessing).pixels
            verdicts.append(self.gate.examine(film, prepared, self.classifier(prepared).features))
        return Tally(tuple(verdicts))


def dataset_films(folder: str) -> Iterator[tuple[Path, Radiograph]]:
    for kind in ("NORMAL", "PNEUMONIA"):
        for path in sorted((data_set() / folder / kind).glob("*.jpeg")):
            yield path, read_film(path)


def second_site_films() -> list[Radiograph]:
    return [read_film(path) for path in sorted(second_site().glob("*/*.jpeg"))]


def changed(film: Radiograph, pixels: np.ndarray) -> Radiograph:
    return replace(film, pixels=np.ascontiguousarray(pixels.astype(np.uint8)))


def distortions(films: list[Radiograph]) -> dict[str, list[Radiograph]]:
    """Held-out films made unfit, each a source of its own."""
    rng = np.random.default_rng(3)

    def image(film: Radiograph) -> Image.Image:
        return Image.fromarray(film.pixels)

    def blurred(radius: float) -> list[Radiograph]:
        return [changed(f, np.asarray(image(f).filter(ImageFilter.GaussianBlur(radius)))) for f in films]

    def enlarged(pixels: np.ndarray) -> np.ndarray:
        return np.asarray(Image.fromarray(pixels).resize((400, 400)))

    def half_black(film: Radiograph) -> np.ndarray:
        pixels = film.pixels.copy()
        pixels[film.rows * 2 // 5 :] = 0
        return pixels

    return {
        "mirrored": [changed(f, f.pixels[:, ::-1]) for f in films],
        "inverted": [changed(f, 255 - f.pixels) for f in films],
        "upside down": [changed(f, np.rot90(f.pixels, 2)) for f in films],
        "turned left": [changed(f, np.rot90(f.pixels, 1)) for f in films],
        "turned right": [changed(f, np.rot90(f.pixels, 3)) for f in films],
        "flipped top to bottom": [changed(f, f.pixels[::-1]) for f in films],
        "lower 60 % black": [changed(f, half_black(f)) for f in films],
        "cut to a quarter": [changed(f, enlarged(f.pixels[: f.rows // 2, : f.columns // 2])) for f in films],
        "cut to a ninth": [changed(f, enlarged(f.pixels[: f.rows // 3, : f.columns // 3])) for f in films],
        "blurred, 3 px": blurred(3),
        "blurred, 6 px": blurred(6),
        "exposure / 6": [changed(f, f.pixels / 6) for f in films],
        "gamma 4": [changed(f, (f.pixels / 255.0) ** 4 * 255) for f in films],
        "gamma 0.25": [changed(f, (f.pixels / 255.0) ** 0.25 * 255) for f in films],
        "noise, sigma 60": [changed(f, np.clip(f.pixels + rng.normal(0, 60, f.pixels.shape), 0, 255)) for f in films],
        "two levels": [changed(f, (f.pixels > 128) * 255) for f in films],
        "blank": [changed(f, np.full(f.pixels.shape, at % 256)) for at, f in enumerate(films)],
        "64 x 64": [changed(f, np.asarray(image(f).resize((64, 64)))) for f in films],
    }


def turned(bench: Bench, films: list[Radiograph]) -> dict[str, float]:
    """Share of films that the gate refuses by their appearance when they are turned, or notices when mirrored."""
    parameters, spec = bench.bundle.manifest.gate, bench.bundle.manifest.preprocessing
    assert parameters is not None
    views: dict[str, tuple[int, bool, bool]] = {**WRONG_VIEWS, "mirrored": (2, True, False)}
    found = dict.fromkeys(views, 0)
    for film in films:
        pixels = preprocess(film, spec).pixels
        for name, (quarters, flipped, inverted) in views.items():
            wrong = np.rot90(pixels[::-1] if flipped else pixels, quarters)
            seen = bench.gate.features(np.ascontiguousarray(255 - wrong if inverted else wrong)).appearance
            assert seen is not None
            mirror = name == "mirrored" and seen.mirrored > parameters.mirrored_above
            found[name] += seen.film < parameters.film_above or mirror
    return {name: count / len(films) for name, count in found.items()}


def auroc(negative: np.ndarray, positive: np.ndarray) -> float:
    """Chance that a random positive has the higher score, ties counted half (Mann and Whitney 1947)."""
    both = np.concatenate([negative, positive])
    order = both.argsort(kind="stable")
    ranks = np.empty(len(both))
    ranks[order] = np.arange(1, len(both) + 1)
    for value in np.unique(both[np.isin(both, negative) & np.isin(both, positive)]):
        ranks[both == value] = ranks[both == value].mean()
    count = len(positive)
    return float((ranks[len(negative) :].sum() - count * (count + 1) / 2) / (count * len(negative)))


def run() -> int:
    if not data_set().is_dir():
        print("The data set is not here: set DATA.")
        return 1
    bundle = open_bundle(Path(os.environ.get("BUNDLE", SHIPPED_BUNDLE)))
    bench = Bench(bundle, Gate.from_bundle(bundle))
    checks: list[tuple[str, bool]] = []

    def line(name: str, tally: Tally) -> None:
        print(
            f"{name:<26} {len(tally.verdicts):>4}  refused {tally.refused:7.2%}  outside {tally.outside:7.2%}  "
            f"refused or flagged {tally.stopped:7.2%}  {tally.codes()}"
        )

    films = [film for _, film in dataset_films("test")]
    home = bench.examine(films)
    line("test split", home)
    checks.append((f"held-out films refused: {home.refused:.2%} (at most 2 %)", home.refused <= 0.02))
    checks.append((f"held-out films flagged as outside: {home.outside:.2%} (at most 3 %)", home.outside <= 0.03))
    originals = data_set().parent / "originals"
    if originals.is_dir():
        line("at original size", bench.examine(read_film(path) for path in sorted(originals.glob("*/*.jp*g"))))

    if second_site().is_dir():
        line("second site, taught", bench.examine(second_site_films()))

    for title, sources in (("development", DEVELOPMENT), ("held out", HELD_OUT)):
        print(f"-- not chest films, {title}")
        tallies = {name: bench.examine(make()) for name, make in sources.items()}
        tallies = {name: tally for name, tally in tallies.items() if tally.verdicts}
        for name, tally in tallies.items():
            line(name, tally)
        if title == "held out":
            others = Tally(tuple(verdict for tally in tallies.values() for verdict in tally.verdicts))
            area = auroc(home.scores, others.scores)
            looks = [bench.by_appearance(make()) for make in sources.values()]
            alone = Tally(tuple(verdict for tally in looks for verdict in tally.verdicts))
            line("by their looks alone", alone)
            checks.append(
                (f"... without size and header, by their looks alone: {alone.refused:.2%}", alone.refused >= 0.98)
            )
            checks.append(
                (
                    f"{len(others.verdicts)} pictures of {len(tallies)} sources refused: {others.refused:.2%} "
                    "(at least 98 % of 300 of 8)",
                    others.refused >= 0.98 and len(others.verdicts) >= 300 and len(tallies) >= 8,
                )
            )
            checks.append((f"AUROC, held-out films against them: {area:.4f} (at least 0.98)", area >= 0.98))

    print("-- held-out films, made unfit")
    for name, unfit in distortions(films).items():
        tally = bench.examine(unfit)
        line(name, tally)
        if name == "mirrored":
            told = float(np.mean([v.refusal is not None or _has(v, "quality.mirrored") for v in tally.verdicts]))
            checks.append((f"mirrored films told or refused: {told:.2%} (at least 90 %)", told >= 0.9))
        if name == "inverted":
            checks.append((f"inverted films refused: {tally.refused:.2%} (at least 99 %)", tally.refused >= 0.99))
        if name in ("upside down", "turned left", "turned right", "flipped top to bottom"):
            checks.append((f"{name}: refused {tally.refused:.2%} (at least 95 %)", tally.refused >= 0.95))

    print("-- all films of the data set, turned: refused before the model runs; mirrored: noticed")
    for name, share in turned(
        bench, [film for folder in ("train", "test") for _, film in dataset_films(folder)]
    ).items():
        print(f"{name:<26} {share:.2%}")
        checks.append((f"all films, {name}: {share:.2%} (at least 90 %)", share >= 0.9))

    adult = [replace(film, acquisition=Acquisition("DX", "AP", None, 45.0, "CHEST")) for film in films[::6]]
    child = [replace(film, acquisition=Acquisition("DX", "AP", None, 3.0, "CHEST")) for film in films[::6]]
    told_adult, told_child, untold = bench.examine(adult), bench.examine(child), bench.examine(films[::6])
    line("DICOM says 45 years", told_adult)
    line("DICOM says 3 years, AP", told_child)
    checks.append((f"stating 45 years: {told_adult.outside:.0%} flagged (all)", told_adult.outside == 1))
    checks.append(("stating 3 years, AP: flagged no more than without", told_child.outside == untold.outside))

    print("-- in short")
    for text, passed in checks:
        print(f"{'passed' if passed else 'FAILED'}  {text}")
    return 0 if all(passed for _, passed in checks) else 1
