"""The addresses under /api for evidence: what drives a channel, and what changed."""

import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from actiscope.errors import ActiscopeError, ArgumentError
from actiscope.geometry import Box
from actiscope.images.masks import box_of_mask, mask_of_change
from actiscope.layers import Layer
from actiscope.report.explorer.evidence import describe_changes
from actiscope.studies.occlusion import FILLS, Fill, Occlusion, occlude
from actiscope.studies.selectivity import THE_CHANGE, selectivity
from actiscope.web.engine import Engine, Gone
from actiscope.web.errors import ERROR_RESPONSES, TooLargeError, describe_error
from actiscope.web.following import Following, Tell
from actiscope.web.routes import (
    SIZES,
    Identity,
    LayerIndex,
    Name,
    Plain,
    PlainList,
    Size,
    binary,
    download,
)
from actiscope.web.service import Service, View

_LINES = "application/x-ndjson"
_MOST_REGIONS = 20
_UNIT = "^[0-9]{1,5},[0-9]{1,5}$"

UnitText = Annotated[
    str | None,
    Query(
        pattern=_UNIT,
        description="Row and column of a unit, '5,8'; by default the channel's largest value.",
    ),
]
Edge = Annotated[float, Field(allow_inf_nan=False)]


class RegionBody(BaseModel):
    """A box on the picture: columns and rows of its corners, the second one outside."""

    name: str = Field(min_length=1, max_length=60)
    box: tuple[Edge, Edge, Edge, Edge]


class ChangesBody(BaseModel):
    """Two pictures; without regions, the one in which they differ."""

    a: str
    b: str
    layer: int
    size: str = Field("own", json_schema_extra=SIZES)
    regions: list[RegionBody] = Field([], max_length=_MOST_REGIONS)


class SeenBody(BaseModel):
    """Evidence that is on the screen: maps that were made, and the changes in regions."""

    layer: int
    channel: int
    unit: str | None = Field(None, pattern=_UNIT)
    fills: list[Fill] = Field([], max_length=len(FILLS))
    regions: list[RegionBody] = Field([], max_length=_MOST_REGIONS)


class ReportBody(BaseModel):
    """One picture, or two to compare, what the page begins with, and evidence that was seen."""

    pictures: list[str] = Field(min_length=1, max_length=2)
    size: str = Field("own", json_schema_extra=SIZES)
    view: dict[Name, Plain | PlainList] | None = Field(None, max_length=30)
    seen: SeenBody | None = None


class Evidence:
    """Questions that take long, or two pictures.

    Parameters
    ----------
    service : Service
        What has the network and the pictures.
    """

    def __init__(self, service: Service) -> None:
        self._service = service
        self._engine = Engine(running=1, waiting=0)

    async def drives(
        self,
        identity: str,
        target: tuple[int, int, str | None],
        fill: Fill,
        size: str,
        gone: Gone,
    ) -> AsyncIterator[dict[str, Any]]:
        """Yield how far an occlusion map is, and then the map; one is made at a time.

        What it is of is a layer, a channel and perhaps a unit.
        """
        service = self._service
        index, channel, unit = target
        view = service.view(identity, size)
        layer = service.network.layers.find(index)
        key = _key(view, layer, channel, unit, fill)
        found: Occlusion | None = service.cache.get(key)
        if found is None:

            def work(tell: Tell) -> Occlusion:
                def watch(done: int, total: int) -> None:
                    self._check_cost(total, view.input_size)
                    tell(done, total)

                return occlude(
                    service.network,
                    view.pixels,
                    layer,
                    channel,
                    unit=_unit(unit),
                    fill=fill,
                    size=view.fed,
                    on_run=watch,
                )

            following = Following(self._engine, work, gone)
            async for done, total in following:
                yield {"done": done, "total": total}
            found = await following.result()
            service.cache.keep(key, found, found.drops.nbytes)
        if not np.isfinite(found.drops).all():
            raise ArgumentError("its values are no finite numbers: what drives it cannot be said")
        yield {"fill": fill, **found.describe()}

    async def changes(self, asked: ChangesBody, gone: Gone) -> list[dict[str, Any]]:
        """Return how selectively each channel of a layer changed, region by region."""
        service = self._service
        pixels = [service.view(each, asked.size).pixels for each in (asked.a, asked.b)]
        before, after = [
            await service.activations(each, asked.layer, asked.size, gone)
            for each in (asked.a, asked.b)
        ]

        def compare() -> list[dict[str, Any]]:
            if not (np.isfinite(before.maps).all() and np.isfinite(after.maps).all()):
                raise ArgumentError("values that are no finite numbers cannot be compared")
            changed = {THE_CHANGE: box_of_mask(mask_of_change(pixels[0], pixels[1]))}
            regions = {each.name: _box(each) for each in asked.regions} or changed
            return describe_changes(regions, selectivity(before, after, regions))

        return await service.engine.run(compare, gone)

    async def page(self, asked: ReportBody, gone: Gone) -> str:
        """Return the page in one file, with the evidence that was seen; no map is made for it."""
        service, seen = self._service, asked.seen
        evidence = dict(service.evidence)
        if seen is not None:
            evidence["seen"] = {
                "drives": self._made(asked, seen),
                "changes": await self._changed(asked, seen, gone),
            }
        return await service.report(asked.pictures, asked.size, asked.view, evidence, gone)

    def _made(self, asked: ReportBody, seen: SeenBody) -> list[dict[str, Any]]:
        """Return the maps that are kept, of one channel over each of the pictures."""
        found = []
        for picture in asked.pictures:
            view = self._service.view(picture, asked.size)
            layer = self._service.network.layers.find(seen.layer)
            for fill in seen.fills:
                key = _key(view, layer, seen.channel, seen.unit, fill)
                kept: Occlusion | None = self._service.cache.get(key)
                if kept is not None:
                    target = {"layer": seen.layer, "channel": seen.channel, "of": seen.unit}
                    found.append({"picture": picture, **target, "fill": fill, **kept.describe()})
        return found

    async def _changed(self, asked: ReportBody, seen: SeenBody, gone: Gone) -> list[dict[str, Any]]:
        """Return the changes between two pictures, if they can be compared."""
        if len(asked.pictures) == 1:
            return []
        first, second = asked.pictures
        body = ChangesBody(
            a=first, b=second, layer=seen.layer, size=asked.size, regions=seen.regions
        )
        try:
            found = await self.changes(body, gone)
        except ArgumentError:
            return []
        return [{**body.model_dump(exclude={"size"}), "found": found}]

    def _check_cost(self, runs: int, size: tuple[int, int]) -> None:
        if runs * size[0] * size[1] > self._service.limits.covered_pixels:
            raise TooLargeError(
                f"{runs:,} runs at {size[0]}x{size[1]} are more than the server takes on; choose a "
                "smaller size, or a unit"
            )


def evidence_routes(service: Service) -> APIRouter:
    """Return the routes for evidence.

    Parameters
    ----------
    service : Service
        What has the network and the pictures.

    Returns
    -------
    APIRouter
        Its addresses.
    """
    router = APIRouter(prefix="/api", responses=ERROR_RESPONSES)
    evidence = Evidence(service)

    @router.get("/evidence")
    async def given() -> dict[str, Any]:
        """Return what was found beforehand: dissections, and a study."""
        return dict(service.evidence)

    @router.get(
        "/pictures/{identity}/layers/{index}/channels/{channel}/drives",
        response_class=StreamingResponse,
        responses={200: {"content": {_LINES: {"schema": {"type": "string"}}}}},
    )
    async def drives(
        request: Request,
        identity: Identity,
        index: LayerIndex,
        channel: int,
        fill: Fill = "grey",
        unit: UnitText = None,
        size: Size = "own",
    ) -> StreamingResponse:
        """Return what a channel needs of a picture, which is covered part by part.

        Lines of JSON: how much is done of how much, as it goes; at last the map, or an error. The
        work ends when the connection does.
        """
        target = index, channel, unit
        lines = evidence.drives(identity, target, fill, size, request.is_disconnected)
        first = await anext(lines)
        return StreamingResponse(_written(first, lines), media_type=_LINES)

    @router.post("/report", **binary("text/html"))
    async def report(request: Request, body: ReportBody) -> Response:
        """Return the page with everything in it, to be kept or sent."""
        page = await evidence.page(body, request.is_disconnected)
        return download(page.encode(), "report.html", "text/html")

    @router.post("/changes")
    async def changes(request: Request, body: ChangesBody) -> list[dict[str, Any]]:
        """Say what changed between two pictures in regions, and rank the channels by it."""
        return await evidence.changes(body, request.is_disconnected)

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


def _key(view: View, layer: Layer, channel: int, unit: str | None, fill: Fill) -> tuple[str, ...]:
    """Return what a map is kept under."""
    return *view.key(layer), str(channel), str(unit), fill


def _unit(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    row, col = map(int, text.split(","))
    return row, col


def _box(region: RegionBody) -> Box:
    left, top, right, bottom = region.box
    if not (left < right and top < bottom):
        raise ArgumentError(f"{region.name!r} is a box x0, y0, x1, y1 with x0 < x1 and y0 < y1")
    return Box(top, left, bottom, right)
