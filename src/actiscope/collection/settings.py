"""What an index is built with, and what pictures add to it."""

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from actiscope.activations import Activations, Placement
from actiscope.checks import Size, check_size
from actiscope.collection.accumulator import Accumulator
from actiscope.collection.reduction import Reduced
from actiscope.collection.sources import Item
from actiscope.errors import ArgumentError
from actiscope.geometry import Axis, Geometry
from actiscope.networks import Network
from actiscope.networks.network import LayerKey
from actiscope.networks.remembering import remember

_TOP, _PER_IMAGE = 25, 1


@dataclass(frozen=True)
class IndexedLayer:
    """A layer of which an index has all channels.

    Parameters
    ----------
    name, type : str
        As in the network.
    channels, rows, cols : int
        Size of its maps.
    geometry : Geometry
        Where its units look on what the network is fed.
    other_names : tuple of str
        What else the network's `Layers.find` takes for it.
    """

    name: str
    type: str
    channels: int
    rows: int
    cols: int
    geometry: Geometry
    other_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Settings:
    """What has to be the same for all pictures of an index.

    Parameters
    ----------
    fingerprint : str
        `Network.fingerprint` of the network.
    size : (int, int), optional
        What pictures are resized to; None for what the network's preparation says.
    layers : tuple of IndexedLayer
        The layers.
    top, per_image : int
        As for `Accumulator`.
    network : dict
        `Network.describe` of the network, for people.
    origin : dict, optional
        Where it was opened from, as `remember` has it.
    """

    fingerprint: str
    size: tuple[int, int] | None
    layers: tuple[IndexedLayer, ...]
    top: int
    per_image: int
    network: dict[str, Any]
    origin: dict[str, Any] | None = None

    @property
    def bytes_of_values(self) -> int:
        """How many bytes of values the layers give for a picture."""
        return 4 * sum(layer.channels * layer.rows * layer.cols for layer in self.layers)

    def to_text(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> "Settings":
        """Read what `to_text` wrote."""
        data = json.loads(text)
        layers = []
        for layer in data.pop("layers"):
            axes = layer.pop("geometry")
            geometry = Geometry(Axis(**axes["rows"]), Axis(**axes["cols"]))
            names = tuple(layer.pop("other_names"))
            layers.append(IndexedLayer(**layer, geometry=geometry, other_names=names))
        size = data.pop("size")
        return cls(**data, size=None if size is None else tuple(size), layers=tuple(layers))

    def check_network(self, name: str, fingerprint: str, path: str | os.PathLike[str]) -> None:
        """Refuse a network with which the index of a file was not built."""
        if fingerprint != self.fingerprint:
            raise ArgumentError(
                f"{os.fspath(path)} was built with another network, or another preparation, than "
                f"{name}: {self.network['network']}"
            )

    def difference(self, other: "Settings") -> str:
        """Say in what another one of the same network differs; nothing if it does not."""
        names = tuple(tuple(layer.name for layer in each.layers) for each in (self, other))
        if names[0] != names[1]:
            return f"other layers: {', '.join(names[0]):.200}"
        for name in ("size", "top", "per_image"):
            if getattr(self, name) != getattr(other, name):
                return f"{name} {getattr(self, name)}, this is {getattr(other, name)}"
        return "" if self.compared() == other.compared() else "layers of other sizes"

    def compared(self) -> str:
        """Return as JSON all that has to be the same."""
        data = {**asdict(self), "network": None, "origin": None}
        for layer in data["layers"]:
            del layer["other_names"]
        return json.dumps(data, sort_keys=True)


@dataclass
class Batch:
    """What some pictures add to an index.

    Parameters
    ----------
    accumulators : list of Accumulator
        One for each layer; their pictures are those of `placements`.
    placements : dict of int to Placement
        Where the network's input lies on each picture, by its id.
    features : dict of int to list of bytes
        For each picture, the float32 mean of every channel, layer by layer.
    files : list of (Item, int)
        What was read, and the id of the picture that it holds.
    failures : list of (str, int, str, str)
        What could not be read or run: `Item.name`, `offset` and `stamp`, and why.
    """

    accumulators: list[Accumulator]
    placements: dict[int, Placement] = field(default_factory=dict)
    features: dict[int, list[bytes]] = field(default_factory=dict)
    files: list[tuple[Item, int]] = field(default_factory=list)
    failures: list[tuple[str, int, str, str]] = field(default_factory=list)

    @classmethod
    def empty(cls, settings: Settings) -> "Batch":
        """Return a batch of no pictures."""
        return cls([accumulator_for(settings, layer) for layer in settings.layers])

    def add(self, image: int, placement: Placement, answers: Sequence[Reduced]) -> None:
        """Take what the layers answered to a picture that it does not have.

        Parameters
        ----------
        image : int
            Id of the picture.
        placement : Placement
            Where the network's input lies on it.
        answers : sequence of Reduced
            One for each layer.
        """
        self.placements[image] = placement
        self.features[image] = [answer.means.astype("<f4").tobytes() for answer in answers]
        for accumulator, answer in zip(self.accumulators, answers, strict=True):
            accumulator.add(image, answer)

    def fail(self, item: Item, reason: str) -> None:
        """Note why a file adds nothing."""
        self.failures.append((item.name, item.offset, item.stamp, reason))

    def merge(self, other: "Batch") -> None:
        """Take what another batch adds; it has other pictures."""
        for mine, others in zip(self.accumulators, other.accumulators, strict=True):
            mine.merge(others)
        self.note(other)

    def note(self, other: "Batch") -> None:
        """Take what another batch knows of pictures and files, but not what layers answered."""
        self.placements |= other.placements
        self.features |= other.features
        self.files += other.files
        self.failures += other.failures


def accumulator_for(settings: Settings, layer: IndexedLayer) -> Accumulator:
    """Return an empty accumulator for a layer of an index."""
    return Accumulator(layer.channels, top=settings.top, per_image=settings.per_image)


def make_settings(
    network: Network,
    layers: Sequence[LayerKey] | str | None = None,
    *,
    size: Size | None = None,
    top: int | None = None,
    per_image: int | None = None,
    like: Settings | None = None,
    path: str | os.PathLike[str] = "",
) -> Settings:
    """Return what an index is built with.

    The arguments are those of `build`; what is not given is as in `like`, what the index of `path`
    was built with, or as usual.
    """
    fingerprint = network.fingerprint()
    if like is not None:
        like.check_network(network.name, fingerprint, path)
        layers = layers or [layer.name for layer in like.layers]
        size = like.size if size is None else size
        top, per_image = top or like.top, per_image or like.per_image
    if size is None and network.preparation.size is None:
        size = network.input_size
    fixed = None if size is None else check_size(size)
    names = _layer_names(network, layers or "conv")
    nothing = np.zeros((*network.input_size, 3), dtype=np.uint8)
    answers = network.activations(nothing, names, size=fixed, threads=1)
    return Settings(
        fingerprint=fingerprint,
        size=fixed,
        layers=tuple(_describe(network, answer) for answer in answers.values()),
        top=_TOP if top is None else top,
        per_image=_PER_IMAGE if per_image is None else per_image,
        network=network.describe(),
        origin=None if network.origin is None else remember(network.origin),
    )


def _layer_names(network: Network, layers: Sequence[LayerKey] | str) -> list[str]:
    if layers == "conv":
        chosen = [layer.name for layer in network.layers if "conv" in layer.type.lower()]
    elif layers == "all":
        chosen = [layer.name for layer in network.layers]
    else:
        given = [layers] if isinstance(layers, str) else layers
        chosen = list(dict.fromkeys(network.layers.find(layer).name for layer in given))
    if not chosen:
        raise ArgumentError(
            f"{network.name} has no layer that is called a convolution: name layers"
        )
    return chosen


def _describe(network: Network, answer: Activations) -> IndexedLayer:
    channels, rows, cols = answer.maps.shape
    layer = answer.layer
    names = tuple(network.layers.other_names(layer))
    return IndexedLayer(layer.name, layer.type, channels, rows, cols, layer.geometry, names)
