"""The addresses under /api for what drives a channel: maps that take long, one made at a time."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from actiscope.errors import ActiscopeError, ArgumentError
from actiscope.studies.occlusion import Fill, Occlusion, occlude, usual_window
from actiscope.web.engine import Engine, Gone
from actiscope.web.errors import ERROR_RESPONSES, TooLargeError, describe_error
from actiscope.web.following import WAITING, Following, Tell
from actiscope.web.limits import Limits
from actiscope.web.routes import Identity, LayerIndex, Size
from actiscope.web.service import Service, View

UNIT = "^[0-9]{1,5},[0-9]{1,5}$"
"""A row and a column, as a regular expression."""

Step = Literal["fine", "coarse"]
"""How far a window moves on: by a third of its size, or by all of it."""

_FAR = ("done", "total")
_LINES = "application/x-ndjson"

UnitText = Annotated[
    str | None,
    Query(
        pattern=UNIT,
        description="Row and column of a unit, '5,8'; by default the channel's largest value.",
    ),
]


class Asked(NamedTuple):
    """What a map is of, and how the picture is covered for it."""

    layer: int
    channel: int
    unit: str | None
    fill: Fill
    step: Step


class Drives:
    """Occlusion maps, and those that are kept.

    Parameters
    ----------
    service : Service
        What has the network and the pictures.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._engine = Engine(running=1, waiting=service.limits.waiting)

    async def make(
        self, identity: str, asked: Asked, size: str, gone: Gone
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield how far a map is, and then the map; one is made at a time, others wait."""
        service = self._service
        view = service.view(identity, size)
        key = self._key(view, asked)
        found: Occlusion | None = service.cache.get(key)
        if found is None:
            following = Following(self._engine, lambda tell: self._cover(view, asked, tell), gone)
            async with aclosing(aiter(following)) as steps:
                async for step in steps:
                    found = service.cache.get(key)
                    if found is not None:  # who waited before this one has made it
                        break
                    told = (
                        {"waiting": True} if step == WAITING else dict(zip(_FAR, step, strict=True))
                    )
                    yield told
        if found is None:
            found = await following.result()
            service.cache.keep(key, found, found.drops.nbytes)
        if not np.isfinite(found.drops).all():
            raise ArgumentError("its values are no finite numbers: what drives it cannot be said")
        yield {"fill": asked.fill, **found.describe()}

    def made(self, identity: str, asked: Asked, size: str) -> dict[str, Any] | None:
        """Return a map that is kept, as a page that is kept holds it."""
        found: Occlusion | None = self._service.cache.get(
            self._key(self._service.view(identity, size), asked)
        )
        if found is None:
            return None
        about = {"picture": identity, "of": asked.unit, "step": asked.step, "fill": asked.fill}
        return {**about, "layer": asked.layer, "channel": asked.channel, **found.describe()}

    def _key(self, view: View, asked: Asked) -> tuple[str, ...]:
        layer = self._service.network.layers.find(asked.layer)
        return *view.key(layer), str(asked.channel), str(asked.unit), asked.fill, asked.step

    def _cover(self, view: View, asked: Asked, tell: Tell) -> Occlusion:
        def watch(done: int, total: int) -> None:
            self._check_cost(total, view.input_size)
            tell(done, total)

        return occlude(
            self._service.network,
            view.pixels,
            asked.layer,
            asked.channel,
            unit=unit_of(asked.unit),
            stride=usual_window(view.input_size) if asked.step == "coarse" else None,
            fill=asked.fill,
            size=view.fed,
            on_run=watch,
        )

    def _check_cost(self, runs: int, size: tuple[int, int]) -> None:
        advice = "choose coarse steps, a smaller size, or a unit"
        check_cost(runs, size, self._service.limits, advice)


def drive_routes(drives: Drives) -> APIRouter:
    """Return the routes for occlusion maps.

    Parameters
    ----------
    drives : Drives
        What makes them.

    Returns
    -------
    APIRouter
        Their address.
    """
    router = APIRouter(responses=ERROR_RESPONSES)

    @router.get(
        "/pictures/{identity}/layers/{index}/channels/{channel}/drives",
        response_class=StreamingResponse,
        responses={200: {"content": {_LINES: {"schema": {"type": "string"}}}}},
    )
    async def drive(
        request: Request,
        identity: Identity,
        index: LayerIndex,
        channel: int,
        fill: Fill = "grey",
        unit: UnitText = None,
        step: Step = "fine",
        size: Size = "own",
    ) -> StreamingResponse:
        """Return what a channel needs of a picture, which is covered part by part.

        Lines of JSON: that it waits, while another map is made; how much is done of how much, as
        it goes; at last the map, or an error. The work ends when the connection does.
        """
        asked = Asked(index, channel, unit, fill, step)
        lines = drives.make(identity, asked, size, request.is_disconnected)
        first = await anext(lines)
        return StreamingResponse(_written(first, lines), media_type=_LINES)

    return router


async def _written(
    first: dict[str, Any], rest: AsyncIterator[dict[str, Any]]
) -> AsyncIterator[str]:
    yield json.dumps(first) + "\n"
    try:
        async for each in rest:
            yield json.dumps(each) + "\n"
    except ActiscopeError as error:
        yield json.dumps(describe_error(error)) + "\n"


def check_cost(runs: int, size: tuple[int, int], limits: Limits, advice: str) -> None:
    """Refuse more runs of pictures of a size than a server takes on."""
    if runs * size[0] * size[1] > limits.covered_pixels:
        raise TooLargeError(
            f"{runs:,} runs at {size[0]}x{size[1]} are more than the server takes on; {advice}"
        )


def unit_of(text: str | None) -> tuple[int, int] | None:
    """Read a row and a column."""
    if text is None:
        return None
    row, col = map(int, text.split(","))
    return row, col
