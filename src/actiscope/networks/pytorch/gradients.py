"""A module as a function of its picture that gradients go through."""

from typing import Any

import torch
from torch import nn

from actiscope.errors import ArgumentError, NetworkError
from actiscope.layers import Layer
from actiscope.networks.foreign import foreign
from actiscope.networks.preparation import LUMA, Preparation
from actiscope.networks.pytorch.capturing import AllThere, Capture, Keeper, flatten

_RANK_OF_ONE = 3
"""Of maps without a batch."""


class Differentiable(nn.Module):
    """A module up to one of its layers.

    Parameters
    ----------
    capture : Capture
        How the module is run.
    layer : Layer
        What is given.
    through : str or None
        Name of a layer whose values pass through `gate`, where they can be watched.
    like : torch.Tensor
        Of the device and the type of the module.
    layout : torch.memory_format
        In which the module likes its pictures.
    copies : bool
        Whether something may overwrite the values of the layer.
    batched : bool
        Whether it takes pictures in a batch, (N, C, H, W), or one, (C, H, W).

    Attributes
    ----------
    gate : torch.nn.Identity
        What the values of the layer `through` pass.
    """

    def __init__(
        self,
        capture: Capture,
        layer: Layer,
        through: str | None,
        like: torch.Tensor,
        *,
        layout: torch.memory_format,
        copies: bool,
        batched: bool,
    ) -> None:
        super().__init__()
        self.gate = nn.Identity()
        self._capture = capture
        self._layer = layer
        self._through = through
        self._like = like
        self._layout = layout
        self._copies = copies or through is not None
        self._batched = batched

    @property
    def device(self) -> torch.device:
        """Where it runs."""
        return self._like.device

    def forward(self, fed: torch.Tensor) -> torch.Tensor:
        """Return the values of the layer as maps.

        Parameters
        ----------
        fed : torch.Tensor, (N, C, H, W)
            Prepared pictures.

        Returns
        -------
        torch.Tensor of float32, (N, channels, rows, cols)
            As `Activations.maps` has them.

        Raises
        ------
        NetworkError
            If the module cannot be run.
        """
        if not self._batched:
            return torch.cat([self._answer(each) for each in fed])
        return self._answer(fed)

    def _answer(self, fed: torch.Tensor) -> torch.Tensor:
        keeper = _Watcher(self._layer.name, self._through, self.gate, copies=self._copies)
        picture = fed.to(self._like).clone(memory_format=self._layout)
        height, width = fed.shape[-2:]
        with foreign(f"the module cannot be run at {height}x{width}"):
            self._capture.run(picture, keeper)
        if keeper.value is None:
            raise NetworkError(f"{self._layer.name!r} was not computed for this picture")
        values = keeper.value.float()
        lacks_batch = not self._batched and values.ndim == len(self._layer.axes)
        return _maps(values.unsqueeze(0) if lacks_batch else values, self._layer)


class _Watcher(Keeper):
    """Keeps one value as it is, with its gradient, and leads another through a gate."""

    def __init__(self, wanted: str, through: str | None, gate: nn.Module, *, copies: bool) -> None:
        super().__init__({wanted}, copies=copies)
        self.value: torch.Tensor | None = None
        self._wanted = wanted
        self._through = through
        self._gate = gate

    def keep(self, name: str, value: Any) -> Any:
        """Let what is wanted end the run."""
        if name == self._through:
            is_one = value.ndim == _RANK_OF_ONE
            value = self._gate(value[None])[0] if is_one else self._gate(value)
        for key, tensor in flatten(name, value):
            if key == self._wanted:
                self.value = tensor
                raise AllThere
        return value


def fed_with(preparation: Preparation, pictures: torch.Tensor) -> torch.Tensor:
    """Return pictures as a network is fed them: `Preparation.fed` for gradients.

    Parameters
    ----------
    preparation : Preparation
        That of the network.
    pictures : torch.Tensor, (N, 3, H, W)
        RGB, 0-255.

    Returns
    -------
    torch.Tensor, (N, C, H, W)
        C is 3, or 1 for "GRAY".
    """
    planes = pictures
    if preparation.order == "BGR":
        planes = planes.flip(1)
    elif preparation.order == "GRAY":
        planes = torch.einsum("nchw,c->nhw", planes, planes.new_tensor(LUMA)).unsqueeze(1)
    mean, std = (
        planes.new_tensor(values).view(-1, 1, 1) for values in (preparation.mean, preparation.std)
    )
    return (planes * preparation.scale - mean) / std


def _maps(values: torch.Tensor, layer: Layer) -> torch.Tensor:
    if layer.axes == "CHW":
        return values.permute(0, 3, 1, 2) if layer.channels_last else values
    if layer.axes == "F" and values.ndim == 2:
        return values[:, :, None, None]
    if layer.axes == "TC" and layer.grid is not None:
        rows, cols = layer.grid
        tokens = values[:, -rows * cols :].transpose(1, 2)
        return tokens.reshape(len(tokens), -1, rows, cols)
    raise ArgumentError(f"layer {layer.name!r} has no maps to take gradients of")
