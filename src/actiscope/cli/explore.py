"""``actiscope explore``."""

import contextlib
import ctypes
import errno
import secrets
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import click

from actiscope.cli.evidence import Exhibits, with_exhibits
from actiscope.cli.index.common import open_index
from actiscope.cli.networks import known_network_option, with_known_network
from actiscope.cli.options import EXAMPLES, index_option, load_image
from actiscope.cli.printing import say
from actiscope.errors import ArgumentError
from actiscope.extras import require
from actiscope.networks import Network
from actiscope.report.explorer.slides import Slide

PORT = 8765
_LAST_PORT = 8799
_LOCAL = ("127.0.0.1", "localhost", "::1")
_GRACE = 2
"""Seconds that running requests have to end in."""
_IDLE = 75
"""Seconds that a browser may keep a connection without asking anything."""
_M_MMAP_THRESHOLD = -3
_LARGE = 2**20


@click.command(
    "explore",
    epilog=EXAMPLES(
        "actiscope explore",
        "actiscope explore face.jpg street.jpg --network model.onnx",
        "actiscope explore --study eyes",
        "actiscope explore photos/a.jpg --dissection shoes.json",
        "actiscope explore --index photos.index",
        "actiscope explore --port 9000 --no-open",
        "actiscope explore --host 0.0.0.0",
    ),
)
@click.argument("images", nargs=-1, metavar="[IMAGES]...")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help=f"By default {PORT}, or the next one that is free; 0 for any.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Where it listens; beyond this machine, its address then holds a token.",
)
@click.option("--open/--no-open", "open_page", default=True, help="Open the page in a browser.")
@with_exhibits
@index_option
@known_network_option
@with_known_network
def command(
    images: tuple[str, ...],
    port: int | None,
    host: str,
    open_page: bool,
    exhibits: Exhibits,
    index: Path | None,
    open_it: Callable[..., Network],
) -> None:
    """Explore a network in the browser, with your own pictures.

    Starts a server on this machine; Ctrl-C ends it. Without pictures it begins with some that are
    built in.
    """
    for needed in ("fastapi", "uvicorn"):
        require(needed)
    import uvicorn

    from actiscope.web import create_app

    opened = None if index is None else open_index(index)
    _give_memory_back()
    local = host in _LOCAL
    token = None if local else secrets.token_urlsafe(16)
    slides = [*exhibits.slides(), *(_load(images) if images or not exhibits.study else [])]
    with _listen(host, port) as listening:
        network = exhibits.open_network(lambda: open_it(opened and opened.settings, index))
        app = create_app(
            network,
            slides,
            evidence=exhibits.describe(network),
            index=opened,
            token=token,
            **({} if local else {"hosts": None}),
        )
        address = _address(host, listening.getsockname()[1], token)
        print(f"{network.name}: {address}", flush=True)
        say("Ctrl-C ends it")
        if open_page:
            click.launch(address)
        config = uvicorn.Config(
            app,
            log_level="warning",
            timeout_graceful_shutdown=_GRACE,
            timeout_keep_alive=_IDLE,
            server_header=False,
            ws="none",
        )
        try:
            uvicorn.Server(config).run(sockets=[listening])
        except KeyboardInterrupt:
            say("ended")


def _give_memory_back() -> None:
    """Have glibc give large blocks back when they are freed.

    By default it learns to keep them, and in time holds as much free memory as is in use.
    """
    if sys.platform == "linux":
        with contextlib.suppress(AttributeError):  # another C library
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)


def _load(images: tuple[str, ...]) -> list[Slide]:
    from actiscope.images.samples import samples

    if images:
        return [Slide(Path(image).name, load_image(image)) for image in images]
    return [Slide(name, pixels, sample=True) for name, pixels in samples().items()]


def _listen(host: str, port: int | None) -> socket.socket:
    """Return a socket that listens on a port: the one asked for, or the first that is free."""
    ports = range(PORT, _LAST_PORT + 1) if port is None else (port,)
    for each in ports:
        try:
            listening = socket.create_server(
                (host, each), family=socket.AF_INET6 if ":" in host else socket.AF_INET
            )
            # What is accepted inherits it; else the end of an answer waits 40 ms for the client.
            listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return listening
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                reason = error.strerror or error
                raise ArgumentError(f"cannot listen on {host} port {each}: {reason}") from None
    if port is None:
        raise ArgumentError(f"ports {PORT}-{_LAST_PORT} are all in use; give another --port")
    raise ArgumentError(f"port {port} is in use; give another --port, or none for a free one")


def _address(host: str, port: int, token: str | None) -> str:
    name = socket.gethostname() if host in ("0.0.0.0", "::") else host  # noqa: S104
    if ":" in name:
        name = f"[{name}]"
    return f"http://{name}:{port}/" + (f"?token={token}" if token else "")
