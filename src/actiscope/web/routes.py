"""The addresses under /api."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, Field
from pydantic.config import JsonDict

from actiscope.activations import as_arrays, npz_bytes
from actiscope.images import encode_png
from actiscope.images.edits import Stroke, Tool
from actiscope.images.shrinking import shrink
from actiscope.report.explorer.looking import SIDES
from actiscope.web.errors import ERROR_RESPONSES, TooLargeError
from actiscope.web.service import Service

_MOST_STROKES = 200
_MOST_POINTS = 5000
SIZES: JsonDict = {"pattern": f"^(own|native|{SIDES})$"}

Identity = Annotated[str, Path(description="Id of a picture.")]
LayerIndex = Annotated[int, Path(description="Index of a layer, from 0.")]
Size = Annotated[
    str,
    Query(
        description="What the picture is brought to: its network's own size, the picture's native "
        "one, or a size, height first.",
        json_schema_extra=SIZES,
    ),
]
Thumb = Annotated[
    int, Query(ge=1, le=1024, description="Most pixels of the longer side; by default all of them.")
]
Name = Annotated[str, Field(max_length=40)]
Plain = (
    Annotated[str, Field(max_length=2000)]
    | bool
    | int
    | Annotated[float, Field(allow_inf_nan=False)]
    | None
)
PlainItem = (
    Plain
    | Annotated[list[Plain], Field(max_length=10)]
    | Annotated[dict[Name, Plain], Field(max_length=10)]
)
PlainList = Annotated[list[PlainItem], Field(max_length=100)]

_SPRITE = "application/octet-stream"
_PICTURE_BODY = {
    "requestBody": {
        "required": True,
        "content": {"image/*": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class StrokeBody(BaseModel):
    """One stroke of the brush; coordinates are those of pixel edges."""

    tool: Tool
    radius: float
    points: list[tuple[float, float]] = Field(max_length=_MOST_POINTS)
    colour: tuple[int, int, int] | None = None


class EditBody(BaseModel):
    """Strokes, the first is painted first."""

    strokes: list[StrokeBody] = Field(max_length=_MOST_STROKES)


def routes(service: Service) -> APIRouter:
    """Return the routes of a service.

    Parameters
    ----------
    service : Service
        What answers.

    Returns
    -------
    APIRouter
        Its addresses.
    """
    router = APIRouter(prefix="/api", responses=ERROR_RESPONSES)
    _add_pictures(router, service)
    _add_layers(router, service)
    return router


def _add_pictures(router: APIRouter, service: Service) -> None:
    @router.get("/network")
    async def network() -> dict[str, Any]:
        """Return what the network is."""
        return service.description

    @router.get("/pictures")
    async def pictures() -> list[dict[str, Any]]:
        """List the pictures, without camera frames."""
        return [slide.describe() for slide in service.library]

    @router.post("/pictures", status_code=201, openapi_extra=_PICTURE_BODY)
    async def add(
        request: Request,
        name: Annotated[str, Query(max_length=200)] = "picture",
        frame: bool = False,
    ) -> dict[str, Any]:
        """Add a picture: the bytes of a file. A camera frame is soon forgotten."""
        data = await request.body()
        slide = await service.add(name, data, frame, request.is_disconnected)
        return slide.describe()

    @router.get("/pictures/{identity}", **binary("image/png"))
    async def picture(request: Request, identity: Identity, thumb: Thumb | None = None) -> Response:
        """Return a picture as PNG."""
        pixels = service.library.find(identity).pixels
        png = await service.engine.run(
            lambda: encode_png(pixels if thumb is None else shrink(pixels, thumb)),
            request.is_disconnected,
        )
        forever = {"Cache-Control": "private, max-age=31536000, immutable"}
        return Response(png, media_type="image/png", headers=forever)

    @router.post("/pictures/{identity}/edits", status_code=201)
    async def edit(request: Request, identity: Identity, body: EditBody) -> dict[str, Any]:
        """Paint strokes over a picture."""
        points = sum(len(stroke.points) for stroke in body.strokes)
        if points > _MOST_POINTS:
            raise TooLargeError(f"the strokes of an edit have at most {_MOST_POINTS:,} points")
        strokes = [Stroke(**dict(stroke)) for stroke in body.strokes]
        slide = await service.edit(identity, strokes, request.is_disconnected)
        return slide.describe()


def _add_layers(router: APIRouter, service: Service) -> None:
    @router.get("/pictures/{identity}/layers/{index}", **binary(_SPRITE))
    async def layer(
        request: Request, identity: Identity, index: LayerIndex, size: Size = "own"
    ) -> Response:
        """Return a layer's answer as a sprite: 8 bits a value."""
        sprite = await service.sprite(identity, index, size, request.is_disconnected)
        return Response(sprite, media_type=_SPRITE)

    @router.get("/pictures/{identity}/layers/{index}/channels/{channel}", **binary(_SPRITE))
    async def channel(
        request: Request, identity: Identity, index: LayerIndex, channel: int, size: Size = "own"
    ) -> Response:
        """Return one channel exactly: float32, little-endian, row by row."""
        answer = await service.activations(identity, index, size, request.is_disconnected)
        values = answer.channel(channel)
        shape = {"X-Height": str(values.shape[0]), "X-Width": str(values.shape[1])}
        return Response(values.astype("<f4").tobytes(), media_type=_SPRITE, headers=shape)

    @router.get("/pictures/{identity}/layers/{index}/values", **binary("application/zip"))
    async def values(
        request: Request, identity: Identity, index: LayerIndex, size: Size = "own"
    ) -> Response:
        """Return a layer's answer as an .npz file: its values, and `meta`, JSON text."""
        answer = await service.activations(identity, index, size, request.is_disconnected)
        name = answer.layer.name
        shown = service.library.find(identity)
        image = {"path": shown.name, "size": list(answer.image_size)}
        about = {**service.network.describe(), "image": image}
        arrays = as_arrays({name: answer}, about)
        data = await service.engine.run(lambda: npz_bytes(arrays), request.is_disconnected)
        return download(data, f"{name}.npz", "application/zip")

    @router.get("/pictures/{identity}/classes")
    async def classes(
        request: Request, identity: Identity, size: Size = "own"
    ) -> list[dict[str, Any]]:
        """Return the five most probable classes; none if the network is no classifier."""
        return await service.classes(identity, size, request.is_disconnected)

    @router.get("/pictures/{identity}/thumbnails", **binary(_SPRITE))
    async def thumbnails(request: Request, identity: Identity, size: Size = "own") -> Response:
        """Return a small picture of every layer, as one sprite."""
        sprite = await service.thumbnails(identity, size, request.is_disconnected)
        return Response(sprite, media_type=_SPRITE)


def binary(media_type: str) -> dict[str, Any]:
    """Say what a response without JSON is."""
    schema = {"type": "string", "format": "binary"}
    return {
        "response_class": Response,
        "responses": {200: {"content": {media_type: {"schema": schema}}}},
    }


def download(data: bytes, name: str, media_type: str) -> Response:
    """Return a response that a browser keeps as a file."""
    plain = quote(name.replace("/", "_"), safe="")
    disposition = f"attachment; filename*=UTF-8''{plain}"
    return Response(data, media_type=media_type, headers={"Content-Disposition": disposition})
