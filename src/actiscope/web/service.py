"""What the server can be asked, apart from how it is asked."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from actiscope.activations import Activations
from actiscope.errors import ImageSizeError
from actiscope.images import read_image
from actiscope.images.edits import Stroke, edit
from actiscope.images.pixels import Pixels
from actiscope.layers import Layer
from actiscope.networks import Network
from actiscope.report.explorer.describing import count_classes, describe_network
from actiscope.report.explorer.evidence import NO_EVIDENCE
from actiscope.report.explorer.looking import fed_size, look, pack_thumbnails, thumbnail
from actiscope.report.explorer.offline import render_report
from actiscope.report.explorer.slides import Slide
from actiscope.report.explorer.sprites import pack_layer
from actiscope.web.cache import Cache
from actiscope.web.engine import Engine, Gone
from actiscope.web.errors import TooLargeError
from actiscope.web.library import Library
from actiscope.web.limits import Limits

_MOST_OF_A_STUDY = 20
"""Further pictures of a study that a page in one file holds."""


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
    evidence : mapping, optional
        What was found beforehand, as for `render_report`.
    """

    def __init__(
        self,
        network: Network,
        slides: Iterable[Slide],
        limits: Limits,
        evidence: Mapping[str, Any] | None = None,
    ) -> None:
        self.network = network
        self.limits = limits
        self.library = Library(slides, limits)
        self.engine = Engine(limits.running, limits.waiting)
        self.cache = Cache(limits.cache_bytes)
        self.description = describe_network(network)
        self.evidence = evidence or NO_EVIDENCE

    async def add(self, name: str, data: bytes, frame: bool, gone: Gone) -> Slide:
        """Add the picture that the bytes of a file hold; a camera frame is soon forgotten."""
        slide = await self.engine.run(lambda: self._read(name, data), gone)
        return self._keep((self.library.add_frame if frame else self.library.add)(slide))

    async def edit(self, identity: str, strokes: Sequence[Stroke], gone: Gone) -> Slide:
        """Add a picture with strokes painted over it."""
        slide = self.library.find(identity)

        def paint() -> Slide:
            return Slide(slide.name, _frozen(edit(slide.pixels, strokes)), of=identity)

        return self._keep(self.library.add_edit(await self.engine.run(paint, gone)))

    async def activations(self, identity: str, index: int, size: str, gone: Gone) -> Activations:
        """Return what a layer answers to a picture."""
        view = self.view(identity, size)
        layer = self.network.layers.find(index)
        return await self.cache.once(
            view.key(layer), lambda: self.engine.run(lambda: self._run(view, layer), gone), _cost
        )

    async def sprite(self, identity: str, index: int, size: str, gone: Gone) -> bytes:
        """Return what a layer answers to a picture, to be drawn."""
        view = self.view(identity, size)
        layer = self.network.layers.find(index)

        def draw(kept: Activations | None) -> tuple[Activations, bytes]:
            activations = self._run(view, layer) if kept is None else kept
            return activations, pack_layer(activations)

        async def work() -> bytes:
            kept = self.cache.get(view.key(layer))
            activations, sprite = await self.engine.run(lambda: draw(kept), gone)
            self.cache.keep(view.key(layer), activations, _cost(activations))
            return sprite

        return await self.cache.once((*view.key(layer), "sprite"), work, len)

    async def thumbnails(self, identity: str, size: str, gone: Gone) -> bytes:
        """Return a small picture of every layer, as a sprite.

        All layers are then computed: their answers are kept, as far as half of the budget goes.
        """
        view = self.view(identity, size)

        def ask() -> tuple[bytes, list[Activations]]:
            small, answers = [], []
            room = self.limits.cache_bytes // 2
            for activations in look(self.network, view.pixels, self.network.layers, view.fed):
                small.append(thumbnail(activations))
                room -= _cost(activations)
                if room > 0:
                    answers.append(activations)
            return pack_thumbnails(small, activations), answers

        async def work() -> bytes:
            sprite, answers = await self.engine.run(ask, gone)
            for activations in answers:
                self.cache.keep(view.key(activations.layer), activations, _cost(activations))
            return sprite

        return await self.cache.once((identity, str(view.fed), "thumbnails"), work, len)

    async def classes(self, identity: str, size: str, gone: Gone) -> list[dict[str, Any]]:
        """Return the five most probable classes; none if the network is no classifier."""
        view = self.view(identity, size)
        if not count_classes(self.network):
            return []
        found = await self.engine.run(
            lambda: self.network.classify(view.pixels, top=5, size=view.fed), gone
        )
        return [dataclasses.asdict(one) for one in found]

    async def report(
        self,
        identities: Sequence[str],
        size: str,
        view: Mapping[str, Any] | None,
        evidence: Mapping[str, Any],
        gone: Gone,
    ) -> str:
        """Return the page with one picture, or two, and everything in it."""
        slides = [self.library.find(identity) for identity in identities]
        others = self._of_the_study(identities, size)
        for identity in identities:
            self.view(identity, size)
        return await self.engine.run(
            lambda: render_report(
                self.network, slides, others=others, size=size, view=view, evidence=evidence
            ),
            gone,
        )

    def _of_the_study(self, without: Sequence[str], size: str) -> list[Slide]:
        """Return the other pictures of the study, if that is the size that they go in at."""
        study = self.evidence["study"]
        if study is None or study["size"] != size:
            return []
        ids = {each[side] for each in study["claims"] for side in ("a", "b")} - set(without)
        return [slide for slide in self.library if slide.id in ids][:_MOST_OF_A_STUDY]

    def _read(self, name: str, data: bytes) -> Slide:
        most = self.limits.picture_pixels
        try:
            return Slide(name, _frozen(read_image(data, most_pixels=most)))
        except ImageSizeError as error:
            raise TooLargeError(str(error)) from None

    def _keep(self, added: tuple[Slide, list[str]]) -> Slide:
        kept, gone = added
        for identity in gone:
            self.cache.forget(identity)
        return kept

    def view(self, identity: str, size: str) -> "View":
        """Return a picture at the size that it goes in at, unless that is too large."""
        pixels = self.library.find(identity).pixels
        fed = fed_size(self.network, pixels, size)
        height, width = fed or self.network.preparation.size or pixels.shape[:2]
        if height * width > self.limits.input_pixels:
            raise TooLargeError(
                f"{height}x{width} is more than the {self.limits.input_pixels:,} pixels that go "
                "in; choose a smaller size"
            )
        return View(identity, pixels, fed, (height, width))

    def _run(self, view: "View", layer: Layer) -> Activations:
        activations = self.network.activations(view.pixels, layer, size=view.fed)
        activations.values  # noqa: B018 - they are worked out here, in the thread
        return activations


class View(NamedTuple):
    """A picture at the size that it goes in at: `fed`, as for `Network.activations`."""

    identity: str
    pixels: Pixels
    fed: tuple[int, int] | None
    input_size: tuple[int, int]

    def key(self, layer: Layer) -> tuple[str, ...]:
        """Return what a layer's answer is kept under."""
        return self.identity, str(self.fed), str(layer.index)


def _cost(activations: Activations) -> int:
    return activations.values.nbytes


def _frozen(pixels: Pixels) -> Pixels:
    pixels.setflags(write=False)
    return pixels
