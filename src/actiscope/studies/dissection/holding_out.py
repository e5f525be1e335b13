"""What the best of many channels is worth on pictures that it was not chosen on."""

import numpy as np
import numpy.typing as npt

from actiscope.studies.dissection.effects import Floats, Marked, areas_of, check_scores, ranks_of

SPLITS = 100


def held_out_auc(
    scores: npt.ArrayLike, marked: npt.ArrayLike, *, splits: int = SPLITS, seed: int = 0
) -> float | None:
    """Return the area that the best channel of one half of the pictures has on the other half.

    The best of many channels is best partly by luck; on other pictures it has none.

    Parameters
    ----------
    scores, marked
        As for `effects.roc_auc`.
    splits : int
        How many times the pictures are halved, those with the concept and the rest alike.
    seed : int
        Of the random numbers.

    Returns
    -------
    float or None
        Mean over the splits; None with fewer than two pictures with the concept, or without.

    Raises
    ------
    ArgumentError
        As for `effects.roc_auc`.
    """
    values, marks = check_scores(scores, marked)
    area = float(held_out_areas(values, marks[np.newaxis], splits=splits, seed=seed)[0])
    return None if np.isnan(area) else area


def held_out_areas(scores: Floats, labels: Marked, *, splits: int, seed: int) -> Floats:
    """Return the same for several concepts, on the same halves.

    Parameters
    ----------
    scores : ndarray of float64, (N, C)
        Finite.
    labels : ndarray of bool, (K, N)
        Which pictures have each concept.
    splits, seed : int
        As for `held_out_auc`; pictures with the same concepts are halved.

    Returns
    -------
    ndarray of float64, (K,)
        NaN for a concept that no split brought into both halves.
    """
    rng = np.random.default_rng(seed)
    _, alike = np.unique(labels, axis=1, return_inverse=True)
    areas: list[Floats] = []
    for _ in range(splits):
        order = rng.permutation(labels.shape[1])
        order = order[np.argsort(alike[order], kind="stable")]
        first, second = (
            areas_of(ranks_of(scores[half]), labels[:, half]) for half in (order[::2], order[1::2])
        )
        known = ~np.isnan(first[:, 0])
        best = np.where(known, np.nan_to_num(first).argmax(axis=1), 0)
        found = second[np.arange(len(labels)), best]
        areas.append(np.where(known, found, np.nan))
    told = np.array(areas)
    counted = (~np.isnan(told)).sum(axis=0)
    return np.where(counted > 0, np.nansum(told, axis=0) / np.maximum(counted, 1), np.nan)
