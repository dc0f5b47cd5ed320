"""Films of another site: read from their listing."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from edge_app.imaging.preprocess import PreprocessSpec
from tests.support.films import chest_like
from trainer.data.second_site import read_second_site


def test_films_are_read_with_what_their_listing_says(tmp_path: Path) -> None:
    rows = ["file,age_years,view,label_evidence"]
    for patient in range(40):
        for film in range(2):
            name = f"{patient:08d}_{film:03d}.png"
            Image.fromarray(chest_like(80, 80, seed=patient)).save(tmp_path / name)
            rows.append(f"{name},{30 + patient if patient else ''},{'AP' if film else 'PA'},")
    (tmp_path / "films.csv").write_text("\n".join(rows) + "\n")
    site = read_second_site(tmp_path, PreprocessSpec())
    assert len(site) == 80
    assert site.prepared.shape == (80, 224, 224)
    assert set(site.labels) == {-1}
    assert site.views[:2] == ("PA", "AP")
    assert np.isnan(site.ages_years[0])
    assert site.ages_years[2] == 31
