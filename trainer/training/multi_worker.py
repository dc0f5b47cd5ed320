"""Several worker processes, on one or more machines, that train one model in step; TF_CONFIG names them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from edge_app.system.files import replace_file
from trainer.errors import ConfigError, TrainingError
from trainer.progress import say
from trainer.training.frozen_features import Features
from trainer.training.multi_worker_fit import fit_in_step
from trainer.training.team import Team, verbosity

_EXAMPLE = (
    'Give every worker the same list and its own index: TF_CONFIG=\'{"cluster": {"worker": ["10.0.0.1:5000", '
    '"10.0.0.2:5000"]}, "task": {"type": "worker", "index": 0}}\'.'
)
_GONE = (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.CancelledError, tf.errors.DeadlineExceededError)


class Workers(Team):
    """One of several workers.

    The chief's run folder is the run. The others keep no state of their own: `share` copies the chief's state to them,
    so their folders need not be on a shared disk, and a run continues where the chief stopped.
    """

    _strategy: tf.distribute.Strategy

    def __init__(self, index: int, size: int) -> None:
        """Waits for the other workers and joins them.

        Args:
            index: Index of this worker.
            size: Number of workers that TF_CONFIG names.

        Raises:
            ConfigError: This worker has several GPUs.
            TrainingError: Another worker does not join.
        """
        # At its default level TensorFlow logs every sum over the workers.
        tf.get_logger().setLevel("ERROR")
        say(f"worker {index} of {size} (0 is the chief): waiting for the others")
        on_terminate = signal.getsignal(signal.SIGTERM)
        try:
            strategy = tf.distribute.MultiWorkerMirroredStrategy()
        except tf.errors.OpError as error:
            raise TrainingError(
                f"Worker {index} of {size} could not join the others.",
                hint="Are all started, and can their addresses in TF_CONFIG be reached and bound?",
                detail=_first_line(error),
            ) from error
        # TensorFlow treats SIGTERM as a preemption warning and continues. Here it ends a worker, as any process.
        signal.signal(signal.SIGTERM, on_terminate)
        super().__init__(strategy)
        if strategy.num_replicas_in_sync != size:
            raise ConfigError(
                "A worker drives one GPU.",
                hint="Start one worker for each, with CUDA_VISIBLE_DEVICES set to its number.",
            )
        self.index = index
        self.size = size

    @classmethod
    def from_environment(cls, batch_size: int) -> Workers:
        """Joins the workers that TF_CONFIG names.

        Args:
            batch_size: Number of films in a step, over all workers.

        Raises:
            ConfigError: TF_CONFIG is missing or names no team, or the batch cannot be divided evenly.
            TrainingError: Another worker does not join.
        """
        index, size = read_tf_config(os.environ.get("TF_CONFIG", ""))
        if batch_size % size:
            raise ConfigError(
                f"training.batch_size={batch_size} cannot be divided evenly among {size} workers.",
                hint=f"Make it a multiple of {size}.",
            )
        return cls(index, size)

    @contextlib.contextmanager
    def at_work(self) -> Iterator[None]:
        """See `Team.at_work`.

        Raises:
            TrainingError: Another worker is gone.
        """
        try:
            yield
        except _GONE as error:
            raise TrainingError(
                f"Worker {self.index} stopped: another of the {self.size} workers is gone, or cannot be reached.",
                hint="Its own output says why. Start all of them again with the same command to go on.",
                detail=_first_line(error),
            ) from error

    def agree(self, what: str, digest: str) -> None:
        """See `Team.agree`."""
        mine = np.frombuffer(bytes.fromhex(digest), dtype=np.int32)
        all_of_them = self._gather(mine[None])
        others = [index for index, row in enumerate(all_of_them) if (row != all_of_them[0]).any()]
        if others:
            raise TrainingError(
                f"Not all workers have the same {what}: {_listed(others)} differ from worker 0.",
                hint="Give all of them the same data set, configuration and version.",
            )

    def folder(self, run: Path) -> Path:
        """See `Team.folder`. Workers may share a disk: the chief's run stays untouched by the others."""
        return run if self.is_chief else run / f"worker-{self.index}"

    def share(self, paths: Sequence[Path]) -> None:
        """See `Team.share`."""
        for path in paths:
            content = path.read_bytes() if self.is_chief and path.is_file() else None
            received = self._broadcast(content)
            if self.is_chief:
                continue
            if received is None:
                path.unlink(missing_ok=True)
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with replace_file(path) as stream:
                stream.write(received)

    def shard(self, films: tf.data.Dataset) -> tf.data.Dataset:
        """See `Team.shard`."""
        return films.shard(self.size, self.index)

    def collect(self, features: Features, passes: int) -> Features:
        """See `Team.collect`."""
        vectors, labels = self._gather(features.vectors), self._gather(features.labels)
        count = len(labels) // passes
        # The vectors come worker after worker, pass after pass of each; these are their places.
        places = np.concatenate(
            [
                number * count + np.arange(index, count, self.size)
                for index in range(self.size)
                for number in range(passes)
            ]
        )
        order = np.argsort(places)
        return Features(vectors[order], labels[order])

    def fit(
        self,
        model: keras.Model,
        batches: tf.data.Dataset,
        *,
        epochs: int,
        validation: tf.data.Dataset,
        class_weights: dict[int, float] | None,
        callbacks: list[keras.callbacks.Callback],
    ) -> None:
        """See `Team.fit`."""
        if class_weights is not None:
            batches = batches.map(_weigher(class_weights))
        fit_in_step(
            self._strategy,
            model,
            batches,
            epochs=epochs,
            validation=validation.shard(self.size, self.index),
            callbacks=keras.callbacks.CallbackList(
                callbacks,
                add_history=True,
                add_progbar=self.is_chief,
                model=model,
                verbose=verbosity(),
                epochs=epochs,
                steps=int(batches.cardinality()),
            ),
        )

    def _gather(self, mine: NDArray[Any]) -> NDArray[Any]:
        """Concatenates the arrays of all workers along the first axis, on every worker."""
        return np.asarray(self._strategy.gather(tf.constant(mine), axis=0))

    def _broadcast(self, content: bytes | None) -> bytes | None:
        """The chief's bytes, on every worker; None where the chief has none."""
        length = int(self._sum(np.array([-1 if content is None else len(content)], np.int32))[0])
        if length <= 0:  # TensorFlow crashes on a sum of no values.
            return None if length < 0 else b""
        padded = (content or b"").ljust(-(-length // 4) * 4, b"\0")
        words = np.frombuffer(padded, np.int32)
        return self._sum(words).tobytes()[:length]

    def _sum(self, chiefs: NDArray[np.int32]) -> NDArray[np.int32]:
        """The chief's numbers on every worker: the sum of them and of the others' zeros."""
        mine = chiefs if self.is_chief else np.zeros_like(chiefs)
        total = self._strategy.reduce(tf.distribute.ReduceOp.SUM, tf.constant(mine), axis=None)
        return np.asarray(total, dtype=np.int32)


def read_tf_config(text: str) -> tuple[int, int]:
    """Reads TF_CONFIG.

    Args:
        text: JSON; `cluster.worker` lists all addresses, `task` says which of them this process is.

    Returns:
        This worker's index, and the number of workers.

    Raises:
        ConfigError: It is missing, is no such JSON, or names fewer than two workers.
    """
    if not text:
        raise ConfigError("training.strategy=multi_worker needs TF_CONFIG, which is not set.", hint=_EXAMPLE)
    try:
        config = json.loads(text)
        jobs, task = config["cluster"], config["task"]
        addresses, kind, index = jobs["worker"], task["type"], int(task["index"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError("TF_CONFIG cannot be read.", hint=_EXAMPLE, detail=repr(error)) from error
    if kind != "worker" or set(jobs) != {"worker"}:
        raise ConfigError("TF_CONFIG may name workers only; the first of them is the chief.", hint=_EXAMPLE)
    if len(addresses) < 2 or not 0 <= index < len(addresses):
        raise ConfigError(
            f"TF_CONFIG names {len(addresses)} worker(s), and this one has index {index}.",
            hint="Several workers are at least two; for one machine use training.strategy=mirrored.",
        )
    return index, len(addresses)


def _weigher(class_weights: dict[int, float]) -> Any:
    table = tf.constant([class_weights[label] for label in sorted(class_weights)], tf.float32)
    return lambda films, labels: (films, labels, tf.gather(table, tf.cast(labels[:, 0], tf.int32)))


def _listed(indices: list[int]) -> str:
    return "workers " + ", ".join(map(str, indices)) if len(indices) > 1 else f"worker {indices[0]}"


def _first_line(error: tf.errors.OpError) -> str:
    return str(error.message).partition("\n")[0]
