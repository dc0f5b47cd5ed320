"""`python -m trainer heat-maps`: measures the heat maps of a bundle, and writes tables, a plot and a contact sheet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageOps

from edge_app.bundle import Variant, open_bundle
from trainer.commands.films import films_of
from trainer.data.second_site import read_second_site
from trainer.evaluation.test_split_log import log_test_evaluation
from trainer.files import write_json
from trainer.heat_map_quality.heat_map_plot import draw_heat_maps
from trainer.heat_map_quality.heat_map_report import heat_map_page
from trainer.heat_map_quality.heat_maps import heat_map_quality, outlined_films
from trainer.heat_map_quality.lungs import LungShape, drawn_lungs, outline
from trainer.progress import progress_line, say
from trainer.task import Task

VARIANT: Variant = "quant"
"""The file that a device runs is the file that is explained."""

_SHEET_FILMS, _SHEET_COLUMNS = 24, 8


def measure_heat_maps(bundle_folder: Path, data: Path, runs: Path, out: Path, task: Task, seed: int) -> dict[str, Any]:
    """Measures a bundle's heat maps on the test films, and on another site's films where they lie beside the data set.

    Args:
        bundle_folder: The bundle.
        data: The data set's folder.
        runs: Holds the cache of prepared films; gets `heat_maps/` with `heat_maps.json` and `lungs.png`, a contact
            sheet of films with the fitted lungs, which must not leave this machine.
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
        keras.models.load_model(bundle.keras_path(), compile=False, safe_mode=True),
        bundle.model_bytes(VARIANT),
        bundle.manifest.variant(VARIANT),
        away=away,
        outlined=outlined_films(data, second_site, spec),
        seed=seed,
        progress=progress_line("looking at films"),
    )
    private = runs / "heat_maps"
    private.mkdir(parents=True, exist_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    write_json(private / "heat_maps.json", found)
    sheet = [test.films[:: len(test.films) // _SHEET_FILMS][:_SHEET_FILMS]]
    if away is not None:
        sheet.append(away.prepared[:: len(away) // _SHEET_FILMS][:_SHEET_FILMS])
    lung_sheet(np.concatenate(sheet), private / "lungs.png")
    draw_heat_maps(found, out / "heat_maps.png")
    model = f"{bundle.manifest.identity.name} {bundle.manifest.identity.version}"
    (out / "heat_maps.md").write_text(heat_map_page(found, model), encoding="utf-8")
    say(f"wrote {out / 'heat_maps.md'}, {out / 'heat_maps.png'}, {private / 'heat_maps.json'}, {private / 'lungs.png'}")
    return found


def lung_sheet(films: NDArray[np.uint8], path: Path) -> None:
    """Draws the fitted lungs over films, to be looked at.

    Args:
        films: `(films, rows, columns)` uint8.
        path: PNG to write.
    """
    shape = LungShape(drawn_lungs())
    rows, columns = films.shape[1:]
    sheet = Image.new("RGB", (_SHEET_COLUMNS * columns, -(-len(films) // _SHEET_COLUMNS) * rows))
    for index, film in enumerate(films):
        picture = ImageOps.autocontrast(Image.fromarray(film), cutoff=1).convert("RGB")
        for lung in outline(shape.fit(film), rows, columns):
            ImageDraw.Draw(picture).polygon([(float(x), float(y)) for x, y in lung], outline=(255, 220, 0))
        sheet.paste(picture, (index % _SHEET_COLUMNS * columns, index // _SHEET_COLUMNS * rows))
    sheet.save(path)
