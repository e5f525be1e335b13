"""The options that say which network, and what it does not say itself."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from actiscope.cli.options import NUMBERS
from actiscope.cli.printing import say
from actiscope.errors import ArgumentError
from actiscope.networks import Network, open_network

if TYPE_CHECKING:
    from actiscope.collection.settings import Settings

SOURCE = (
    "squeezenet, an ONNX file, file.py:function or package.module:function (which returns a "
    "PyTorch module), torchvision/NAME or timm/NAME."
)

_DEFAULT = "squeezenet"

_OPTIONS = (
    click.option("--mean", type=NUMBERS, help="Subtracted from the scaled pixels."),
    click.option("--std", type=NUMBERS, help="What they are then divided by."),
    click.option("--pixel-scale", type=float, help="Multiplies the pixels, 0-255, first: 1/255."),
    click.option("--order", type=click.Choice(["RGB", "BGR", "GRAY"]), help="Order of colours."),
    click.option("--layout", type=click.Choice(["NCHW", "NHWC"]), help="Where the channels are."),
    click.option("--input", "input_", metavar="NAME", help="The input that takes the picture."),
    click.option(
        "--feed",
        metavar="NAME=FILE.npy",
        multiple=True,
        help="What another input is fed. May be given several times.",
    ),
    click.option(
        "--weights",
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="Weights for a PyTorch module (safetensors or a state dict), or 'random'.",
    ),
    click.option(
        "--device",
        type=click.Choice(["auto", "cpu", "cuda", "mps", "directml"]),
        default="auto",
        show_default=True,
        help="Where it runs.",
    ),
)


def with_network(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of a network, opened by its argument `open_it`."""
    return _with_options(command, _open)


def with_known_network(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the same, and an `open_it` that takes an index, whose network it opens."""
    return _with_options(command, _open_known)


def _with_options(
    command: Callable[..., Any], opening: Callable[..., Network]
) -> Callable[..., Any]:
    @functools.wraps(command)
    def run(*, network: str | None, **options: Any) -> Any:
        said = {
            "mean": options.pop("mean"),
            "std": options.pop("std"),
            "scale": options.pop("pixel_scale"),
            "order": options.pop("order"),
            "layout": options.pop("layout"),
            "input": options.pop("input_"),
            "others": _read_feeds(options.pop("feed")),
            "weights": options.pop("weights"),
            "device": options.pop("device"),
        }
        return command(open_it=functools.partial(opening, network, said), **options)

    for option in reversed(_OPTIONS):
        run = option(run)
    return run


network_option = click.option(
    "--network", default=_DEFAULT, show_default=True, metavar="SOURCE", help=SOURCE
)
known_network_option = click.option(
    "--network",
    metavar="SOURCE",
    help=f"{SOURCE} By default that of the index, opened as for it; else squeezenet.",
)


_NAMED = f"{__name__}.named"


def network_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command a network by an argument, or by the option that all others have."""
    argued = click.argument("network", required=False, callback=_choose, metavar="[SOURCE]")
    return argued(
        click.option(
            "--network",
            "named",
            metavar="SOURCE",
            callback=_keep,
            is_eager=True,
            expose_value=False,
            help=f"The same as SOURCE; {_DEFAULT} by default.",
        )(command)
    )


def _keep(context: click.Context, _: click.Parameter, value: str | None) -> None:
    context.meta[_NAMED] = value


def _choose(context: click.Context, _: click.Parameter, value: str | None) -> str:
    named: str | None = context.meta.get(_NAMED)
    if value and named:
        raise ArgumentError("the network is named twice: as SOURCE and by --network")
    return value or named or _DEFAULT


def _open(network: str, said: dict[str, Any], *, strict: bool = True) -> Network:
    opened = open_network(network, **said, strict=strict)
    if opened.preparation.guessed:
        say(
            f"note: {opened.name} does not say how pictures are prepared; "
            f"{opened.preparation.source} (--mean, --std, --pixel-scale, --order)"
        )
    return opened


def _open_known(
    network: str | None, said: dict[str, Any], settings: "Settings | None", path: Path
) -> Network:
    """Open the network of an index; there may be none yet."""
    from actiscope.networks.remembering import open_again, recall

    if settings is None:
        return _open(network or _DEFAULT, said)
    origin = None if settings.origin is None else recall(settings.origin)
    return open_again(origin, network, said, of=str(path))


def _read_feeds(feeds: tuple[str, ...]) -> dict[str, Any]:
    found = {}
    for feed in feeds:
        name, equals, path = feed.rpartition("=")
        if not equals:
            raise ArgumentError(f"--feed is NAME=FILE.npy, not {feed!r}")
        try:
            found[name] = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise ArgumentError(f"cannot read {path!r}: {error}") from None
    return found
