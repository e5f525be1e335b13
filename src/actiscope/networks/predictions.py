"""What a classifier says of a picture."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

_NEARLY = 1e-3
"""How far probabilities may be from a sum of 1."""


@dataclass(frozen=True)
class Prediction:
    """One class that a network sees in a picture.

    Parameters
    ----------
    index : int
        The class, from 0.
    name : str
        What it is called.
    probability : float
        0-1.
    """

    index: int
    name: str
    probability: float


def rank(scores: npt.NDArray[np.float64], classes: Sequence[str], top: int) -> list[Prediction]:
    """Return the most probable classes.

    Parameters
    ----------
    scores : ndarray of float64, (classes,)
        Probabilities, or scores that become some by a softmax.
    classes : sequence of str
        Names; used if there is one for each score.
    top : int
        How many.

    Returns
    -------
    list of Prediction
        The most probable first; of equals, the lower index first.
    """
    if scores.min() < 0 or abs(scores.sum() - 1) > _NEARLY:
        scores = np.exp(scores - scores.max())
        scores = scores / scores.sum()
    best = np.argsort(-scores, kind="stable")[:top]
    named = len(classes) == len(scores)
    return [
        Prediction(int(i), classes[i] if named else f"class {i}", float(scores[i])) for i in best
    ]
