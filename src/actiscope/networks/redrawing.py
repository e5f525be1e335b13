"""Weights drawn anew, for a network that has learned nothing."""

from typing import Any

import numpy as np
import numpy.typing as npt


def redraw(weights: npt.NDArray[Any], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return normal random numbers with the mean and the standard deviation of some weights.

    Parameters
    ----------
    weights : ndarray of floats
        Any shape.
    rng : numpy.random.Generator
        Where the numbers come from.

    Returns
    -------
    ndarray of float32
        The same shape.
    """
    exact = weights.astype(np.float64)
    return rng.normal(exact.mean(), exact.std(), weights.shape).astype(np.float32)


def random_name(name: str) -> str:
    """Return what a network with random weights is called."""
    return f"{name}, random weights"
