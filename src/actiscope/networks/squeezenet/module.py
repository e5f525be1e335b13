"""SqueezeNet v1.1 as a PyTorch module of MATLAB's named layers."""

import torch
from torch import nn

from actiscope.networks.pytorch.tracing import OneOperation
from actiscope.networks.squeezenet.architecture import POOL_BEFORE_FIRE, by_layer
from actiscope.networks.squeezenet.weights import Weights


class SqueezeNetModule(nn.Module):
    """The network; its input is (N, 3, H, W), RGB minus the mean.

    Parameters
    ----------
    weights : dict of str to (ndarray, ndarray)
        As `read_weights` returns them.
    """

    def __init__(self, weights: Weights) -> None:
        super().__init__()
        for name, (kernel, bias) in by_layer(weights).items():
            self.add_module(name, _convolution(name, torch.tensor(kernel), torch.tensor(bias)))
            fire, _, part = name.rpartition("-")
            self.add_module(f"{fire}-relu_{part}" if fire else f"relu_{name}", nn.ReLU())
        for number in range(2, 10):
            self.add_module(f"fire{number}-concat", _Concat())
        self.pool1 = nn.MaxPool2d(3, 2)
        for pool in POOL_BEFORE_FIRE.values():  # a last window that is cut off: padded below, right
            self.add_module(pool, nn.MaxPool2d(3, 2, ceil_mode=True))
        self.drop9 = nn.Dropout()
        self.pool10 = nn.AdaptiveAvgPool2d(1)
        self.prob = nn.Softmax(dim=1)
        self.ClassificationLayer_predictions = nn.Identity()

    def forward(self, data: torch.Tensor) -> torch.Tensor:
        """Return the probabilities of the classes, (N, 1000, 1, 1)."""
        last = self._through(data, "conv1", "relu_conv1", "pool1")
        for number in range(2, 10):
            if number in POOL_BEFORE_FIRE:
                last = self._through(last, POOL_BEFORE_FIRE[number])
            last = self._fire(f"fire{number}", last)
        last = self._through(last, "drop9", "conv10", "relu_conv10", "pool10", "prob")
        return self._through(last, "ClassificationLayer_predictions")

    def _fire(self, fire: str, data: torch.Tensor) -> torch.Tensor:
        squeezed = self._through(data, f"{fire}-squeeze1x1", f"{fire}-relu_squeeze1x1")
        expanded = [
            self._through(squeezed, f"{fire}-expand{size}", f"{fire}-relu_expand{size}")
            for size in ("1x1", "3x3")
        ]
        return self.get_submodule(f"{fire}-concat")(expanded)  # type: ignore[no-any-return]

    def _through(self, data: torch.Tensor, *names: str) -> torch.Tensor:
        for name in names:
            data = self.get_submodule(name)(data)
        return data


class _Concat(OneOperation):
    def forward(self, maps: list[torch.Tensor]) -> torch.Tensor:
        return torch.cat(maps, 1)


def _convolution(name: str, kernel: torch.Tensor, bias: torch.Tensor) -> nn.Conv2d:
    channels, taken, size, _ = kernel.shape
    convolution = nn.Conv2d(
        taken,
        channels,
        size,
        stride=2 if name == "conv1" else 1,
        padding=1 if name.endswith("expand3x3") else 0,
    )
    convolution.load_state_dict({"weight": kernel, "bias": bias})
    return convolution
