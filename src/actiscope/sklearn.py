"""Activations as features for scikit-learn (`pip install 'actiscope[sklearn]'`)."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.checks import Size
from actiscope.collection.features import Pool, Row, row_maker
from actiscope.errors import ActiscopeError, ArgumentError
from actiscope.extras import require
from actiscope.images import ImageSource
from actiscope.networks import Network, open_network
from actiscope.networks.network import LayerKey
from actiscope.networks.streaming import run_ahead

require("sklearn")
from sklearn.base import BaseEstimator, TransformerMixin  # noqa: E402

_PICTURES = "X is a list of pictures or of their files, or an array (N, H, W, 3)"
_NAMES = {1: "{0}_{1}", 3: "{0}_{1}_{2}_{3}"}


class ActivationFeatures(TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turn pictures into what a layer of a network answers to them: one row a picture.

    There is nothing to fit: it may be used at once, alone or in a pipeline. It can be cloned, and
    pickled if the network is named by its source.

    Parameters
    ----------
    network : str, path or Network
        As for `actiscope.open_network`, or an open one.
    layer : str, int or Layer
        The layer.
    pool : "mean", "max" or "none"
        One number for each channel, or all values: channel by channel, row by row.
    size : int or (int, int), optional
        What pictures are resized to; by default what the network says, or was trained on.
    options : mapping, optional
        What `actiscope.open_network` is told besides: `mean`, `weights`, ...
    workers : int, optional
        How many threads; one a core by default.

    Examples
    --------
    >>> import numpy as np
    >>> features = ActivationFeatures("squeezenet", "pool10")
    >>> features.fit_transform(np.zeros((2, 64, 64, 3), dtype=np.uint8)).shape
    (2, 1000)
    """

    def __init__(
        self,
        network: Any,
        layer: LayerKey,
        *,
        pool: Pool = "mean",
        size: Size | None = None,
        options: Mapping[str, Any] | None = None,
        workers: int | None = None,
    ) -> None:
        self.network = network
        self.layer = layer
        self.pool = pool
        self.size = size
        self.options = options
        self.workers = workers

    def fit(self, X: Any, y: Any = None) -> "ActivationFeatures":  # noqa: N803, ARG002
        """Open the network; there is nothing to learn from pictures.

        Raises
        ------
        ActiscopeError
            As for `actiscope.open_network` and `transform`, but for what `X` holds.
        """
        _check(X)
        self._row_maker()
        return self

    def transform(self, X: Any) -> npt.NDArray[np.float32]:  # noqa: N803
        """Run pictures through the network.

        Parameters
        ----------
        X : sequence of pictures, or array (N, H, W, 3)
            Whatever `actiscope.read_image` reads: files, arrays, PIL images. They may differ in
            size.

        Returns
        -------
        ndarray of float32, (N, D)
            D is the number of channels, or of all values if they are not pooled.

        Raises
        ------
        ArgumentError
            If `X` is no sequence of pictures, or is empty.
        ImageError
            If a picture cannot be read.
        LayerNotFoundError
            If there is no such layer.
        """
        row_of = self._row_maker()

        def read(numbered: tuple[int, ImageSource]) -> Row:
            number, picture = numbered
            try:
                return row_of(picture).reshape(-1)
            except ActiscopeError as error:
                raise type(error)(f"X[{number}]: {error}") from None

        return np.stack(list(run_ahead(self._open(), read, enumerate(_check(X)), self.workers)))

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:  # noqa: ARG002
        """Return a name for each column: ``layer_channel``, or ``layer_channel_row_column``."""
        network = self._open()
        row = self._row_maker()(np.zeros((*network.input_size, 3), dtype=np.uint8))
        name, form = network.layers.find(self.layer).name, _NAMES[row.ndim]
        return np.array([form.format(name, *place) for place in np.ndindex(row.shape)], object)

    def _row_maker(self) -> Callable[[ImageSource], Row]:
        return row_maker(self._open(), self.layer, pool=self.pool, size=self.size)

    def _open(self) -> Network:
        if isinstance(self.network, Network):
            return self.network
        source, options, opened = getattr(self, "_opened", (None, None, None))
        if opened is None or source is not self.network or options is not self.options:
            opened = open_network(self.network, **(self.options or {}))
            self._opened = (self.network, self.options, opened)
        return opened

    def __getstate__(self) -> dict[str, Any]:
        if isinstance(self.network, Network):
            raise ArgumentError("an open network cannot be pickled: name it by its source instead")
        return {name: value for name, value in super().__getstate__().items() if name != "_opened"}

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True
        tags.input_tags.two_d_array = False
        return tags


def _check(pictures: Any) -> list[ImageSource]:
    """Return pictures as a list, or refuse what is none."""
    if isinstance(pictures, str | bytes) or not hasattr(pictures, "__len__"):
        raise ArgumentError(f"{_PICTURES}; for one picture give [X]")
    dimensions = getattr(pictures, "ndim", 1)
    if dimensions not in (1, 4):
        raise ArgumentError(f"{_PICTURES}, not one of {dimensions} dimensions")
    found = list(pictures)
    if not found:
        raise ArgumentError("X is empty: there is no picture")
    return found
