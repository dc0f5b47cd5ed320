"""A net that is taught where the lungs are: its losses, its training, its files."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from sklearn.metrics import roc_auc_score

from edge_app.engine.keras_gradcam import FEATURE_MAP_LAYER, LOGIT_LAYER, KerasGradCam
from trainer.config import LungsConfig
from trainer.evaluation.predictions import score_keras, score_tflite
from trainer.export.convert import convert, operations
from trainer.export.describe import draft
from trainer.export.fold_input import fold_input
from trainer.export.graph import export_graph
from trainer.export.quant_tuning import Tuning, tuned_int8
from trainer.nets.lung_head import LUNGS_LAYER, add_lung_head
from trainer.training.callbacks import KeepNet
from trainer.training.evidence_loss import LungTaught, lung_batches, outline_loss, outside_share
from trainer.training.train import metrics

SIDE = 64


def _net() -> keras.Model:
    """Halves four times, as far as the lung head reads, with a sum at two of the levels."""
    keras.utils.set_random_seed(3)
    pixels = keras.Input((SIDE, SIDE, 1), name="pixels")
    x = layers.Concatenate(name="grey_to_rgb")([pixels] * 3)
    x = layers.Rescaling(1 / 127.5, offset=-1.0, name="rescale")(x)
    for index, filters in enumerate((8, 12, 16, 24)):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", use_bias=False, name=f"conv{index}")(x)
        x = layers.ReLU(6.0)(layers.BatchNormalization(momentum=0.8)(x))
        if index in (1, 3):
            inner = layers.BatchNormalization(momentum=0.8)(layers.Conv2D(filters, 1, use_bias=False)(x))
            x = layers.Add(name=f"add{index}")([x, inner])
    base = keras.Model(pixels, x, name="small")
    feature_map = layers.Activation("linear", name=FEATURE_MAP_LAYER)(x)
    pooled = layers.GlobalAveragePooling2D(name="features")(feature_map)
    probability = layers.Activation("sigmoid", name="probability")(layers.Dense(1, name=LOGIT_LAYER)(pooled))
    return keras.Model(pixels, {"probability": probability, LUNGS_LAYER: add_lung_head(base, seed=1)}, name="small")


def _films(count: int = 96) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Dark lungs on grey; a bright patch in a lung of every other film, a marker beside the lungs of the same films."""
    random = np.random.default_rng(0)
    masks = np.zeros((count, SIDE, SIDE), np.uint8)
    masks[:, 12:52, 8:28] = masks[:, 12:52, 36:56] = 255
    films = np.where(masks > 0, 60, 150) + random.normal(0, 8, masks.shape)
    labels = np.arange(count) % 2
    for film in (films[index] for index in np.flatnonzero(labels)):
        top, left = random.integers(14, 38), random.choice([10, 38])
        film[top : top + 12, left : left + 12] += 90
        film[0:8, 0:8] = 255
    return np.clip(films, 0, 255).astype(np.uint8), masks, labels


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> keras.Model:
    """A net that was trained as a run trains it, kept and read again."""
    films, masks, labels = _films()
    config = LungsConfig(head=True, swap=0.3, empty=0.05, outside_weight=0.2)
    net = _net()
    model = LungTaught(net, config)
    model.compile(keras.optimizers.Adam(5e-3), loss="binary_crossentropy", metrics=metrics())
    pairs = tf.data.Dataset.from_tensor_slices(
        (np.stack([films, masks], axis=-1).astype(np.float32), labels[:, None].astype(np.float32))
    )
    batches = lung_batches(pairs.shuffle(96, seed=1).batch(16), net, config, {0: 1.0, 1: 1.0}, None, seed=1)
    validation = tf.data.Dataset.from_tensors((films[..., None].astype(np.float32), labels[:, None]))
    path = tmp_path_factory.mktemp("net") / "net.keras"
    keep = KeepNet(str(path), monitor="val_loss", save_best_only=False)
    fitted = model.fit(batches, epochs=15, validation_data=validation, shuffle=False, verbose=0, callbacks=[keep])
    history = fitted.history
    assert history["evidence_outside"][-1] < history["evidence_outside"][0]
    assert history["outline_loss"][-1] < 0.5 * history["outline_loss"][0]
    return keras.models.load_model(path, compile=False)


def test_what_lies_outside_is_a_share() -> None:
    feature_map = np.zeros((2, 2, 2, 3), np.float32)
    feature_map[:, 0, 0] = 1
    feature_map[:, 1, 1] = -1
    outside = np.array([[[0, 1], [1, 1]], [[0, 1], [1, 0]]], np.float32)
    share = outside_share(tf.constant(feature_map), tf.ones((3, 1)), tf.constant(outside))
    np.testing.assert_allclose(share, [0.5, 0], atol=1e-5)


def test_a_right_outline_costs_nothing() -> None:
    drawn = np.zeros((2, 8, 8), np.float32)
    drawn[:, 2:6, 2:6] = 1
    said = np.stack([drawn[0], 1 - drawn[1]])
    right, wrong = outline_loss(tf.constant(drawn), tf.constant(said)).numpy()
    assert right < 0.01
    assert wrong > 1


@pytest.mark.long
def test_the_kept_net_finds_lungs_and_patches(taught: keras.Model) -> None:
    films, masks, labels = _films()
    said = np.asarray(taught(films[..., None].astype(np.float32), training=False)[LUNGS_LAYER]) > 0.5
    drawn = masks[:, ::4, ::4] > 0
    assert 2 * (said & drawn).sum() / (said.sum() + drawn.sum()) > 0.85
    probability = score_keras(films, taught)
    assert roc_auc_score(labels, probability) > 0.9


def test_an_exported_net_says_where_the_lungs_are() -> None:
    films, _, _ = _films(4)
    net = _net()
    pixels = films[..., None].astype(np.float32)
    exported = fold_input(export_graph(net))(pixels, training=False)
    assert sorted(exported) == ["evidence", "features", "lungs", "probability"]
    np.testing.assert_allclose(exported["lungs"], net(pixels, training=False)[LUNGS_LAYER], atol=1e-4)


@pytest.fixture(scope="module")
def files(taught: keras.Model, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    films, _, _ = _films()
    graph = fold_input(export_graph(taught))
    kept = tmp_path_factory.mktemp("int8") / "int8.weights.h5"
    int8 = tuned_int8(graph, Tuning(films, steps=40, rate=5e-4, seed=1, kept=kept))
    again = tuned_int8(graph, Tuning(films, steps=40, rate=5e-4, seed=1, kept=kept))
    assert all(np.array_equal(a, b) for a, b in zip(int8.get_weights(), again.get_weights(), strict=True))
    return dict(convert(graph, films[:16], int8=int8))


@pytest.mark.long
def test_all_but_the_head_is_int8(files: dict[str, bytes]) -> None:
    kinds = [np.dtype(made[0]["dtype"]).name for name, made in operations(files["quant"]) if "CONV_2D" in name]
    assert kinds.count("float32") == 1  # the evidence
    assert kinds.count("int8") > 10


@pytest.mark.long
def test_float_and_int8_say_what_the_net_says(files: dict[str, bytes], taught: keras.Model) -> None:
    films, _, _ = _films(32)
    exact, coarse = (
        score_tflite(films, files[name], draft(f"{name}.tflite", files[name])) for name in ("float", "quant")
    )
    said = taught(films[..., None].astype(np.float32), training=False)

    np.testing.assert_allclose(exact.probability, np.asarray(said["probability"])[:, 0], atol=1e-4)
    np.testing.assert_allclose(exact.lungs, np.asarray(said[LUNGS_LAYER]), atol=1e-3)
    gradcam = KerasGradCam(taught).batch(films)
    assert np.abs(exact.evidence - gradcam).max() <= 1e-3 * gradcam.max()
    assert np.abs(coarse.probability - exact.probability).max() < 0.15
    assert len(set(coarse.probability.round(6))) > 16  # the head is in float: no 256 steps
    assert ((coarse.lungs > 0.5) == (exact.lungs > 0.5)).mean() > 0.97


@pytest.mark.long
def test_first_convolutions_stay_in_float_where_asked(taught: keras.Model) -> None:
    films, _, _ = _films(16)
    graph = fold_input(export_graph(taught))
    int8 = tuned_int8(graph, Tuning(films, steps=1, rate=1e-5, seed=1), float_share=0.3)
    quant = convert(graph, films, int8=int8)["quant"]
    kinds = [np.dtype(made[0]["dtype"]).name for name, made in operations(quant) if "CONV_2D" in name]
    assert kinds[0] == "float32"
    assert "int8" in kinds
    scores = score_tflite(films, quant, draft("quant.tflite", quant))
    assert np.isfinite(scores.probability).all()
