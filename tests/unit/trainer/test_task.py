"""A task is read from a file, and what cannot be meant is refused with the next step."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_app.bundle import open_bundle
from trainer.errors import ConfigError
from trainer.task import TASKS, Task, load_task

SHIPPED = (TASKS / "pneumonia.toml").read_text(encoding="utf-8")


def _task(folder: Path, text: str, *overrides: str) -> Task:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return load_task(path, overrides)


def test_the_shipped_task_describes_the_shipped_bundle() -> None:
    task, manifest = load_task(), open_bundle().manifest

    assert (task.bundle.name, task.bundle.version) == (manifest.identity.name, manifest.identity.version)
    assert task.labels == manifest.labels
    assert task.intended_use == manifest.intended_use
    assert task.bundle.keras == manifest.keras.path
    assert {v: task.bundle.tflite(v) for v in manifest.variants} == {
        v: model.file.path for v, model in manifest.variants.items()
    }


def test_a_file_is_a_task_named_after_it_and_its_recipe_can_be_overridden(tmp_path: Path) -> None:
    task = _task(tmp_path, SHIPPED, "fine_tune.epochs=3", "model.weights=path/to/file.h5")

    assert task.name == "own"
    assert (task.recipe.fine_tune.epochs, task.recipe.model.weights) == (3, "path/to/file.h5")
    assert task.recipe.training.augment == "strong"


def test_an_unknown_name_lists_the_tasks_there_are() -> None:
    with pytest.raises(ConfigError, match="could not be read") as caught:
        load_task("pneumonie")
    assert "pneumonia" in caught.value.hint


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("negative = \"NORMAL\"", "negatve = \"NORMAL\"", "Unknown key labels.negatve"),
        ("[dataset]\nname", "[dataset]\nnme", "Unknown key dataset.nme"),
        ("(?P<patient>person", "(person", "has no group"),
        ("(?P<patient>person", "(?P<patient>[person", "no regular expression"),
        ("file_stem = \"pneumonia_model\"", "file_stem = \"../model\"", "file_stem"),
        ("[recipe.training]", "[recipe.trainings]", "Unknown key trainings"),
        ("[labels]", "= [labels]", "is not TOML"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_named(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert old in SHIPPED
    with pytest.raises(ConfigError, match=words):
        _task(tmp_path, SHIPPED.replace(old, new))


def test_the_external_site_is_used_where_its_folder_exists(tmp_path: Path) -> None:
    data = tmp_path / "chest_xray"
    data.mkdir()
    assert load_task().external_folder(data) is None

    (tmp_path / "second_site").mkdir()
    assert load_task().external_folder(data) == (tmp_path / "second_site").resolve()
