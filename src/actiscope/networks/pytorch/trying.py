"""Find out how a module is run: in which layout, in a batch or not, traced or with hooks."""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from actiscope.errors import NetworkError
from actiscope.networks.pytorch.capturing import GraphCapture, HookCapture, Keeper, flatten
from actiscope.networks.pytorch.running import Runner, Way
from actiscope.networks.pytorch.tracing import trace

_INTAKES = (
    (torch.channels_last, True),
    (torch.contiguous_format, True),
    (torch.contiguous_format, False),
)
"""How a module may take a picture: its layout, and whether in a batch of one; the best first."""


def find_runner(
    module: nn.Module, device: str, example: npt.NDArray[np.float32], *, strict: bool
) -> Runner:
    """Find the best way to run a module that gives what the module itself gives.

    Parameters
    ----------
    module : torch.nn.Module
        The module.
    device : str
        Where it runs; "auto" takes CUDA or MPS where they are.
    example : ndarray of float32, (C, H, W)
        A prepared picture.
    strict : bool
        Whether a module that fails is refused.

    Returns
    -------
    Runner
        Runs it.

    Raises
    ------
    NetworkError
        If it cannot be run, and that is refused.
    """
    reasons = []
    for layout, batched in _INTAKES:
        hooked = Way(HookCapture(module), layout, batched, copies=True)
        runner = Runner(hooked, device)
        try:
            answer = runner.run(example, Keeper(None))
        except NetworkError as error:
            reasons.append(error)
        else:
            return _find_traced(module, device, example, hooked, answer) or runner
    if strict:
        raise reasons[1]
    return Runner(replace(hooked, batched=True), device)


def _find_traced(
    module: nn.Module, device: str, example: npt.NDArray[np.float32], hooked: Way, answer: Any
) -> Runner | None:
    """Return what runs the traced module, if that can be, and gives what the module gave."""
    for in_place in (False, True):
        traced = trace(module, in_place=in_place)
        if traced is not None:
            capture = GraphCapture(*traced)
            runner = Runner(replace(hooked, capture=capture, copies=capture.writes), device)
            if _gives(runner, example, answer):
                return runner
    return None


def _gives(runner: Runner, example: npt.NDArray[np.float32], answer: Any) -> bool:
    try:
        again = runner.run(example, Keeper(None))
    except NetworkError:
        return False
    first, second = (dict(flatten("", value)) for value in (answer, again))
    return first.keys() == second.keys() and all(
        each.shape == second[name].shape
        and torch.allclose(each.float(), second[name].float(), 1e-3, 1e-5, equal_nan=True)
        for name, each in first.items()
    )
