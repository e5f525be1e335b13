"""Open the network in an ONNX file."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.errors import NetworkError
from actiscope.networks.foreign import foreign
from actiscope.networks.network import Network
from actiscope.networks.onnx.graph import Graph
from actiscope.networks.onnx.inputs import ImageInput, find_image_input, fit_other, format_input
from actiscope.networks.onnx.network import OnnxNetwork
from actiscope.networks.onnx.reading import read_model
from actiscope.networks.onnx.stating import stated_classes, stated_preparation
from actiscope.networks.options import Options
from actiscope.networks.preparation import GREY_GUESS, IMAGENET_GUESS, LISTED_AT, Preparation


def open_onnx(path: Path, options: Options) -> Network:
    """Open the network in an ONNX file.

    Parameters
    ----------
    path : pathlib.Path
        The file.
    options : Options
        What the user says of it.

    Returns
    -------
    Network
        Ready to run.

    Raises
    ------
    NetworkError
        If it is broken, or has no input for a picture.
    """
    with foreign(f"{path} is a damaged model"):
        return _open(path, options)


def _open(path: Path, options: Options) -> Network:
    options.refuse("weights", of="an ONNX file")
    model = read_model(path)
    graph = Graph(model, path.parent, strict=options.strict)
    image = find_image_input(
        graph.inputs, options.input, options.layout, options.order, options.others
    )
    others = _fit_others(graph, image, options.others)
    preparation = _prepare(model, image).with_options(**options.preparation())
    if preparation.channels != image.channels:
        raise NetworkError(
            f"the input {image.name!r} takes {image.channels} channels, not the "
            f"{preparation.channels} of {preparation.order}"
        )
    height, width = preparation.size or (None, None)
    size = (height or image.fixed[0] or LISTED_AT, width or image.fixed[1] or LISTED_AT)
    image.check_size(size)
    return OnnxNetwork(
        graph,
        image,
        name=path.stem,
        input_size=size,
        preparation=preparation,
        classes=stated_classes(model),
        others=others,
        device=options.device,
        strict=options.strict,
    )


def _prepare(model: onnx.ModelProto, image: ImageInput) -> Preparation:
    """Return the preparation that a model states, if its input takes that, else a guess."""
    stated = stated_preparation(model)
    if stated is None or image.channels != stated.channels or image.takes_integers:
        return _guess(image)
    height, width = (
        fixed or side for fixed, side in zip(image.fixed, stated.size or (), strict=True)
    )
    return replace(stated, size=(height, width))


def _guess(image: ImageInput) -> Preparation:
    fixed = image.fixed
    size = None if fixed == (None, None) else (fixed[0] or LISTED_AT, fixed[1] or LISTED_AT)
    guess = replace(GREY_GUESS if image.channels == 1 else IMAGENET_GUESS, size=size)
    if not image.takes_integers:
        return guess
    zero, one = (0.0,) * image.channels, (1.0,) * image.channels
    source = "pixels 0-255, as the input's type asks for"
    return replace(guess, mean=zero, std=one, scale=1.0, source=source, guessed=False)


def _fit_others(
    graph: Graph, image: ImageInput, others: Mapping[str, npt.NDArray[Any]]
) -> dict[str, npt.NDArray[Any]]:
    wanted = {info.name: info for info in graph.inputs if info.name != image.name}
    for name in others:
        if name not in wanted:
            raise NetworkError(f"the model has no input {name!r} beside {image.name!r}")
    for name, info in wanted.items():
        if name not in others:
            raise NetworkError(
                f"the model also takes {name!r} {format_input(info)}: "
                f"others={{{name!r}: array}}, --feed {name}=FILE.npy"
            )
    return {name: fit_other(wanted[name], np.asarray(array)) for name, array in others.items()}
