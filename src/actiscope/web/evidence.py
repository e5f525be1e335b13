"""The addresses under /api for evidence: what was found beforehand, what changed, and the page."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.images.masks import box_of_mask, mask_of_change
from actiscope.report.explorer.evidence import as_seen, describe_changes
from actiscope.studies.occlusion import FILLS, Fill
from actiscope.studies.selectivity import THE_CHANGE, selectivity
from actiscope.web.dividing import Sums, sum_routes
from actiscope.web.driving import UNIT, Asked, Drives, Step, drive_routes
from actiscope.web.engine import Gone
from actiscope.web.errors import ERROR_RESPONSES
from actiscope.web.routes import SIZES, Name, Plain, PlainList, binary, download
from actiscope.web.service import Service

_MOST_REGIONS = 20
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
    unit: str | None = Field(None, pattern=UNIT)
    fills: list[Fill] = Field([], max_length=len(FILLS))
    step: Step = "fine"
    sum: bool = False
    regions: list[RegionBody] = Field([], max_length=_MOST_REGIONS)


class ReportBody(BaseModel):
    """One picture, or two to compare, what the page begins with, and evidence that was seen."""

    pictures: list[str] = Field(min_length=1, max_length=2)
    size: str = Field("own", json_schema_extra=SIZES)
    view: dict[Name, Plain | PlainList] | None = Field(None, max_length=30)
    seen: SeenBody | None = None


class Evidence:
    """Questions about two pictures, and the page with all that was seen.

    Parameters
    ----------
    service : Service
        What has the network and the pictures.
    drives : Drives
        What has the maps that were made.
    sums : Sums
        What has the values that were divided.
    """

    def __init__(self, service: Service, drives: Drives, sums: Sums) -> None:
        self._service = service
        self._drives = drives
        self._sums = sums

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
            evidence["seen"] = as_seen(
                drives=self._made(asked, seen),
                sums=self._divided(asked, seen),
                changes=await self._changed(asked, seen, gone),
            )
        return await service.report(asked.pictures, asked.size, asked.view, evidence, gone)

    def _made(self, asked: ReportBody, seen: SeenBody) -> list[dict[str, Any]]:
        """Return the maps that are kept, of one channel over each of the pictures."""
        found = [
            self._drives.made(
                picture, Asked(seen.layer, seen.channel, seen.unit, fill, seen.step), asked.size
            )
            for picture in asked.pictures
            for fill in seen.fills
        ]
        return [each for each in found if each is not None]

    def _divided(self, asked: ReportBody, seen: SeenBody) -> list[dict[str, Any]]:
        """Return the sums that are kept, of one channel for each of the pictures."""
        found = [
            self._sums.made(picture, seen.layer, seen.channel, seen.unit, asked.size)
            for picture in (asked.pictures if seen.sum else ())
        ]
        return [each for each in found if each is not None]

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
    drives = Drives(service)
    router.include_router(drive_routes(drives))
    sums = Sums(service)
    router.include_router(sum_routes(sums))
    evidence = Evidence(service, drives, sums)

    @router.get("/evidence")
    async def given() -> dict[str, Any]:
        """Return what was found beforehand: dissections, and a study."""
        return dict(service.evidence)

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


def _box(region: RegionBody) -> Box:
    left, top, right, bottom = region.box
    if not (left < right and top < bottom):
        raise ArgumentError(f"{region.name!r} is a box x0, y0, x1, y1 with x0 < x1 and y0 < y1")
    return Box(top, left, bottom, right)
