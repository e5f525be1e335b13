"""The address under /api for what a value is the sum of."""

from contextlib import aclosing
from typing import Any

from fastapi import APIRouter, Request

from actiscope.errors import NotASumError
from actiscope.report.explorer.evidence import describe_sum
from actiscope.studies import attribute
from actiscope.web.driving import UnitText, check_cost, unit_of
from actiscope.web.engine import Gone
from actiscope.web.errors import ERROR_RESPONSES
from actiscope.web.following import Following, Tell
from actiscope.web.routes import Identity, LayerIndex, Size
from actiscope.web.service import Service, View


class Sums:
    """Values divided into the shares of an earlier layer, and those that are kept.

    Parameters
    ----------
    service : Service
        What has the network and the pictures.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    async def divide(
        self, identity: str, layer: int, channel: int, unit: str | None, size: str, gone: Gone
    ) -> dict[str, Any] | None:
        """Return what a value is the sum of; None if it is no sum."""
        service = self._service
        view = service.view(identity, size)

        def divide(tell: Tell) -> dict[str, Any] | None:
            def watch(done: int, total: int) -> None:
                check_cost(total, view.input_size, service.limits, "choose a smaller size")
                tell(done, total)

            try:
                found = attribute(
                    service.network,
                    view.pixels,
                    layer,
                    channel,
                    method="contributions",
                    unit=unit_of(unit),
                    size=view.fed,
                    on_run=watch,
                )
            except NotASumError:
                return None
            return describe_sum(service.network, found)

        async def work() -> dict[str, Any] | None:
            following = Following(service.engine, divide, gone)
            async with aclosing(aiter(following)) as steps:
                async for _ in steps:
                    if await gone():
                        break
            return await following.result()

        return await service.cache.once(self._key(view, layer, channel, unit), work, _cost)

    def made(
        self, identity: str, layer: int, channel: int, unit: str | None, size: str
    ) -> dict[str, Any] | None:
        """Return one that is kept, as a page that is kept holds it."""
        found = self._service.cache.get(
            self._key(self._service.view(identity, size), layer, channel, unit)
        )
        about = {"picture": identity, "layer": layer, "channel": channel, "of": unit}
        return None if found is None else {**about, **found}

    def _key(self, view: View, layer: int, channel: int, unit: str | None) -> tuple[str, ...]:
        found = self._service.network.layers.find(layer)
        return *view.key(found), str(channel), str(unit), "sum"


def sum_routes(sums: Sums) -> APIRouter:
    """Return the route for what values are the sum of.

    Parameters
    ----------
    sums : Sums
        What divides them.

    Returns
    -------
    APIRouter
        Its address.
    """
    router = APIRouter(responses=ERROR_RESPONSES)

    @router.get("/pictures/{identity}/layers/{index}/channels/{channel}/sum")
    async def divide(
        request: Request,
        identity: Identity,
        index: LayerIndex,
        channel: int,
        unit: UnitText = None,
        size: Size = "own",
    ) -> dict[str, Any] | None:
        """Divide a channel's value exactly into the shares of an earlier layer's channels.

        Null if it is no sum over an earlier layer.
        """
        return await sums.divide(identity, index, channel, unit, size, request.is_disconnected)

    return router


def _cost(found: dict[str, Any] | None) -> int:
    return 100 * len(found["shares"]) if found else 1
