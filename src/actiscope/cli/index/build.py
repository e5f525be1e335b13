"""``actiscope index build``."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from actiscope.cli.index.common import layer_names, open_index
from actiscope.cli.networks import known_network_option, with_known_network
from actiscope.cli.options import EXAMPLES, SIZE, json_option
from actiscope.cli.printing import print_json, say, say_failures, show_building
from actiscope.errors import ArgumentError
from actiscope.networks import Network
from actiscope.wording import counted

if TYPE_CHECKING:
    from actiscope.collection.build import Progress
    from actiscope.collection.runners import Runner

_HERE = {"processes": True, "threads": False}
"""Ways of this machine that can be said."""
_NAMED = 5
"""How many layers are named to people."""


@click.command(
    "build",
    epilog=EXAMPLES(
        "actiscope index build photos --layers fire9-concat -o photos.index",
        "actiscope index build 'shards/*.tar' --network model.onnx --layers conv -o all.index",
        "actiscope index build 's3://bucket/shards/*.tar.gz' --layers fire9-concat -o all.index",
        "actiscope index build photos --layers conv --engine ray --address auto -o photos.index",
    ),
)
@click.argument("sources", metavar="SOURCE...", nargs=-1, required=True)
@click.option(
    "--layers", metavar="L,M|conv|all",
    help="Names of layers, all convolutions (the default), or all layers.",
)  # fmt: skip
@click.option(
    "--top", type=click.IntRange(min=1),
    help="How many of the strongest units are kept for each channel; 25 by default.",
)  # fmt: skip
@click.option(
    "--per-image", type=click.IntRange(min=1),
    help="At most how many of them are of one picture; 1 by default.",
)  # fmt: skip
@click.option(
    "--size", type=SIZE, metavar="HxW",
    help="Resize pictures to this; by default to the network's own size.",
)  # fmt: skip
@click.option(
    "-o", "--output", required=True, metavar="FILE", type=click.Path(path_type=Path),
    help="The index; one that is there goes on where it was.",
)  # fmt: skip
@click.option(
    "--engine", type=click.Choice(["local", *_HERE, "ray"]), default="local", show_default=True,
    help="What does the work: this machine, by processes where they pay, else by threads; one of "
    "both alone; or actors of Ray, here or on other machines, too.",
)  # fmt: skip
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N",
    help="How many processes, threads or actors; one a core by default.",
)  # fmt: skip
@click.option(
    "--address", metavar="HOST:PORT|auto",
    help="The Ray cluster; by default Ray runs on this machine alone, and ends with the build.",
)  # fmt: skip
@known_network_option
@with_known_network
@json_option
def command(
    sources: tuple[str, ...],
    layers: str | None,
    top: int | None,
    per_image: int | None,
    size: tuple[int, int] | None,
    output: Path,
    engine: str,
    workers: int | None,
    address: str | None,
    open_it: Callable[..., Network],
    as_json: bool,
) -> None:
    """Run a network on all pictures of the sources.

    SOURCE is a folder, with all below it; a glob, in quotes; a list of files and URLs, *.txt; a tar
    file of pictures, packed or not; a picture; or the URL of one of these, as fsspec reads them
    (`pip install 'actiscope[fsspec]'`). What cannot be read is told, and stops nothing. Build again
    to go on after a stop, or to add new pictures: the index knows its network, layers and sizes. It
    does not depend on what does the work. Pictures are decoded whole, never reduced: values are
    those of `actiscope activations`.
    """
    from actiscope.collection.build import build
    from actiscope.collection.store import find_settings

    chosen = layers if layers in (None, "conv", "all") else layer_names(layers)
    with _telling_how_to_go_on(output), redirect_stdout(io.StringIO()):  # where Ray tells much
        done = build(
            open_it(find_settings(output), output), sources, output, chosen,
            size=size, top=top, per_image=per_image,
            runner=_runner(engine, workers, address), on_progress=show_building(),
        )  # fmt: skip
    with open_index(output) as index:
        images, failures = index.images, index.failures
        if as_json:
            summary = {**asdict(done), "images": images, "digest": index.store.digest()}
            print_json({**summary, "layers": index.layer_names, "failures": failures})
        else:
            _tell_layers(index.layer_names)
            _tell(output, images, done)
            say_failures(failures)
    if not images:
        raise ArgumentError(f"{output} has no picture: none that was found can be read")


def _tell(output: Path, images: int, done: "Progress") -> None:
    rate = f"; {done.rate:.0f} a second" if done.added else ""
    say(
        f"{output}: {counted(images, 'picture')}; {done.added:,} new, {done.known:,} known, "
        f"{counted(done.copies, 'copy', 'copies')}, {done.failed:,} failed{rate}"
    )


def _tell_layers(names: Sequence[str]) -> None:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    say(f"{counted(len(names), 'layer')}: {', '.join(names[:_NAMED])}{more}")


@contextmanager
def _telling_how_to_go_on(output: Path) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        if not output.exists():
            raise
        say("")
        raise click.Abort(
            f"{output} keeps all but the last seconds; build again to go on"
        ) from None


def _runner(engine: str, workers: int | None, address: str | None) -> "Runner":
    if engine == "ray":
        from actiscope.collection.runners.ray import RayRunner

        return RayRunner(workers, address)
    if address is not None:
        raise ArgumentError("--address is that of a Ray cluster: --engine ray")
    from actiscope.collection.runners.local import LocalRunner

    return LocalRunner(workers, processes=_HERE.get(engine))
