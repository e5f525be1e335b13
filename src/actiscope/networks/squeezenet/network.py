"""The built-in network: run by ONNX Runtime, and by PyTorch where gradients are wanted."""

from typing import TYPE_CHECKING

from actiscope.extras import require
from actiscope.networks.onnx.network import OnnxNetwork
from actiscope.networks.squeezenet.weights import read_weights

if TYPE_CHECKING:
    from actiscope.networks.pytorch.network import TorchNetwork


class SqueezeNet(OnnxNetwork):
    """SqueezeNet v1.1, which PyTorch can run, too."""

    def as_torch(self) -> "TorchNetwork":
        """Return the same layers, with the same weights, as PyTorch runs them."""
        require("torch")
        from actiscope.networks.pytorch.network import TorchNetwork
        from actiscope.networks.squeezenet.module import SqueezeNetModule

        return TorchNetwork(
            SqueezeNetModule(read_weights()),
            name=self.name,
            input_size=self.input_size,
            preparation=self.preparation,
            classes=self.classes,
            device=self.device,
        )
