"""Against values worked out by hand, against SciPy, and against truth that was planted."""

import numpy as np
import pytest
from scipy import stats

from actiscope import ArgumentError
from actiscope.studies.dissection.effects import (
    bootstrap_interval,
    cohens_d,
    ranks_of,
    roc_auc,
)
from actiscope.studies.dissection.holding_out import held_out_areas, held_out_auc
from actiscope.studies.dissection.significance import (
    default_permutations,
    false_discovery,
    permutation_p,
    rank_sum_p,
    smallest_p,
)

RUNS = 200


def drawn(seed, having=20, rest=60, channels=4, shift=0.0):
    rng = np.random.default_rng(seed)
    marked = np.arange(having + rest) < having
    return rng.normal(size=(having + rest, channels)) + shift * marked[:, np.newaxis], marked


def test_auc_by_hand():
    marked = [True, True, False, False, False]
    scores = np.array(
        [
            [9, 0, 1, 0, 3],
            [8, 0, 1, 2, 1],
            [1, 5, 1, 2, 1],
            [2, 6, 1, 0, 2],
            [3, 7, 1, 1, 1],
        ]
    )
    third = ((0 + 0.5 + 0) + (0.5 + 1 + 1)) / 6
    fourth = ((1 + 1 + 1) + (0.5 + 0 + 0.5)) / 6
    by_hand = [1, 0, 0.5, third, fourth]
    assert roc_auc(scores, marked) == pytest.approx(by_hand)


def test_auc_is_that_of_every_pair_with_many_ties():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 4, (50, 6)).astype(float)
    marked = rng.random(50) < 0.3
    for channel, found in enumerate(roc_auc(scores, marked)):
        first, second = scores[marked, channel], scores[~marked, channel]
        wins = [(a > b) + (a == b) / 2 for a in first for b in second]
        assert found == pytest.approx(np.mean(wins))
        u = stats.mannwhitneyu(first, second).statistic
        assert found == pytest.approx(u / (len(first) * len(second)))


def test_cohens_d_by_hand():
    marked = np.array([True, True, True, False, False, False])
    scores = np.array([[4, 1, 5], [5, 1, 5], [6, 1, 5], [1, 1, 2], [2, 1, 2], [3, 1, 2]])
    assert cohens_d(scores, marked).tolist() == [3, 0, np.inf]


def test_a_shift_of_the_mean_gives_the_auc_and_effect_that_theory_says():
    scores, marked = drawn(1, 3000, 3000, 3, shift=1.0)
    assert roc_auc(scores, marked) == pytest.approx(stats.norm.cdf(1 / np.sqrt(2)), abs=0.03)
    assert cohens_d(scores, marked) == pytest.approx(1, abs=0.1)


def test_intervals_cover_the_true_area():
    truth = stats.norm.cdf(1 / np.sqrt(2))
    covered = 0
    for seed in range(RUNS):
        scores, marked = drawn(seed, 40, 80, 1, shift=1.0)
        ((low, high),) = bootstrap_interval(scores, marked, resamples=400, seed=seed)
        covered += low <= truth <= high
    assert 0.89 * RUNS <= covered <= 0.985 * RUNS


def test_intervals_agree_with_scipy():
    scores, marked = drawn(5, 25, 60, 1, shift=0.7)
    having, rest = scores[marked, 0], scores[~marked, 0]

    def area(first, second, axis):
        return stats.mannwhitneyu(first, second, axis=axis).statistic / (25 * 60)

    theirs = stats.bootstrap(
        (having, rest), area, n_resamples=4000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert bootstrap_interval(scores, marked, resamples=4000)[0] == pytest.approx(theirs, abs=0.015)


def test_permutation_agrees_with_the_exact_test():
    scores, marked = drawn(3, 6, 7, 5, shift=0.8)
    found = permutation_p(scores, marked, permutations=40_000)
    for channel, p in enumerate(found):
        exact = stats.mannwhitneyu(
            scores[marked, channel], scores[~marked, channel], method="exact"
        ).pvalue
        assert p == pytest.approx(exact, abs=0.01)


def test_permutation_gives_the_area_as_found_and_its_mirror_the_same_p():
    scores, marked = drawn(4, 10, 20, 3, shift=0.6)
    assert permutation_p(scores, marked).tolist() == permutation_p(-scores, marked).tolist()


def test_a_channel_that_says_nothing_is_at_chance():
    marked = np.arange(20) < 7
    scores = np.ones((20, 2))
    assert roc_auc(scores, marked).tolist() == [0.5, 0.5]
    assert permutation_p(scores, marked).tolist() == [1, 1]
    assert bootstrap_interval(scores, marked).tolist() == [[0.5, 0.5]] * 2


def test_pure_noise_has_a_significant_channel_in_at_most_5_percent_of_runs():
    false_alarms = 0
    for seed in range(RUNS):
        scores, marked = drawn(1000 + seed, 15, 45, 40)
        p = permutation_p(scores, marked, permutations=2000, seed=seed)
        false_alarms += false_discovery(p).min() < 0.05
    assert false_alarms <= stats.binom.ppf(0.999, RUNS, 0.05)


def test_a_planted_channel_among_noise_reaches_q_below_a_hundredth():
    scores, marked = drawn(7, 15, 45, 512)
    scores[:, 300] += 5 * marked
    q = false_discovery(permutation_p(scores, marked))
    assert q.argmin() == roc_auc(scores, marked).argmax() == 300
    assert q[300] < 0.01
    assert (q < 0.05).sum() == 1


def test_the_default_lets_one_channel_reach_q_below_a_hundredth():
    for channels in (1, 64, 512, 2048):
        assert channels / (default_permutations(channels) + 1) < 0.01


def test_few_pictures_have_a_smallest_p():
    assert smallest_p(999, 100, 100) == pytest.approx(0.001)
    assert smallest_p(10**6, 3, 7) == pytest.approx(1 / 120)
    scores = np.arange(10.0)[:, np.newaxis]
    assert permutation_p(scores, np.arange(10) >= 7, permutations=20_000)[0] == pytest.approx(
        2 / 120, rel=0.2
    )


def test_held_out_pictures_take_the_luck_from_the_best_of_many():
    scores, marked = drawn(11, 20, 60, 400)
    assert roc_auc(scores, marked).max() > 0.65
    assert held_out_auc(scores, marked) == pytest.approx(0.5, abs=0.06)
    scores[:, 9] += 10 * marked
    assert held_out_auc(scores, marked) == 1
    assert held_out_auc(scores, np.arange(80) == 0) is None


def test_held_out_areas_of_several_concepts_are_those_of_each():
    scores, marked = drawn(12, 40, 120, 30)
    scores[:, 4] += 2 * marked
    others = np.arange(160) >= 100
    scores[:, 7] += others
    labels = np.array([marked, others, np.arange(160) == 3])
    found = held_out_areas(scores, labels, splits=60, seed=1)
    for area, label in zip(found[:2], labels[:2], strict=True):
        assert area == pytest.approx(held_out_auc(scores, label), abs=0.02)
    assert found[0] > 0.85
    assert np.isnan(found[2])


def test_rank_sums_are_tested_as_scipy_does():
    rng = np.random.default_rng(0)
    scores = rng.integers(0, 6, (40, 5)).astype(float)
    scores[:, 4] = 2
    labels = rng.random((3, 40)) < 0.3
    found = rank_sum_p(ranks_of(scores), labels)
    for concept, marked in enumerate(labels):
        for channel in range(4):
            theirs = stats.mannwhitneyu(
                scores[marked, channel], scores[~marked, channel], method="asymptotic"
            ).pvalue
            assert found[concept, channel] == pytest.approx(theirs)
    assert (found[:, 4] == 1).all()


@pytest.mark.parametrize("having", [2, 3, 5, 10])
def test_far_out_the_approximation_does_not_exaggerate(having):
    scores = np.arange(100.0)[:, np.newaxis]
    marked = np.arange(100) >= 100 - having
    exact = stats.mannwhitneyu(scores[marked, 0], scores[~marked, 0], method="exact").pvalue
    assert rank_sum_p(scores, marked[np.newaxis])[0, 0] >= exact


def test_everything_is_repeated_by_its_seed():
    scores, marked = drawn(2)
    for measure in (bootstrap_interval, permutation_p, held_out_auc):
        assert np.array_equal(measure(scores, marked, seed=1), measure(scores, marked, seed=1))
        assert not np.array_equal(measure(scores, marked, seed=1), measure(scores, marked, seed=2))


def test_bad_arguments():
    scores, marked = drawn(0)
    with pytest.raises(ArgumentError, match="none of the 80 pictures"):
        roc_auc(scores, np.zeros(80, bool))
    with pytest.raises(ArgumentError, match="all of the 80 pictures"):
        roc_auc(scores, np.ones(80, bool))
    with pytest.raises(ArgumentError, match="mark for each picture"):
        roc_auc(scores, marked[1:])
    with pytest.raises(ArgumentError, match="at least 1 permutation"):
        permutation_p(scores, marked, permutations=0)
    with pytest.raises(ArgumentError, match="at least 1 resample"):
        bootstrap_interval(scores, marked, resamples=0)
    scores[3, 2] = np.nan
    with pytest.raises(ArgumentError, match="channel 2 has scores"):
        roc_auc(scores, marked)
