from __future__ import annotations

import numpy as np

from trainer.gating.fit_gate import fit_gate


def test_features_that_are_all_alike_still_give_a_scale() -> None:
    random = np.random.default_rng(0)
    films = random.integers(0, 255, (40, 224, 224), dtype=np.uint8)

    def features_of(prepared: np.ndarray) -> np.ndarray:
        return np.ones((len(prepared), 16), np.float32) + random.normal(0, 1e-9, (len(prepared), 16)).astype(np.float32)

    fitted = fit_gate(films[:28], films[28:], features_of, drawings=60, variations=40)

    assert fitted.parameters.features.upper > fitted.parameters.features.median
    assert np.isfinite(fitted.parameters.refuse_above)
