"""Training, against the plain Keras recipe, on the same films and with the same numbers of epochs.

The plain recipe is the one of the tutorials: `image_dataset_from_directory` on the JPEGs, augmentation inside the
model, a frozen base for some epochs, then fine-tuning.
"""

from __future__ import annotations

import importlib.util
import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec

from tests.bench.frame import Bench, Case, CaseProcess, Limit, Section, SkippedError, Table

TITLE = "Training"
BUDGET_S = 300
HEAD_EPOCHS = 20
"""The default of the trainer (trainer/config.py)."""
FINE_TUNE_EPOCHS = 3
FILMS = 240
BATCH = 32
PARTS = ("prepare s", "head s", "fine-tune s")


def run(bench: Bench) -> Section:
    for name in ("tensorflow", "keras"):
        if importlib.util.find_spec(name) is None:
            raise SkippedError(f"{name} is not installed: make setup")
    weights = os.environ.get("WEIGHTS", "none")
    root = link_films(bench, FILMS)
    figures: dict[str, dict[str, float]] = {}
    for name, factory in (("plain Keras recipe", plain), ("trainer", ours)):
        process = CaseProcess(factory, root, bench.scratch / factory.__name__, weights)
        figures[name] = dict(process())
        process.close()
        figures[name]["whole s"] = sum(figures[name][part] for part in PARTS)
    columns = (*PARTS, "whole s", "best AUC")
    head = ("recipe", "preparing, s", "frozen phase, s", "fine-tuning, s", "whole, s", "best validation AUC")
    theirs, own = figures.values()
    return Section(
        tables=(
            Table(
                f"{FILMS} films to train on, {FILMS // 2} to validate on; {HEAD_EPOCHS} epochs with a frozen base and "
                f"{FINE_TUNE_EPOCHS} of fine-tuning; weights: {Path(weights).name}",
                head,
                tuple((name, *(found[column] for column in columns)) for name, found in figures.items()),
            ),
        ),
        limits=(
            Limit("Frozen phase, times as fast as the plain recipe", theirs["head s"] / own["head s"], least=3.0),
            Limit("Whole training, times as fast", theirs["whole s"] / own["whole s"], least=1.5),
            Limit("Best validation AUC above the plain recipe's", own["best AUC"] - theirs["best AUC"], least=-0.01),
        ),
        notes=(
            "One run of each: a training is too long to repeat. The plain recipe reads the JPEGs in every epoch; the "
            "trainer prepares each film once, and runs it through the frozen base once. From random weights (`none`; "
            "WEIGHTS=PATH names a file) the AUC says nothing.",
        ),
    )


def link_films(bench: Bench, count: int) -> Path:
    """A data set in the same layout with `count` films to train on and half as many to validate on."""
    root = bench.scratch / "chest_xray"
    for split, wanted in (("train", round(count * 1.5)), ("test", 16), ("val", 4)):
        films = bench.films(split)
        for kind, share in (("NORMAL", 0.4), ("PNEUMONIA", 0.6)):
            of_kind = [path for path in films if path.parent.name == kind]
            number = max(2, round(wanted * share))
            (root / split / kind).mkdir(parents=True)
            for path in of_kind[:: max(1, len(of_kind) // number)][:number]:
                (root / split / kind / path.name).symlink_to(path)
    return root


def ours(root: Path, folder: Path, weights: str) -> tuple[Case, None]:
    """The trainer itself, phase by phase."""
    from trainer.config import Config, DataConfig, FineTuneConfig, HeadConfig, ModelConfig, TrainingConfig
    from trainer.data.catalog import scan
    from trainer.data.prepare import PreparedFilms
    from trainer.data.split import make_split
    from trainer.task import load_task
    from trainer.training.callbacks import read_log
    from trainer.training.train import RunFiles, train
    from trainer.workflow import spec_of, validation_set

    config = Config(
        data=DataConfig(validation_fraction=1 / 3, stress_copies=0),
        model=ModelConfig(weights=weights),
        training=TrainingConfig(batch_size=BATCH, patience=1000),
        head=HeadConfig(epochs=HEAD_EPOCHS),
        fine_tune=FineTuneConfig(epochs=FINE_TUNE_EPOCHS),
    )
    catalog = scan(root, load_task())
    split = make_split(catalog, validation_fraction=1 / 3, seed=1, near_duplicate_bits=0)
    files = RunFiles(folder / "run")
    _link_sides(split, root, folder.parent / "sides")

    def case() -> dict[str, float]:
        start = time.perf_counter()
        files.folder.mkdir(parents=True)
        store = PreparedFilms(folder / "prepared", catalog.root, spec_of(config))
        store.make((*split.training, *split.validation))
        store.lay_out(replace(split, test=()), files.tree)
        validation = validation_set(config, split, store)
        prepared = time.perf_counter()
        train(msgspec.structs.replace(config, fine_tune=FineTuneConfig(enabled=False)), files, validation)
        looked = time.perf_counter()
        train(config, files, validation)  # continues with fine-tuning
        end = time.perf_counter()
        return {
            "prepare s": prepared - start,
            "head s": looked - prepared,
            "fine-tune s": end - looked,
            "best AUC": max(float(row["val_auc"]) for row in read_log(files.log)),
        }

    return case, None


def _link_sides(split: Any, root: Path, folder: Path) -> None:
    """Links the films of the trainer's split into folders for the plain recipe, unless they are there."""
    if folder.exists():
        return
    for side in ("training", "validation"):
        for film in split.side(side):
            place = folder / side / Path(film.path).parent.name
            place.mkdir(parents=True, exist_ok=True)
            (place / Path(film.path).name).symlink_to((root / film.path).resolve())


def plain(root: Path, folder: Path, weights: str) -> tuple[Case, None]:
    """The recipe of the Keras guide on transfer learning."""
    import keras
    from keras import layers

    from trainer.data.catalog import scan
    from trainer.data.split import make_split
    from trainer.task import load_task

    split = make_split(scan(root, load_task()), validation_fraction=1 / 3, seed=1, near_duplicate_bits=0)
    sides = folder.parent / "sides"
    _link_sides(split, root, sides)

    def case() -> dict[str, float]:
        keras.utils.set_random_seed(1)
        start = time.perf_counter()
        read: dict[str, Any] = {"label_mode": "binary", "image_size": (224, 224), "batch_size": BATCH, "verbose": False}
        training = keras.utils.image_dataset_from_directory(sides / "training", shuffle=True, seed=1, **read)
        validation = keras.utils.image_dataset_from_directory(sides / "validation", shuffle=False, **read)
        training, validation = training.prefetch(-1), validation.prefetch(-1)
        base = keras.applications.MobileNetV2(
            include_top=False, weights="imagenet" if weights == "imagenet" else None, input_shape=(224, 224, 3)
        )
        if weights not in ("imagenet", "none"):
            base.load_weights(weights)
        base.trainable = False
        pixels = keras.Input((224, 224, 3))
        seen = layers.RandomZoom(0.1)(layers.RandomRotation(0.03)(layers.RandomFlip("horizontal")(pixels)))
        seen = base(layers.Rescaling(1 / 127.5, offset=-1)(seen), training=False)
        seen = layers.Dropout(0.3)(layers.GlobalAveragePooling2D()(seen))
        model = keras.Model(pixels, layers.Dense(1, activation="sigmoid")(seen))

        def fit(epochs: int, learning_rate: float) -> float:
            metrics = ["accuracy", keras.metrics.AUC(name="auc")]
            model.compile(keras.optimizers.Adam(learning_rate), loss="binary_crossentropy", metrics=metrics)
            history = model.fit(training, validation_data=validation, epochs=epochs, verbose=0).history
            return max(history["val_auc"])

        best = fit(HEAD_EPOCHS, 1e-3)
        head_end = time.perf_counter()
        base.trainable = True
        best = max(best, fit(FINE_TUNE_EPOCHS, 1e-4))
        end = time.perf_counter()
        return {
            "prepare s": 0.0, "head s": head_end - start, "fine-tune s": end - head_end, "best AUC": best
        }  # fmt: skip

    return case, None
