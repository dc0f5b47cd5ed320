"""`python -m trainer heat-maps`: measures the heat maps of a bundle, and writes tables, a plot and a contact sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from edge_app.bundle import Variant, open_bundle
from edge_app.display.heatmap import enlarge, unit_map
from edge_app.engine.keras_gradcam import load_keras_model
from trainer.commands.films import films_of
from trainer.data.lung_masks import drawn_beside
from trainer.data.second_site import read_second_site
from trainer.evaluation.predictions import score_tflite
from trainer.evaluation.test_split_log import log_test_evaluation
from trainer.files import write_json
from trainer.heat_map_quality.heat_map_plot import draw_heat_maps
from trainer.heat_map_quality.heat_map_report import heat_map_page
from trainer.heat_map_quality.heat_maps import heat_map_quality
from trainer.heat_map_quality.lungs import lung_mask
from trainer.progress import progress_line, say
from trainer.task import Task

VARIANT: Variant = "quant"
"""The file whose heat maps are measured: the one that devices run."""

_TINT = np.array([255, 90, 0], np.float32)
_SHEET_FILMS, _AWAY_FILMS, _SHEET_COLUMNS = 24, 40, 8


def measure_heat_maps(bundle_folder: Path, data: Path, runs: Path, out: Path, task: Task, seed: int) -> dict[str, Any]:
    """Measures a bundle's heat maps on the test films, and on the films of the external site where they exist.

    Args:
        bundle_folder: The bundle.
        data: The data set's folder.
        runs: Folder with the cache of prepared films; gets `heat_maps/` with `heat_maps.json` and two contact sheets
            that must not leave this machine: `evidence.png`, films with their maps, and `lungs.png`, films with what
            the lung head says.
        out: Gets `heat_maps.md` and `heat_maps.png`, which hold no film.
        task: Task of the bundle.
        seed: Seed of the random generator.

    Returns:
        The part `heat_maps` of `metrics.json`.
    """
    bundle = open_bundle(bundle_folder)
    spec = bundle.manifest.preprocessing
    test = films_of("test", data, runs, spec, task)
    second_site = task.external_folder(data)
    log_test_evaluation(
        runs, run=bundle.manifest.training.run, uid=bundle.manifest.identity.uid, purpose="trainer heat-maps"
    )
    away = read_second_site(second_site, spec, task.labels) if second_site else None
    found = heat_map_quality(
        test,
        load_keras_model(bundle.keras_bytes()),
        bundle.model_bytes(VARIANT),
        bundle.manifest.variant(VARIANT),
        away=away,
        masks=drawn_beside(data),
        seed=seed,
        progress=progress_line("measuring heat maps"),
    )
    private = runs / "heat_maps"
    private.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    write_json(private / "heat_maps.json", found)
    shown = test.films[np.random.default_rng(seed).permutation(len(test.films))[:_SHEET_FILMS]]
    model_file = bundle.manifest.variant(VARIANT)
    scores = score_tflite(shown, bundle.model_bytes(VARIANT), model_file)
    evidence_sheet(shown, scores.evidence, model_file.evidence_scale, private / "evidence.png")
    if away is not None:
        shown = np.concatenate([shown, away.prepared[:: len(away) // _AWAY_FILMS][:_AWAY_FILMS]])
    lungs = score_tflite(shown, bundle.model_bytes(VARIANT), model_file).lungs
    if lungs is not None:
        lung_sheet(shown, lungs, private / "lungs.png")
    draw_heat_maps(found, out / "heat_maps.png")
    model = f"{bundle.manifest.identity.name} {bundle.manifest.identity.version}"
    (out / "heat_maps.md").write_text(heat_map_page(found, model), encoding="utf-8")
    say(f"wrote {out / 'heat_maps.md'}, {out / 'heat_maps.png'}, {private}/")
    return found


def lung_sheet(films: NDArray[np.uint8], lungs: NDArray[np.float32], path: Path) -> None:
    """Draws what the lung head says over films, to be looked at.

    Args:
        films: `(films, rows, columns)` uint8.
        lungs: `(films, rows, columns)` float32 of its cells, 0..1.
        path: PNG file to write.
    """

    def tile(film: NDArray[np.uint8], said: NDArray[np.float32]) -> Image.Image:
        mask = lung_mask(said, *film.shape)
        edge = mask & ~(mask & np.roll(mask, 1, 0) & np.roll(mask, -1, 0) & np.roll(mask, 1, 1) & np.roll(mask, -1, 1))
        picture = np.asarray(ImageOps.autocontrast(Image.fromarray(film), cutoff=1).convert("RGB")).copy()
        picture[edge] = (255, 220, 0)
        return Image.fromarray(picture)

    _sheet([tile(*pair) for pair in zip(films, lungs, strict=True)], path)


def evidence_sheet(films: NDArray[np.uint8], evidence: NDArray[np.float32], scale: float, path: Path) -> None:
    """Draws evidence over films, as the window does, to be looked at.

    Args:
        films: `(films, rows, columns)` uint8.
        evidence: `(films, rows, columns)` float32 of the grid.
        scale: Evidence that is painted at full strength.
        path: PNG file to write.
    """

    def tile(film: NDArray[np.uint8], shown: NDArray[np.float32]) -> Image.Image:
        strength = enlarge(unit_map(shown, scale), *film.shape)[..., None]
        grey = np.repeat(film[..., None], 3, axis=-1).astype(np.float32)
        return Image.fromarray(np.rint(grey + strength * 0.6 * (_TINT - grey)).astype(np.uint8))

    tiles = []
    for film, shown in zip(films, evidence, strict=True):
        tiles += [Image.fromarray(film).convert("RGB"), tile(film, shown)]
    _sheet(tiles, path)


def _sheet(tiles: Sequence[Image.Image], path: Path) -> None:
    columns, rows = tiles[0].size
    sheet = Image.new("RGB", (_SHEET_COLUMNS * columns, -(-len(tiles) // _SHEET_COLUMNS) * rows))
    for index, tile in enumerate(tiles):
        sheet.paste(tile, (index % _SHEET_COLUMNS * columns, index // _SHEET_COLUMNS * rows))
    sheet.save(path)
