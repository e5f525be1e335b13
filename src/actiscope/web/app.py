"""The explorer as an ASGI application."""

from collections.abc import Collection, Iterable, Mapping
from pathlib import PurePath
from threading import Thread
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.responses import HTMLResponse, Response

from actiscope import __version__
from actiscope.collection.index import Index
from actiscope.images.edits import get_ready
from actiscope.networks import Network
from actiscope.report.explorer.page import inline_scripts, render_page, static_files
from actiscope.report.explorer.slides import Slide
from actiscope.web.cards import cards_routes
from actiscope.web.errors import handle_errors
from actiscope.web.evidence import evidence_routes
from actiscope.web.intake import Intake
from actiscope.web.limits import Limits
from actiscope.web.routes import routes
from actiscope.web.security import LOOPBACK, Guard, content_policy
from actiscope.web.service import Service

_TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}


def create_app(
    network: Network,
    slides: Iterable[Slide],
    *,
    evidence: Mapping[str, Any] | None = None,
    hosts: Collection[str] | None = LOOPBACK,
    token: str | None = None,
    limits: Limits | None = None,
    index: Index | None = None,
) -> FastAPI:
    """Return the explorer of a network.

    Parameters
    ----------
    network : Network
        What is looked into.
    slides : iterable of Slide
        The pictures that it begins with.
    evidence : mapping, optional
        What was found beforehand, as for `render_report`.
    hosts : collection of str, optional
        Names that it is reached by, whatever the port; None for any, which is safe only with a
        token.
    token : str, optional
        What a browser has to give once, as ``?token=``.
    limits : Limits, optional
        How much it takes on.
    index : Index, optional
        An index of a collection, whose cards are shown beside the channels.

    Returns
    -------
    FastAPI
        An ASGI application. Its state is its own: there can be several.

    Raises
    ------
    ArgumentError
        If the index was built with another network.
    """
    limits = limits or Limits()
    Thread(target=get_ready).start()
    app = FastAPI(
        title="actiscope explorer",
        version=__version__,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    service = Service(network, slides, limits, evidence)
    app.include_router(routes(service))
    app.include_router(evidence_routes(service))
    if index is not None:
        app.include_router(cards_routes(service, index))
    _add_page(app)
    handle_errors(app)
    intake = Intake(limits.body_bytes, limits.bodies_bytes)
    app.add_middleware(Guard, hosts=hosts, token=token, intake=intake)
    return app


def _add_page(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def index() -> Response:
        page = render_page()
        policy = content_policy(inline_scripts(page))
        return HTMLResponse(page, headers={"Content-Security-Policy": policy})

    @app.get("/static/{name}", include_in_schema=False)
    async def static(name: str) -> Response:
        file = static_files().get(name)
        media_type = _TYPES.get(PurePath(name).suffix)
        if file is None or media_type is None:
            raise HTTPException(404, f"there is no file {name[:64]!r}")
        headers = {"Cache-Control": "no-cache"}
        return Response(file.read_bytes(), media_type=media_type, headers=headers)
