from __future__ import annotations

import json

import numpy as np
import pytest
import tensorflow as tf

from trainer.data.pipeline import training_batches
from trainer.errors import ConfigError
from trainer.training.multi_worker import Workers, read_tf_config

TWO = {"cluster": {"worker": ["10.0.0.1:5000", "10.0.0.2:5000"]}, "task": {"type": "worker", "index": 1}}


def test_tf_config_says_who_this_worker_is() -> None:
    assert read_tf_config(json.dumps(TWO)) == (1, 2)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not set"),
        ("worker 0 of 2", "cannot be read"),
        ("[]", "cannot be read"),
        ('{"cluster": {"worker": ["a:1", "b:1"]}}', "cannot be read"),
        (json.dumps(TWO | {"cluster": {"ps": ["a:1"], "worker": ["a:1", "b:1"]}}), "workers only"),
        (json.dumps(TWO | {"task": {"type": "evaluator", "index": 0}}), "workers only"),
        (json.dumps(TWO | {"cluster": {"worker": ["a:1"]}}), "1 worker"),
        (json.dumps(TWO | {"task": {"type": "worker", "index": 2}}), "index 2"),
    ],
)
def test_a_tf_config_that_names_no_team_is_refused(text: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said) as caught:
        read_tf_config(text)
    assert caught.value.hint


def test_a_batch_that_cannot_be_shared_out_is_refused_before_anything_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_CONFIG", json.dumps(TWO))
    with pytest.raises(ConfigError, match="batch_size=33 cannot be divided evenly among 2 workers"):
        Workers.from_environment(33)


def test_the_parts_of_the_workers_make_up_the_batches_of_one_process() -> None:
    films = tf.data.Dataset.from_tensor_slices(
        (np.arange(22, dtype=np.uint8)[:, None, None, None], np.arange(22, dtype=np.float32)[:, None])
    )

    def labels(worker: int = 0, workers: int = 1) -> list[list[float]]:
        batches = training_batches(films, count=22, batch_size=6, seed=3, augment=None, worker=worker, workers=workers)
        return [label[:, 0].tolist() for _, label in batches.as_numpy_iterator()]

    tf.random.set_seed(1)
    whole = labels()
    parts = []
    for worker in range(3):
        tf.random.set_seed(1)
        parts.append(labels(worker, 3))
    assert whole == [[*one, *two, *three] for one, two, three in zip(*parts, strict=True)]
    assert [len(batch) for batch in whole] == [6, 6, 6]
