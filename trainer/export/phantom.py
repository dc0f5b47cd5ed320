"""Synthetic chest films: random mixtures of the principal components of the training films.

A bundle must not contain a patient's film, yet its known answers must resemble films. A mixture of components that
hundreds of patients share shows none of them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from sklearn.decomposition import PCA

COMPONENTS = 40
SHRINK = 0.8
"""Factor of the spread of the components: draws of full spread in 40 dimensions are less like films than any film."""
FILMS_TO_FIT = 1200


def phantoms(
    films: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    per_class: int,
    size: tuple[int, int],
    seed: int,
    components: int = COMPONENTS,
    contrast: float = 0.0,
) -> NDArray[np.uint8]:
    """Draws synthetic films.

    Args:
        films: `(films, height, width)` uint8 training films.
        labels: `(films,)`, 0 or 1.
        per_class: Number of films of each label, the negative ones first.
        size: Rows and columns of the result; not the model's, so that the resize is tested.
        seed: Seed of the random generator.
        components: Number of components: more show more detail, and resemble films less.
        contrast: Distance by which each label is moved from the other, in distances of their means: a mixture is hazier
            than any film, so a typical negative draw looks mildly positive.

    Returns:
        `(2 * per_class, rows, columns)` uint8.
    """
    random = np.random.default_rng(seed)
    chosen = random.choice(len(films), min(FILMS_TO_FIT, len(films)), replace=False)
    flat = films[chosen].reshape(len(chosen), -1).astype(np.float32)
    count = min(components, len(chosen) - 1)
    pca = PCA(count, svd_solver="randomized", random_state=seed).fit(flat)
    scores = pca.transform(flat)
    out = []
    for label in (0, 1):
        mine, others = scores[labels[chosen] == label], scores[labels[chosen] != label]
        centre = mine.mean(axis=0) + contrast * (mine.mean(axis=0) - others.mean(axis=0))
        draws = centre + SHRINK * mine.std(axis=0) * random.standard_normal((per_class, count))
        for film in pca.inverse_transform(draws).reshape(per_class, *films.shape[1:]):
            large = Image.fromarray(film.astype(np.float32)).resize((size[1], size[0]), Image.Resampling.BICUBIC)
            grainy = np.asarray(large) + random.normal(0, 3.0, size)
            out.append(np.clip(np.rint(grainy), 0, 255).astype(np.uint8))
    return np.stack(out)
