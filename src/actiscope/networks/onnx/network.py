"""A network that ONNX Runtime runs."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.activations import Values
from actiscope.checks import Size, check_size
from actiscope.errors import NetworkError
from actiscope.layers import Layer, Layers
from actiscope.networks.network import Network
from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.sessions import Sessions
from actiscope.networks.preparation import Preparation


class OnnxNetwork(Network):
    """A network in ONNX form, run by ONNX Runtime, cut at the layers asked for.

    Parameters
    ----------
    model : onnx.ModelProto
        The network; every node is named like its output.
    name, input_size, preparation, classes
        As for `Network`.
    """

    def __init__(
        self,
        model: onnx.ModelProto,
        *,
        name: str,
        input_size: tuple[int, int],
        preparation: Preparation,
        classes: tuple[str, ...] = (),
    ) -> None:
        self._graph = Graph(model)
        self._sessions = Sessions(self._graph.cut)
        super().__init__(
            name=name,
            layers=self._graph.layers_at(input_size),
            input_size=input_size,
            preparation=preparation,
            classes=classes,
        )

    def layers_at(self, size: Size) -> Layers:
        """Return the layers with the sizes that they have for pictures of a size."""
        return self._graph.layers_at(check_size(size))

    def run(self, batch: npt.NDArray[np.float32], layers: Sequence[Layer]) -> list[Values]:
        """Return the values of some layers, in one pass."""
        names = [layer.name for layer in layers]
        self._graph.check_size(names, (batch.shape[2], batch.shape[3]))
        computed = tuple(sorted(name for name in names if name != self._graph.input))
        found = {self._graph.input: batch}
        if computed:
            session = self._sessions.get(computed)
            try:
                values = session.run(computed, {self._graph.input: batch})
            except Exception as error:
                reason = " ".join(str(error).split())
                raise NetworkError(f"{self.name} cannot be run: {reason}") from error
            found.update(zip(computed, values, strict=True))
        return [found[name] for name in names]
