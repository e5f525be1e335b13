"""How many channels a module takes."""

from contextlib import ExitStack, suppress
from typing import Any

import torch
from torch import nn

from actiscope.networks.pytorch.capturing import as_for_inference


class _Reached(Exception):  # noqa: N818 - a signal, not an error
    """The first convolution is about to run."""


def find_refusal(module: nn.Module, channels: int, size: tuple[int, int]) -> tuple[str, int] | None:
    """Find the convolution that cannot take a picture, if it is the first that runs.

    The module is run up to there: which convolution is the first, and what is done to a picture
    before it, follows neither from the order nor from the names of its modules.

    Parameters
    ----------
    module : torch.nn.Module
        The module.
    channels : int
        How many channels the picture has.
    size : (int, int)
        Its height and width.

    Returns
    -------
    (str, int) or None
        Its path and how many channels it takes; None if the first takes what it gets.
    """
    paths = {each: path for path, each in module.named_modules() if isinstance(each, nn.Conv2d)}
    found: list[tuple[str, int]] = []

    def look(convolution: nn.Conv2d, inputs: Any) -> None:
        if inputs[0].shape[-3] != convolution.in_channels:
            found.append((paths[convolution], convolution.in_channels))
        raise _Reached

    parameter = next(module.parameters(), torch.empty(0))
    picture = torch.zeros(1, channels, *size, device=parameter.device)
    if parameter.is_floating_point():
        picture = picture.to(parameter.dtype)
    with ExitStack() as hooks, suppress(Exception), as_for_inference(module):
        for convolution in paths:
            hooks.callback(convolution.register_forward_pre_hook(look).remove)
        module(picture)
    return found[0] if found else None
