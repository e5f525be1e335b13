"""The addresses under /api/index: what channels answer to over a collection."""

import json
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response

from actiscope.collection.ids import int_id
from actiscope.collection.index import Index
from actiscope.collection.rereading import find_picture, read_picture
from actiscope.collection.summaries import ChannelSummary
from actiscope.images.shrinking import shrink
from actiscope.images.writing import encode_webp
from actiscope.report.cards.collecting import LONGEST
from actiscope.report.cards.describing import describe_brief, describe_card, describe_index
from actiscope.web.engine import Gone
from actiscope.web.errors import ERROR_RESPONSES, PictureNotFoundError
from actiscope.web.routes import LayerIndex
from actiscope.web.service import Service

_PATCHES = 8
_WEBP = "image/webp"

ImageId = Annotated[
    str, Path(pattern="^[0-9a-f]{16}$", description="Id of a picture of the collection.")
]


class Cards:
    """An index, beside the network that it was built with.

    Parameters
    ----------
    service : Service
        What has the network and the pictures.
    index : Index
        The index, which is only read.

    Raises
    ------
    ArgumentError
        If it was built with another network.
    """

    def __init__(self, service: Service, index: Index) -> None:
        index.check_network(service.network)
        self._service = service
        self._index = index
        self._channels = lru_cache(maxsize=8)(index.channels)
        service.description["indexed"] = describe_index(index, service.network)

    async def layer(self, number: int, gone: Gone) -> list[dict[str, Any]]:
        """Return the channels of a layer, in few words."""
        name = self._name(number)
        found = await self._service.engine.run(lambda: self._channels(name), gone)
        return [describe_brief(summary) for summary in found]

    async def card(self, number: int, channel: int, gone: Gone) -> dict[str, Any]:
        """Return the card of a channel."""
        name = self._name(number)
        limits = self._service.limits

        def work() -> dict[str, Any]:
            return describe_card(
                self._index, self._service.network, name, self._summary(name, channel), _PATCHES,
                limits.picture_pixels,
            )  # fmt: skip

        return await self._service.cache.once(
            ("the index", name, str(channel)),
            lambda: self._service.engine.run(work, gone),
            lambda card: len(json.dumps(card)),
        )

    async def picture(self, image: str, gone: Gone) -> bytes:
        """Return a picture of the collection, small, as WebP."""
        self._check(image)
        most = self._service.limits.picture_pixels
        return await self._service.engine.run(
            lambda: encode_webp(shrink(read_picture(self._index, image, most), LONGEST)), gone
        )

    async def open(self, image: str, gone: Gone) -> dict[str, Any]:
        """Add a picture of the collection to those that can be looked at."""
        self._check(image)
        number = int_id(image)
        data = await self._service.engine.run(lambda: find_picture(self._index, number), gone)
        name = self._index.item(number).name.replace("\\", "/").rpartition("/")[2]
        return (await self._service.add(name, data, False, gone)).describe()

    def _name(self, number: int) -> str:
        return self._index.layer(self._service.network.layers.find(number).name).name

    def _summary(self, layer: str, channel: int) -> ChannelSummary:
        self._index.check_channel(layer, channel)
        return self._channels(layer)[channel]

    def _check(self, image: str) -> None:
        if not self._index.store.images_among([int_id(image)]):
            raise PictureNotFoundError(f"there is no picture {image} in the index")


def cards_routes(service: Service, index: Index) -> APIRouter:
    """Return the routes of an index.

    Parameters
    ----------
    service : Service
        What has the network and the pictures.
    index : Index
        The index.

    Returns
    -------
    APIRouter
        Its addresses.

    Raises
    ------
    ArgumentError
        If it was built with another network.
    """
    router = APIRouter(prefix="/api/index", responses=ERROR_RESPONSES)
    cards = Cards(service, index)

    @router.get("/layers/{index}")
    async def layer(request: Request, index: LayerIndex) -> list[dict[str, Any]]:
        """List what the channels of a layer answered, in few words."""
        return await cards.layer(index, request.is_disconnected)

    @router.get("/layers/{index}/channels/{channel}")
    async def card(request: Request, index: LayerIndex, channel: int) -> dict[str, Any]:
        """Return the card of a channel: its statistics, and the patches of its strongest units."""
        return await cards.card(index, channel, request.is_disconnected)

    @router.get(
        "/pictures/{image}",
        response_class=Response,
        responses={200: {"content": {_WEBP: {"schema": {"type": "string", "format": "binary"}}}}},
    )
    async def picture(request: Request, image: ImageId) -> Response:
        """Return a picture of the collection, small."""
        data = await cards.picture(image, request.is_disconnected)
        forever = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(data, media_type=_WEBP, headers=forever)

    @router.post("/pictures/{image}", status_code=201)
    async def open_picture(request: Request, image: ImageId) -> dict[str, Any]:
        """Add a picture of the collection to those that can be looked at."""
        return await cards.open(image, request.is_disconnected)

    return router
