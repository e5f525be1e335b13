"""How well each channel tells pictures with a concept from the rest.

Scores are (N, C), one for each picture and channel; `marked` says which pictures have the concept.
Ties count half everywhere.
"""

import numpy as np
import numpy.typing as npt

from actiscope.errors import ArgumentError

Floats = npt.NDArray[np.float64]
Marked = npt.NDArray[np.bool_]

CONFIDENCE = 0.95
RESAMPLES = 2000


def check_scores(scores: npt.ArrayLike, marked: npt.ArrayLike) -> tuple[Floats, Marked]:
    """Return scores and marks as arrays that belong together.

    Parameters
    ----------
    scores : array_like, (N, C)
        Finite numbers.
    marked : array_like of bool, (N,)
        Which pictures have the concept.

    Returns
    -------
    ndarray of float64, ndarray of bool
        The same.

    Raises
    ------
    ArgumentError
        If they do not fit, are not finite, or all pictures or none have the concept.
    """
    values = np.asarray(scores, dtype=np.float64)
    marks = np.asarray(marked, dtype=bool)
    if values.ndim != 2 or marks.shape != values.shape[:1]:
        raise ArgumentError(
            f"scores are (pictures, channels) with a mark for each picture, not {values.shape} "
            f"with {marks.shape}"
        )
    if not np.isfinite(values).all():
        channel = int(np.argmin(np.isfinite(values).all(axis=0)))
        raise ArgumentError(f"channel {channel} has scores that are no finite numbers")
    if marks.all() or not marks.any():
        which = "all" if marks.all() and marks.size else "none"
        raise ArgumentError(
            f"{which} of the {marks.size} pictures have the concept: there is nothing to compare"
        )
    return values, marks


def roc_auc(scores: npt.ArrayLike, marked: npt.ArrayLike) -> Floats:
    """Return the area under the ROC curve of each channel.

    It is the probability that a picture with the concept scores higher than one without.

    Parameters
    ----------
    scores : array_like, (N, C)
        One for each picture and channel.
    marked : array_like of bool, (N,)
        Which pictures have the concept.

    Returns
    -------
    ndarray of float64, (C,)
        0-1; 0.5 is chance.

    Raises
    ------
    ArgumentError
        If they do not fit, are not finite, or all pictures or none have the concept.

    References
    ----------
    J. A. Hanley and B. J. McNeil, "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve", Radiology 143 (1982), https://doi.org/10.1148/radiology.143.1.7063747.

    Examples
    --------
    >>> roc_auc([[1.0], [2.0], [2.0], [3.0]], [False, False, True, True])
    array([0.875])
    """
    values, marks = check_scores(scores, marked)
    return np.asarray(areas_of(ranks_of(values), marks[np.newaxis])[0])


def cohens_d(scores: npt.ArrayLike, marked: npt.ArrayLike) -> Floats:
    """Return the difference of the means in pooled standard deviations, for each channel.

    Parameters
    ----------
    scores, marked
        As for `roc_auc`.

    Returns
    -------
    ndarray of float64, (C,)
        0 where the means are equal; infinite where they differ and nothing varies, NaN with fewer
        than three pictures.

    Raises
    ------
    ArgumentError
        As for `roc_auc`.

    References
    ----------
    J. Cohen, "Statistical Power Analysis for the Behavioral Sciences", 2nd edition, 1988, page 66.
    """
    values, marks = check_scores(scores, marked)
    having, rest = values[marks], values[~marks]
    difference = having.mean(axis=0) - rest.mean(axis=0)
    squares = sum(np.square(each - each.mean(axis=0)).sum(axis=0) for each in (having, rest))
    with np.errstate(divide="ignore", invalid="ignore"):
        effect = difference / np.sqrt(squares / np.float64(len(values) - 2))
    return np.where(difference == 0, 0.0, effect)


def bootstrap_interval(
    scores: npt.ArrayLike,
    marked: npt.ArrayLike,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Floats:
    """Return a 95 % confidence interval of the area under the ROC curve of each channel.

    Pictures with the concept and those without are drawn with replacement, each from their own;
    the interval lies between percentiles of the areas that result. All channels see the same draws.

    Parameters
    ----------
    scores, marked
        As for `roc_auc`.
    resamples : int
        How many draws.
    seed : int
        Of the random numbers.

    Returns
    -------
    ndarray of float64, (C, 2)
        Lower and upper end. One point where no picture of the rest scores higher than one with the
        concept: no draw can then differ.

    Raises
    ------
    ArgumentError
        As for `roc_auc`, or if `resamples` is below 1.

    References
    ----------
    B. Efron and R. J. Tibshirani, "An Introduction to the Bootstrap", 1993, chapters 8 and 13.
    """
    values, marks = check_scores(scores, marked)
    if resamples < 1:
        raise ArgumentError(f"there is at least 1 resample, not {resamples}")
    rng = np.random.default_rng(seed)
    having, rest = values[marks], values[~marks]
    times, other_times = (
        rng.multinomial(len(each), np.full(len(each), 1 / len(each)), resamples).astype(np.float64)
        for each in (having, rest)
    )
    tail = 100 * (1 - CONFIDENCE) / 2
    intervals = np.empty((values.shape[1], 2))
    for channel in range(values.shape[1]):
        wins = np.sign(having[:, channel, np.newaxis] - rest[:, channel]) + 1
        areas = np.einsum("bn,bn->b", times @ wins, other_times) / (2 * wins.size)
        intervals[channel] = np.percentile(areas, (tail, 100 - tail))
    return intervals


def ranks_of(values: Floats) -> Floats:
    """Return the ranks of the pictures for each channel, from 1; ties share their mean."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(values, axis=0), dtype=np.float64)


def areas_of(ranks: Floats, labels: Marked) -> Floats:
    """Return the area of each channel for several concepts at once.

    Parameters
    ----------
    ranks : ndarray of float64, (N, C)
        As `ranks_of` gives them.
    labels : ndarray of bool, (K, N)
        Which pictures have each concept.

    Returns
    -------
    ndarray of float64, (K, C)
        0-1; NaN for a concept that all pictures have, or none.
    """
    having = labels.sum(axis=1, keepdims=True).astype(np.float64)
    pairs = having * (labels.shape[1] - having)
    sums = labels.astype(np.float64) @ ranks
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((sums - having * (having + 1) / 2) / pairs)
