"""Values that are put in the place of others, several of them in one run where it can be."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from actiscope.activations import Values
from actiscope.errors import NetworkError

_CLOSE = 1e-3
Batch = npt.NDArray[np.float32]
"""Values of a layer for several pictures, (N, ...)."""


def run_batch(run: Callable[[Batch], Values], values: Batch) -> Batch:
    """Return what several values give, one by one where the network takes no batch of them.

    Parameters
    ----------
    run : callable
        From values, (N, ...), to what they give, with N first.
    values : ndarray of float32, (N, ...)
        What is put in.

    Returns
    -------
    ndarray of float32, (N, ...)
        What they give.
    """
    if len(values) > 1:
        try:
            given = run(values)
        except NetworkError:
            given = np.empty(0, dtype=np.float32)
        if len(given) == len(values) and _is_first(run(values[:1]), given):
            return given
    return np.concatenate([run(each[np.newaxis]) for each in values])


def _is_first(alone: Batch, given: Batch) -> bool:
    """Say whether a batch begins with what its first values give alone: they may be mixed."""
    scale = float(np.abs(alone[np.isfinite(alone)]).max(initial=0))
    return np.allclose(alone[0], given[0], rtol=0, atol=_CLOSE * scale, equal_nan=True)
