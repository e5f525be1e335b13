"""Networks by name, by file, or as an object."""

import difflib
import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from actiscope.errors import NetworkError
from actiscope.extras import require
from actiscope.networks.files import describe_file
from actiscope.networks.network import Network
from actiscope.networks.options import Options
from actiscope.networks.origin import Origin

if TYPE_CHECKING:
    import torch

BUILT_IN = {"squeezenet": "actiscope.networks.squeezenet:squeezenet"}
"""Where the function is that opens a network, as ``module:function``."""
CATALOGUES = {
    "torchvision": "actiscope.networks.pytorch.opening:open_torchvision",
    "timm": "actiscope.networks.pytorch.opening:open_timm",
}
"""Where the function is that opens a network of a catalogue, ``catalogue/name``."""


def open_network(
    source: "str | os.PathLike[str] | torch.nn.Module" = "squeezenet", **options: Any
) -> Network:
    """Open a network.

    Parameters
    ----------
    source : str, path or torch.nn.Module
        "squeezenet"; an ONNX file; "path/net.py:function" or "package.module:function", which
        returns a module; "torchvision/NAME" or "timm/NAME"; or a module.
    **options
        What the source does not say itself: `size`, `mean`, `std`, `scale`, `order`, `layout`,
        `input`, `others`, `weights`, `device`, `strict`; see `actiscope.networks.options.Options`.

    Returns
    -------
    Network
        Ready to run.

    Raises
    ------
    NetworkError
        If there is no such network, or it cannot be opened.
    MissingExtraError
        If PyTorch is needed and not installed.
    """
    said = _options(options)
    if not isinstance(source, str | os.PathLike):
        return _open_with_torch("open_module", source, said)
    network = _open(os.fspath(source), said)
    network.origin = Origin.of(source, said)
    return network


def reopen_network(origin: Origin) -> Network:
    """Open a network once more, in another process or on another machine; errors as there."""
    return open_network(origin.source, **vars(origin.options))


def _open(name: str, said: Options) -> Network:
    if name in BUILT_IN:
        said.refuse("weights", "layout", "input", "others", of=f"the built-in {name}")
        device = "cpu" if said.device == "auto" else said.device
        network: Network = _load(BUILT_IN[name])(device)
        network.preparation = network.preparation.with_options(**said.preparation())
        return network
    path = Path(name)
    if path.exists():
        return _open_file(path, said)
    catalogue, slash, model = name.partition("/")
    if slash and catalogue in CATALOGUES:
        require("torch")
        return _load(CATALOGUES[catalogue])(model, said)  # type: ignore[no-any-return]
    if ":" in name and not name.endswith(":"):
        return _open_with_torch("open_factory", name, said)
    if path.suffix or os.sep in name:
        raise NetworkError(f"there is no file {path}")
    near = difflib.get_close_matches(name, BUILT_IN, 1)
    hint = f"did you mean {near[0]!r}" if near else f"there is: {', '.join(BUILT_IN)}"
    raise NetworkError(
        f"there is no network {name!r}; {hint}. Or give an ONNX file, torchvision/NAME, timm/NAME, "
        "or file.py:function"
    )


def _options(options: dict[str, Any]) -> Options:
    try:
        return Options(**options)
    except TypeError as error:
        raise NetworkError(f"open_network: {str(error).partition('() ')[2]}") from None


def _open_file(path: Path, options: Options) -> Network:
    what = describe_file(path)
    if what is not None:
        raise NetworkError(f"{path} is {what}")
    return _load("actiscope.networks.onnx.opening:open_onnx")(path, options)  # type: ignore[no-any-return]


def _open_with_torch(function: str, source: object, options: Options) -> Network:
    require("torch")
    return _load(f"actiscope.networks.pytorch.opening:{function}")(source, options)  # type: ignore[no-any-return]


def _load(place: str) -> Any:
    module, function = place.split(":")
    return getattr(import_module(module), function)
