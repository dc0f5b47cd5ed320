"""Tables of trials, paired differences, agreement of rankings, and the report that is made of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from edge_app.bundle.bundle import SHIPPED_BUNDLE
from edge_app.imaging.preprocess import PreprocessSpec
from trainer.data.catalog import scan
from trainer.errors import ConfigError
from trainer.evaluation.figures import read_metrics
from trainer.evaluation.predictions import Scores
from trainer.research.differences import (
    STATISTICS,
    ScoredFilms,
    estimate,
    paired_difference,
    recall_at_specificity,
    seed_noise,
)
from trainer.research.films import SETS, TrialFilms, epoch_films, evenly
from trainer.research.precisions import measure
from trainer.research.rank_agreement import agreement
from trainer.research.report import Outcome, noise_of, report, verdict
from trainer.research.table import Table, Trial, read_table
from trainer.research.trial import load_scores, measures, save_scores
from trainer.statistics.metrics import auc
from trainer.task import load_task

TABLE = """
title = "Small"
[scoring]
films = 6
epoch_films = 2
[base]
"data.validation_fraction" = 0.2
"data.training_films" = 20
[[trial]]
name = "plain recipe"
[[trial]]
name = "no augmentation"
question = "Does it help?"
"training.augment" = "none"
unseen = "viral"
[[trial]]
name = "plain recipe, seed 2"
seed = 2
[[trial]]
name = "from nothing"
"model.weights" = "none"
"""


@pytest.fixture
def table(tmp_path: Path) -> Table:
    path = tmp_path / "table.toml"
    path.write_text(TABLE)
    return read_table(path, weights="some.weights.h5")


def _by_name(table: Table) -> dict[str, Trial]:
    return {trial.name: trial for trial in table.trials}


def test_a_trial_is_the_base_with_its_own_keys(table: Table) -> None:
    trial = _by_name(table)["no augmentation"]

    assert (trial.config.training.augment, trial.config.data.training_films) == ("none", 20)
    assert trial.against == "plain recipe"
    assert trial.config.model.weights == "some.weights.h5"
    assert _by_name(table)["from nothing"].config.model.weights == "none"


def test_a_recipe_is_trained_again_without_a_kind_behind_all_others(table: Table) -> None:
    last = table.trials[-1]
    assert (last.without, last.recipe) == ("viral", "no augmentation")
    assert len({trial.key for trial in table.trials}) == len(table.trials)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[base]", "names no trials"),
        ("[[trial]]\nseed = 1", "has no name"),
        ('[[trial]]\nname = "a"\n"training.agument" = "none"', "training.augment"),
        ('[[trial]]\nname = "a"\nagainst = "b"', "'b', which is no trial"),
        ('[[trial]]\nname = "a"\n[[trial]]\nname = "a"', "Two trials"),
        ("[scoring]\nfims = 3", "fims"),
        ("[[trial", "cannot be read"),
        ('[[trial]]\nname = "a"\n"training.strategy" = "multi_worker"', "one process"),
    ],
)
def test_a_faulty_table_is_named_with_its_fault(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "faulty.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        read_table(path)
    assert says in str(error.value)
    assert "faulty.toml" in str(error.value)


def test_shipped_tables_share_their_first_trial_so_that_it_runs_once() -> None:
    configs = Path(__file__).parents[4] / "trainer" / "research" / "configs"
    compare, experiments = (read_table(configs / f"{name}.toml") for name in ("compare", "experiments"))
    assert compare.trials[0].key == experiments.trials[0].key


def test_both_folds_are_kept_from_the_training_and_a_kind_too(data_set: Path, tmp_path: Path, table: Table) -> None:
    films = TrialFilms(scan(data_set, load_task()), tmp_path / "runs")
    spec = PreprocessSpec(height=32, width=32)
    plain, without = _by_name(table)["plain recipe"], table.trials[-1]

    split = films.split(plain)
    held_out = {film.patient for fold in (0, 1) for film in films._fold(plain, fold).validation}
    assert {film.patient for film in split.training} & held_out == set()
    assert 15 <= len(split.training) <= 20
    assert "viral" in {film.kind for film in split.training}
    assert {film.kind for film in films.split(without).training} == {"normal", "bacterial"}

    scored = films.scored(plain, spec)
    assert set(scored) == set(SETS)
    assert {len(chosen.labels) for chosen in scored.values()} == {6}
    assert set(scored["viral"].kinds) == {"normal", "viral"}
    assert not set(scored["plain"].patients) & set(scored["check"].patients)
    assert np.array_equal(scored["plain"].patients, scored["stressed"].patients)
    assert not np.array_equal(scored["plain"].films, scored["stressed"].films)


def test_a_seed_trains_on_the_same_films(data_set: Path, tmp_path: Path, table: Table) -> None:
    films = TrialFilms(scan(data_set, load_task()), tmp_path / "runs")
    first, second = (films.split(_by_name(table)[name]) for name in ("plain recipe", "plain recipe, seed 2"))
    assert first.sha256 == second.sha256


def test_the_films_an_epoch_is_chosen_by_hold_both_classes(data_set: Path, tmp_path: Path, table: Table) -> None:
    films = TrialFilms(scan(data_set, load_task()), tmp_path / "runs")
    scored = films.scored(_by_name(table)["plain recipe"], PreprocessSpec(height=32, width=32))
    assert "viral" not in epoch_films(scored["plain"], scored["stressed"], 6, without="viral").kinds

    chosen = epoch_films(scored["plain"], scored["stressed"], 4)
    assert chosen.films.shape == (8, 32, 32)
    assert set(chosen.labels) == {0, 1}
    assert chosen.stressed.tolist() == [False] * 4 + [True] * 4


def test_a_quantized_file_is_held_against_its_float_file() -> None:
    labels = np.array([0] * 10 + [1] * 4)
    features = np.zeros((14, 1), np.float32)
    grids = np.random.default_rng(0).random((14, 3, 3)).astype(np.float32)
    before = Scores(np.array([*np.arange(10) / 10, 0.95, 0.85, 0.75, 0.1]), grids, features)
    # Nine of ten normal films are at most 0.8: 0.85 is called, 0.79 is not, and it now lies below a normal film more.
    after = Scores(np.array([*np.arange(10) / 10, 0.95, 0.79, 0.75, 0.1]), 2 * grids, features)

    parity = measure(after, before, labels, 2_500_000)

    assert parity.changed == pytest.approx(1 / 14)
    assert parity.worst == pytest.approx(0.06)
    assert parity.evidence == pytest.approx(1.0)
    assert parity.megabytes == 2.5
    assert parity.auc_drop == pytest.approx(1 / 40)


def test_items_are_taken_evenly() -> None:
    assert list(evenly(range(9), 3)) == [0, 4, 8]
    assert list(evenly(range(4), 0)) == [0, 1, 2, 3]


def test_auc_is_that_of_scikit_learn_with_ties() -> None:
    random = np.random.default_rng(0)
    labels = random.integers(0, 2, 200)
    scores = np.round(labels * 0.3 + random.random(200), 1)
    assert auc(labels, scores) == pytest.approx(roc_auc_score(labels, scores))


def test_recall_is_taken_above_what_the_normal_films_do_not_exceed() -> None:
    labels = np.array([0] * 10 + [1] * 4)
    scores = np.array([*np.arange(10) / 10, 0.95, 0.85, 0.8, 0.1])
    # Nine of ten normal films are at most 0.8: two pneumonia films lie above.
    assert recall_at_specificity(labels, scores) == 0.5
    assert recall_at_specificity(labels, np.ones(14)) == 0.0


def _scored_films(seed: int, shift: float, noise: float = 1.0) -> ScoredFilms:
    """120 films of 60 patients; who is hard to judge is the same in every trial, the trial's own noise is not."""
    labels = np.repeat([0, 1], 60)
    hard = np.random.default_rng(0).normal(0, 1, 120)
    own = np.random.default_rng(seed).normal(0, noise, 120)
    return ScoredFilms(labels, np.repeat(np.arange(60), 2).astype(str), hard + shift * labels + own)


def test_a_pairing_sees_what_the_single_intervals_hide() -> None:
    weak, strong = _scored_films(1, 1.5, noise=0.1), _scored_films(2, 2.0, noise=0.1)
    one, other = estimate("auc", weak), estimate("auc", strong)
    assert one["high"] > other["low"]  # each alone cannot tell

    difference = paired_difference("auc", strong, weak)

    assert difference.value == pytest.approx(other["value"] - one["value"], abs=2e-4)
    assert difference.low > 0
    assert difference.exceeds(noise=0.0)
    assert not difference.exceeds(noise=0.5)


def test_a_trial_does_not_differ_from_itself_and_other_films_are_refused() -> None:
    scored = _scored_films(1, 1.0)
    same = paired_difference("auc", scored, scored)
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert verdict(same, 0.0) == "within noise"
    with pytest.raises(ValueError, match="same films"):
        paired_difference("auc", scored, ScoredFilms(scored.labels, scored.patients[::-1], scored.probabilities))


def test_rankings_worked_by_hand() -> None:
    found = agreement([1, 2, 3, 4], [1, 3, 2, 4], noise=1.5)
    assert found is not None
    # One of six pairs is swapped; of the three that are more than 1.5 apart none is.
    assert found.kendall == pytest.approx(4 / 6)
    assert found.spearman == pytest.approx(1 - 6 * 2 / (4 * 15))
    assert (found.pairs, found.alike) == (3, 3)
    assert agreement([1, 2, 3], [1, 2, 3]) is None
    assert agreement([1, 1, 1, 1], [1, 2, 3, 4]) is None


def test_the_noise_of_a_seed_is_the_widest_gap() -> None:
    assert seed_noise([0.90, 0.93, 0.91]) == pytest.approx(0.03)
    assert seed_noise([0.9]) == 0


def _outcome(trial: Trial, scored: ScoredFilms) -> Outcome:
    found = measures(scored)
    result = {"measures": dict.fromkeys(SETS, found), "parameters": 10, "training_films": 20}
    return Outcome(trial, result, dict.fromkeys(SETS, scored))


def test_the_report_says_better_only_beyond_the_noise_of_a_seed(table: Table) -> None:
    trials = _by_name(table)
    plain, again = (
        _outcome(trials[n], _scored_films(1, s, 0.1))
        for n, s in (("plain recipe", 1.5), ("plain recipe, seed 2", 1.52))
    )
    better = _outcome(trials["no augmentation"], _scored_films(2, 3.0, 0.1))

    assert 0 < noise_of([plain, again])["plain", "auc"] < 0.02
    text = report([(table, [plain, better, again], ["resnet50: no weights."])])
    assert "**no augmentation** against *plain recipe*: recall on plain films +" in text
    assert "**better**" in text
    assert "- resnet50: no weights." in text
    assert "- **better**: no augmentation (against plain recipe)" in text

    same = _outcome(trials["no augmentation"], _scored_films(1, 1.51, 0.1))
    assert "**better**" not in report([(table, [plain, same, again], [])])


def test_the_report_shows_the_best_epoch_of_each_phase_of_the_shipped_training(table: Table) -> None:
    def epoch(phase: str, number: int, value: float) -> dict[str, object]:
        keys = ("val_sensitivity_at_specificity_90", "val_recall", "val_specificity", "val_auc")
        return {"phase": phase, "epoch": number, **dict.fromkeys(keys, value)}

    epochs = [epoch("head", 0, 0.80), epoch("head", 1, 0.85), epoch("fine_tune", 0, 0.97), epoch("fine_tune", 1, 0.96)]
    text = report([(table, [], [])], msgspec.structs.replace(read_metrics(SHIPPED_BUNDLE), epochs=epochs))

    assert "| head only | 2 | 0.850 | 0.850 | 0.850 | 0.850 |" in text
    assert "| fine-tuned | 1 | 0.970 | 0.970 | 0.970 | 0.970 |" in text


def test_what_a_trial_says_of_each_film_is_kept(tmp_path: Path) -> None:
    scored = {name: _scored_films(i, 1.0) for i, name in enumerate(SETS)}
    save_scores(tmp_path / "scores.npz", scored)
    kept = load_scores(tmp_path / "scores.npz")
    for name in SETS:
        assert np.array_equal(kept[name].probabilities, scored[name].probabilities)
        assert np.array_equal(kept[name].patients, scored[name].patients)
    assert set(measures(kept["plain"])) == set(STATISTICS)
