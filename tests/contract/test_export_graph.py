"""What the device is given computes what was trained."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from edge_app.engine.keras_gradcam import KerasGradCam
from trainer.export.convert import convert, operations
from trainer.export.equalise import equalise_channels
from trainer.export.fold_input import fold_input
from trainer.export.graph import export_graph
from trainer.export.pack_weights import pack_weights


def _outputs(graph: keras.Model, films: np.ndarray) -> dict[str, np.ndarray]:
    return {name: np.asarray(value) for name, value in graph(films[..., None].astype(np.float32)).items()}


def test_the_exported_evidence_is_the_grad_cam_of_the_keras_model(small_model, small_films) -> None:
    films = small_films[0][:40]

    evidence = _outputs(export_graph(small_model), films)["evidence"]
    gradcam = KerasGradCam(small_model).batch(films)

    assert gradcam.max() > 0
    assert np.abs(evidence - gradcam).max() <= 1e-3 * gradcam.max()


def test_the_exported_probability_is_that_of_the_keras_model(small_model, small_films) -> None:
    films = small_films[0][:40]

    exported = _outputs(export_graph(small_model), films)["probability"]
    trained = np.asarray(small_model(films[..., None].astype(np.float32), training=False))

    np.testing.assert_allclose(exported, trained, atol=1e-6)


@pytest.mark.parametrize("zeros", [None, ((0, 1), (0, 1)), ((1, 1), (1, 1))])
@pytest.mark.parametrize("padding", ["same", "valid"])
def test_folding_the_input_changes_nothing_not_even_at_the_border(
    small_films, padding: str, zeros: tuple[tuple[int, int], tuple[int, int]] | None
) -> None:
    films = small_films[0][:8]
    keras.utils.set_random_seed(2)
    pixels = keras.Input((48, 48, 1), name="pixels")
    x = keras.layers.Concatenate(name="grey_to_rgb")([pixels] * 3)
    x = keras.layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(x)
    x = x if zeros is None else keras.layers.ZeroPadding2D(zeros)(x)
    out = keras.layers.Conv2D(5, 3, strides=2, padding=padding, bias_initializer="ones")(x)
    model = keras.Model(pixels, {"out": out})

    folded = fold_input(model)

    assert "rescale" not in [layer.name for layer in folded.layers]
    np.testing.assert_allclose(_outputs(folded, films)["out"], _outputs(model, films)["out"], atol=2e-5)


def test_a_net_that_rescales_otherwise_is_left_alone(small_model) -> None:
    bare = keras.Model(small_model.get_layer("stem").input, small_model.output)
    assert fold_input(bare) is bare


def test_equalising_evens_the_ranges_and_changes_nothing_else(small_model, small_films, copy_of) -> None:
    films = small_films[0][:32]
    graph = export_graph(copy_of(small_model))
    before = _outputs(graph, films)

    def spread() -> float:
        """Largest over smallest range of the channels of a sum."""
        probe = keras.Model(graph.inputs[0], graph.get_layer("block3_add").output)
        ranges = np.abs(np.asarray(probe(films[..., None].astype(np.float32)))).max(axis=(0, 1, 2))
        return float(ranges.max() / ranges.min())

    uneven = spread()
    groups = equalise_channels(graph, films)

    assert groups == 1  # the last two blocks; the first two sum with a ReLU, which is not linear
    assert spread() < min(uneven, 2.5)
    for name, value in _outputs(graph, films).items():
        np.testing.assert_allclose(value, before[name], rtol=1e-3, atol=1e-4)


def test_augmentation_and_dropout_are_absent_from_the_exported_graph(small_model) -> None:
    kinds = {type(layer).__name__ for layer in export_graph(small_model).layers}
    assert not {kind for kind in kinds if kind.startswith("Random")} | (kinds & {"Dropout"})


def test_float_agrees_and_int8_follows_in_litert(small_model, small_films) -> None:
    from trainer.evaluation.predictions import score_tflite
    from trainer.export.describe import draft

    films, _ = small_films
    graph = fold_input(export_graph(small_model))
    files = convert(graph, films[:60])
    expected = _outputs(export_graph(small_model), films[:60])

    exact = score_tflite(films[:60], files["float"], draft("float.tflite", files["float"]))
    coarse = score_tflite(films[:60], files["quant"], draft("quant.tflite", files["quant"]))

    np.testing.assert_allclose(exact.probability, expected["probability"][:, 0], atol=1e-4)
    np.testing.assert_allclose(exact.evidence, expected["evidence"], atol=1e-3)
    assert len(files["quant"]) < len(files["float"])
    assert np.corrcoef(coarse.probability, exact.probability)[0, 1] > 0.95
    # The head stays in float: an int8 head has at most 256 probabilities, and here hardly a dozen.
    assert len(set(coarse.probability.round(6))) > 40


def test_the_first_convolutions_stay_in_float_where_asked(small_model, small_films) -> None:
    graph = fold_input(export_graph(small_model))
    quant = convert(graph, small_films[0][:20], float_share=0.5)["quant"]

    kinds = [str(np.dtype(outputs[0]["dtype"])) for name, outputs in operations(quant) if "CONV_2D" in name]
    assert kinds[0] == "float32"
    assert "int8" in kinds
    body = kinds[: len(kinds) - 2]  # without the head's two
    assert body.index("int8") == pytest.approx(len(body) / 2, abs=1.5)


def test_packed_weights_take_half_the_bytes_and_answer_the_same(small_model, small_films) -> None:
    from trainer.evaluation.predictions import score_tflite
    from trainer.export.describe import draft

    films = small_films[0][:40]
    whole = convert(fold_input(export_graph(small_model)), films[:8])["float"]

    packed = pack_weights(whole)
    head_kept = pack_weights(whole, keep=("evidence_conv", "logit_conv"))

    assert len(packed) < len(whole)
    unpacked = [[name for name, _ in operations(model)].count("DEQUANTIZE") for model in (whole, head_kept, packed)]
    assert unpacked == [0, unpacked[2] - 2, unpacked[2]]  # the head's two convolutions
    exact = score_tflite(films, whole, draft("float.tflite", whole))
    for model in (packed, head_kept):
        scores = score_tflite(films, model, draft("packed.tflite", model))
        assert not np.array_equal(scores.probability, exact.probability)
        np.testing.assert_allclose(scores.probability, exact.probability, atol=1e-3)
        np.testing.assert_allclose(scores.evidence, exact.evidence, atol=2e-3 * exact.evidence.max())
