"""What the server can be asked, apart from how it is asked."""

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from actiscope.activations import Activations
from actiscope.errors import ImageSizeError
from actiscope.images import read_image
from actiscope.images.edits import Stroke, edit
from actiscope.images.pixels import Pixels
from actiscope.networks import Network
from actiscope.report.explorer.describing import count_classes, describe_network
from actiscope.report.explorer.looking import fed_size, look, pack_thumbnails, thumbnail
from actiscope.report.explorer.sprites import pack_layer
from actiscope.web.cache import Cache
from actiscope.web.engine import Engine, Gone
from actiscope.web.errors import TooLargeError
from actiscope.web.library import Library, Slide
from actiscope.web.limits import Limits


@dataclass(frozen=True)
class Answer:
    """What a layer answers to a picture.

    Parameters
    ----------
    activations : Activations
        Its values.
    sprite : bytes
        The same, to be drawn.
    """

    activations: Activations
    sprite: bytes

    @property
    def nbytes(self) -> int:
        """Bytes that it takes."""
        return self.activations.values.nbytes + len(self.sprite)


class Service:
    """A network and pictures, and answers that are kept.

    Every method that takes `gone` does its work when its turn comes, unless `gone` then says that
    nobody waits for it; it raises `BusyError` where too many wait.

    Parameters
    ----------
    network : Network
        What is looked into.
    slides : iterable of Slide
        The pictures that are always there.
    limits : Limits
        How much it takes on.
    """

    def __init__(self, network: Network, slides: Iterable[Slide], limits: Limits) -> None:
        self.network = network
        self.limits = limits
        self.library = Library(slides, limits.library_bytes, limits.frames)
        self.engine = Engine(limits.running, limits.waiting)
        self.cache = Cache(limits.cache_bytes)
        self.description = describe_network(network)

    async def add(self, name: str, data: bytes, frame: bool, gone: Gone) -> Slide:
        """Add the picture that the bytes of a file hold; a camera frame is soon forgotten."""
        slide = await self.engine.run(lambda: self._read(name, data), gone)
        return self._keep(slide, frame)

    async def edit(self, identity: str, strokes: Sequence[Stroke], gone: Gone) -> Slide:
        """Add a picture with strokes painted over it."""
        slide = self.library.find(identity)

        def paint() -> Slide:
            return Slide(slide.name, _frozen(edit(slide.pixels, strokes)), of=identity)

        return self._keep(await self.engine.run(paint, gone), frame=False)

    async def answer(self, identity: str, index: int, size: str, gone: Gone) -> Answer:
        """Return what a layer answers to a picture."""
        slide = self.library.find(identity)
        layer = self.network.layers.find(index)
        fed = self._fed_size(slide, size)

        def ask() -> Answer:
            activations = self.network.activations(slide.pixels, layer, size=fed)
            return Answer(activations, pack_layer(activations))

        key = (identity, str(fed), str(layer.index))
        return await self.cache.once(
            key, lambda: self.engine.run(ask, gone), lambda answer: answer.nbytes
        )

    async def thumbnails(self, identity: str, size: str, gone: Gone) -> bytes:
        """Return a small picture of every layer, as a sprite."""
        slide = self.library.find(identity)
        fed = self._fed_size(slide, size)

        def ask() -> bytes:
            small = []
            for activations in look(self.network, slide.pixels, self.network.layers, fed):
                small.append(thumbnail(activations))
            return pack_thumbnails(small, activations)

        key = (identity, str(fed), "thumbnails")
        return await self.cache.once(key, lambda: self.engine.run(ask, gone), len)

    async def classes(self, identity: str, size: str, gone: Gone) -> list[dict[str, Any]]:
        """Return the five most probable classes; none if the network is no classifier."""
        slide = self.library.find(identity)
        fed = self._fed_size(slide, size)
        if not count_classes(self.network):
            return []
        found = await self.engine.run(
            lambda: self.network.classify(slide.pixels, top=5, size=fed), gone
        )
        return [dataclasses.asdict(one) for one in found]

    def _read(self, name: str, data: bytes) -> Slide:
        most = self.limits.picture_pixels
        try:
            return Slide(name, _frozen(read_image(data, most_pixels=most)))
        except ImageSizeError as error:
            raise TooLargeError(str(error)) from None

    def _keep(self, slide: Slide, frame: bool) -> Slide:
        kept, gone = (self.library.add_frame if frame else self.library.add)(slide)
        for identity in gone:
            self.cache.forget(identity)
        return kept

    def _fed_size(self, slide: Slide, size: str) -> tuple[int, int] | None:
        fed = fed_size(self.network, slide.pixels, size)
        height, width = fed or self.network.preparation.size or slide.pixels.shape[:2]
        if height * width > self.limits.input_pixels:
            raise TooLargeError(
                f"{height}x{width} is more than the {self.limits.input_pixels:,} pixels that go "
                "in; choose a smaller size"
            )
        return fed


def _frozen(pixels: Pixels) -> Pixels:
    pixels.setflags(write=False)
    return pixels
