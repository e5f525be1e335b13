"""Whether what tells pictures apart could be chance, among many channels."""

import math

import numpy as np
import numpy.typing as npt

from actiscope.errors import ArgumentError
from actiscope.studies.dissection.effects import Floats, Marked, check_scores, ranks_of

FEWEST_PERMUTATIONS = 10_000
PERMUTATIONS_A_CHANNEL = 100
"""With as many, the single channel of a layer that answers can reach q < 0.01."""

_BLOCK = 2**22
"""Labels that are permuted at a time."""


def permutation_p(
    scores: npt.ArrayLike,
    marked: npt.ArrayLike,
    *,
    permutations: int | None = None,
    seed: int = 0,
) -> Floats:
    """Return how probable an area as far from 0.5 is by chance, for each channel.

    Which pictures have the concept is drawn by lot, and the areas that result are compared with the
    one found: two-sided, the labels as they are counted as one draw.

    Parameters
    ----------
    scores, marked
        As for `effects.roc_auc`.
    permutations : int, optional
        How many draws, the same for all channels; `default_permutations` by default.
    seed : int
        Of the random numbers.

    Returns
    -------
    ndarray of float64, (C,)
        Above 0, at most 1. Not corrected for the number of channels: see `false_discovery`.

    Raises
    ------
    ArgumentError
        As for `effects.roc_auc`, or if `permutations` is below 1.

    References
    ----------
    B. Phipson and G. K. Smyth, "Permutation P-values Should Never Be Zero", Statistical
    Applications in Genetics and Molecular Biology 9 (2010), https://doi.org/10.2202/1544-6115.1585.
    """
    values, marks = check_scores(scores, marked)
    if permutations is None:
        permutations = default_permutations(values.shape[1])
    if permutations < 1:
        raise ArgumentError(f"there is at least 1 permutation, not {permutations}")
    rng = np.random.default_rng(seed)
    ranks = 2 * ranks_of(values) - (
        len(values) + 1
    )  # whole numbers around 0, so that sums are exact
    found = np.abs(ranks[marks].sum(axis=0))
    as_far = np.zeros(values.shape[1], dtype=np.int64)
    block = max(1, _BLOCK // len(marks))
    for start in range(0, permutations, block):
        labels = np.tile(marks, (min(block, permutations - start), 1))
        sums = rng.permuted(labels, axis=1).astype(np.float64) @ ranks
        as_far += (np.abs(sums) >= found).sum(axis=0)
    return (1 + as_far) / (1 + permutations)


def rank_sum_p(ranks: Floats, labels: Marked) -> Floats:
    """Return how probable an area as far from 0.5 is by chance, for several concepts at once.

    The test of Mann and Whitney, two-sided, by the normal approximation with corrections for ties
    and continuity: where `permutation_p` of every channel for every concept would take too long.
    Far from 0.5 it gives a larger p than the exact test where few pictures have the concept.

    Parameters
    ----------
    ranks : ndarray of float64, (N, C)
        As `effects.ranks_of` gives them.
    labels : ndarray of bool, (K, N)
        Which pictures have each concept: some, not all.

    Returns
    -------
    ndarray of float64, (K, C)
        0-1; 1 where a channel says the same of all pictures.

    References
    ----------
    H. B. Mann and D. R. Whitney, "On a Test of Whether one of Two Random Variables is
    Stochastically Larger than the Other", Ann. Math. Statist. 18 (1947),
    https://doi.org/10.1214/aoms/1177730491.
    """
    from scipy.stats import norm

    count = len(ranks)
    having = labels.sum(axis=1, keepdims=True).astype(np.float64)
    off = np.abs(labels.astype(np.float64) @ (ranks - (count + 1) / 2)) - 0.5
    spread = ranks.var(axis=0) * having * (count - having) / (count - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * norm.sf(off / np.sqrt(spread))
    return np.where(spread > 0, np.minimum(p, 1), 1.0)


def default_permutations(channels: int) -> int:
    """Return how many permutations let one channel of so many reach q < 0.01."""
    return max(FEWEST_PERMUTATIONS, PERMUTATIONS_A_CHANNEL * channels)


def smallest_p(permutations: int, having: int, rest: int) -> float:
    """Return about the smallest p that a permutation test can give.

    Parameters
    ----------
    permutations : int
        How many draws.
    having, rest : int
        How many pictures have the concept, and how many do not: with few, the labels as they are
        turn up among the draws.

    Returns
    -------
    float
        0-1.
    """
    return max(1 / (1 + permutations), 1 / math.comb(having + rest, having))


def false_discovery(p_values: npt.ArrayLike) -> Floats:
    """Return q-values: the share of false discoveries among all channels that are as improbable.

    Parameters
    ----------
    p_values : array_like, (C,)
        Of all channels of the layer.

    Returns
    -------
    ndarray of float64, (C,)
        0-1.

    References
    ----------
    Y. Benjamini and Y. Hochberg, "Controlling the False Discovery Rate", J. R. Statist. Soc. B 57
    (1995), https://doi.org/10.1111/j.2517-6161.1995.tb02031.x.
    """
    from scipy.stats import false_discovery_control

    return np.asarray(false_discovery_control(p_values), dtype=np.float64)
