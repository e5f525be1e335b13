"""A module as a function of its picture that gradients go through."""

from typing import Any

import torch
from torch import nn

from actiscope.errors import ArgumentError, NetworkError
from actiscope.layers import Layer
from actiscope.networks.foreign import foreign
from actiscope.networks.preparation import LUMA, Preparation
from actiscope.networks.pytorch.capturing import AllThere, Capture, Keeper, flatten


class Differentiable(nn.Module):
    """A module up to one of its layers.

    Parameters
    ----------
    capture : Capture
        How the module is run.
    layer : Layer
        What is given.
    through : Layer or None
        A layer whose values pass through `gate` as maps, where they can be watched.
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
        What the maps of the layer `through` pass.
    """

    def __init__(
        self,
        capture: Capture,
        layer: Layer,
        through: Layer | None,
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

    def __init__(
        self, wanted: str, through: Layer | None, gate: nn.Module, *, copies: bool
    ) -> None:
        super().__init__({wanted}, copies=copies)
        self.value: torch.Tensor | None = None
        self._wanted = wanted
        self._through = through
        self._gate = gate

    def keep(self, name: str, value: Any) -> Any:
        """Let what is wanted end the run."""
        if self._through is not None and name == self._through.name:
            value = self._led_through(value, self._through)
        for key, tensor in flatten(name, value):
            if key == self._wanted:
                self.value = tensor
                raise AllThere
        return value

    def _led_through(self, value: torch.Tensor, layer: Layer) -> torch.Tensor:
        lacks_batch = value.ndim == len(layer.axes)
        batch = value.unsqueeze(0) if lacks_batch else value
        led = _laid_back(self._gate(_maps(batch, layer)), batch, layer)
        return led[0] if lacks_batch else led


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
    """Return values as maps, (N, C, H, W), as `Activations.maps` lays them."""
    if layer.axes == "CHW":
        return values.permute(0, 3, 1, 2) if layer.channels_last else values
    if layer.axes == "F" and values.ndim == 2:
        return values[:, :, None, None]
    if layer.axes in ("TC", "CT") and layer.grid is not None:
        rows, cols = layer.grid
        channels_first = values.transpose(1, 2) if layer.axes == "TC" else values
        tokens = channels_first[..., -rows * cols :]
        return tokens.reshape(*tokens.shape[:2], rows, cols)
    raise ArgumentError(f"layer {layer.name!r} has no maps to take gradients of")


def _laid_back(maps: torch.Tensor, values: torch.Tensor, layer: Layer) -> torch.Tensor:
    """Return maps of values as they were, with the tokens that lie nowhere."""
    if layer.axes == "CHW":
        return maps.permute(0, 2, 3, 1) if layer.channels_last else maps
    if layer.axes == "F":
        return maps[:, :, 0, 0]
    tokens = maps.flatten(2)
    if layer.axes == "TC":
        return torch.cat([values[:, : -tokens.shape[2]], tokens.transpose(1, 2)], 1)
    return torch.cat([values[..., : -tokens.shape[2]], tokens], 2)
