"""Open a PyTorch module: an object, what a function builds, or a name in a catalogue."""

import importlib
import pickle
from contextlib import nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

from actiscope.errors import MissingExtraError, NetworkError
from actiscope.networks.foreign import foreign, with_kind
from actiscope.networks.network import Network
from actiscope.networks.options import Options
from actiscope.networks.preparation import (
    GREY_GUESS,
    IMAGENET_GUESS,
    LISTED_AT,
    Filter,
    Preparation,
)
from actiscope.networks.python_files import run_file
from actiscope.networks.pytorch.channels import find_refusal
from actiscope.networks.pytorch.network import TorchNetwork
from actiscope.networks.pytorch.running import settle

_FILTERS: dict[str, Filter] = {"bilinear": "pillow-bilinear", "bicubic": "pillow-bicubic"}


def open_module(
    module: nn.Module,
    options: Options,
    *,
    name: str = "",
    preparation: Preparation = IMAGENET_GUESS,
    owned: bool = False,
) -> Network:
    """Open a module.

    Parameters
    ----------
    module : torch.nn.Module
        The module.
    options : Options
        What the user says of it.
    name : str
        What it is called; its class by default.
    preparation : Preparation
        What is known of how pictures are prepared for it.
    owned : bool
        Whether nobody else has it: it then goes to where it is run, and stays there.

    Returns
    -------
    Network
        Ready to run.

    Raises
    ------
    NetworkError
        If it cannot be run, or its first convolution takes another number of channels.
    """
    options.refuse("layout", "input", "others", of="a PyTorch module")
    if options.weights is not None:
        _load_weights(module, options.weights)
    if owned:
        with foreign(f"{name} cannot be run on {options.device}"):
            settle(module, options.device)
    preparation = _for_channels(module, preparation, options)
    try:
        return TorchNetwork(
            module,
            name=name or type(module).__name__,
            input_size=preparation.size or (LISTED_AT, LISTED_AT),
            preparation=preparation,
            device=options.device,
            strict=options.strict,
        )
    except NetworkError as error:
        was_run = error.__cause__ is not None
        if preparation.size is not None or not was_run:
            raise
        raise NetworkError(f"{error}; if it takes one size only, give it as size") from error


def _for_channels(module: nn.Module, preparation: Preparation, options: Options) -> Preparation:
    """Return the preparation that gives a module as many channels as it takes."""
    if preparation.guessed and options.order == "GRAY":
        preparation = GREY_GUESS
    said = preparation.with_options(**options.preparation())
    if not isinstance(module, nn.Module):
        return said
    refusal = find_refusal(module, said.channels, said.size or (LISTED_AT, LISTED_AT))
    if refusal is None:
        return said
    path, wanted = refusal
    if wanted == 1 and preparation.guessed and options.order is None:
        return GREY_GUESS.with_options(**options.preparation())
    if not options.strict:
        return said
    advice = {1: "give it the order GRAY", 3: "give it the order RGB or BGR"}.get(
        wanted, f"put a module before it that makes {wanted} of them"
    )
    raise NetworkError(
        f"the first convolution {path!r} takes {wanted} channels, not the {said.channels} "
        f"of {said.order}; {advice}"
    )


def open_factory(source: str, options: Options) -> Network:
    """Open what a function builds.

    Parameters
    ----------
    source : str
        "path/net.py:function" or "package.module:function".
    options : Options
        What the user says of it.

    Returns
    -------
    Network
        Ready to run.

    Raises
    ------
    NetworkError
        If there is no such function, or it does not return a module.
    """
    place, _, function = source.rpartition(":")
    is_file = place.endswith(".py")
    with run_file(Path(place)) if is_file else nullcontext(_import_module(place)) as namespace:
        factory = getattr(namespace, function, None)
        if factory is None:
            raise NetworkError(f"{place} has no {function!r}")
        built = callable(factory) and not isinstance(factory, nn.Module)
        with foreign(f"{source} fails", says=with_kind):
            module = factory() if built else factory
    if not isinstance(module, nn.Module):
        raise NetworkError(f"{source} returns a {type(module).__name__}, not a torch.nn.Module")
    return open_module(module, options, name=function, owned=built)


def open_torchvision(name: str, options: Options) -> Network:
    """Open one of torchvision's models with its own weights and preparation."""
    models = _import_extra("torchvision.models", "torchvision")
    if name not in models.list_models():
        raise NetworkError(f"torchvision has no model {name!r}")
    weights = models.get_model_weights(name).DEFAULT
    transforms = weights.transforms()
    if not hasattr(transforms, "crop_size"):
        raise NetworkError(
            f"torchvision's {name} is no classifier of pictures; open the module itself"
        )
    preparation = Preparation(
        mean=tuple(transforms.mean),
        std=tuple(transforms.std),
        scale=1 / 255,
        size=(transforms.crop_size[0], transforms.crop_size[0]),
        shorter=transforms.resize_size[0],
        filter=_FILTERS[str(transforms.interpolation.value)],
        source=f"torchvision's {weights}",
    )
    module = _build(
        lambda pretrained: models.get_model(name, weights=weights if pretrained else None), options
    )
    network = open_module(
        module, options, name=f"torchvision/{name}", preparation=preparation, owned=True
    )
    network.classes = tuple(weights.meta.get("categories", ()))
    return network


def open_timm(name: str, options: Options) -> Network:
    """Open one of timm's models with its own weights and preparation."""
    timm = _import_extra("timm", "timm")
    if not timm.is_model(name):
        raise NetworkError(f"timm has no model {name!r}")
    module = _build(lambda pretrained: timm.create_model(name, pretrained=pretrained), options)
    config = timm.data.resolve_model_data_config(module)
    _, height, width = config["input_size"]
    preparation = Preparation(
        mean=tuple(config["mean"]),
        std=tuple(config["std"]),
        scale=1 / 255,
        size=(height, width),
        shorter=int(min(height, width) / config["crop_pct"]),
        filter=_FILTERS[config["interpolation"]],
        source=f"timm's data config of {name}",
    )
    return open_module(module, options, name=f"timm/{name}", preparation=preparation, owned=True)


def _build(build: Any, options: Options) -> nn.Module:
    """Build a model of a catalogue: with its own weights, unless a file of weights is given."""
    if options.weights is not None:
        return build(False)  # type: ignore[no-any-return]
    with foreign("its weights cannot be had", "give them as a file, or 'random'"):
        return build(True)  # type: ignore[no-any-return]


def _load_weights(module: nn.Module, path: Path) -> None:
    if str(path) == "random":
        return
    if not path.is_file():
        raise NetworkError(f"there is no file of weights {path}")
    with foreign(f"{path} holds no weights"):
        state = _read_weights(path)
    if isinstance(state, dict) and isinstance(state.get("state_dict"), dict):
        state = state["state_dict"]
    with foreign(f"{path} does not fit {type(module).__name__}"):
        module.load_state_dict(state)


def _read_weights(path: Path) -> Any:
    if path.suffix == ".safetensors":
        return _import_extra("safetensors.torch", "safetensors").load_file(path)
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError:
        raise NetworkError(
            f"{path} holds more than tensors, which is not safe to load; save the state_dict"
        ) from None


def _import_module(name: str) -> ModuleType:
    with foreign(f"cannot import {name!r}"):
        return importlib.import_module(name)


def _import_extra(module: str, package: str) -> ModuleType:
    advice = f"install builds of torch and {package} that belong together"
    with foreign(f"{package} cannot be imported", advice):
        try:
            return importlib.import_module(module)
        except ImportError:
            raise MissingExtraError(
                f"{package} is not installed: `pip install {package}`"
            ) from None
