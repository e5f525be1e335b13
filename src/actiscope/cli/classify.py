"""``actiscope classify``."""

from collections.abc import Callable
from dataclasses import asdict

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import (
    EXAMPLES,
    image_argument,
    json_option,
    load_image,
    size_option,
    top_option,
)
from actiscope.cli.printing import print_json, print_table, say
from actiscope.networks import Network


@click.command(
    "classify",
    epilog=EXAMPLES(
        "actiscope classify coffee.jpg --size 227", "actiscope classify coffee.jpg --top 3 --json"
    ),
)
@image_argument
@top_option
@size_option
@network_option
@with_network
@json_option
def command(
    image: str,
    top: int,
    size: tuple[int, int] | None,
    open_it: Callable[[], Network],
    as_json: bool,
) -> None:
    """Say which classes a picture most probably shows."""
    opened = open_it()
    picture = load_image(image)
    fed = size or opened.preparation.size or (picture.shape[0], picture.shape[1])
    if size is None and fed != opened.input_size:
        height, width = opened.input_size
        say(
            f"note: the picture goes in at {fed[0]}x{fed[1]}; "
            f"{opened.name}'s own size is {height}x{width} (--size {height}x{width})"
        )
    predictions = opened.classify(picture, top=top, size=size)
    if as_json:
        print_json(
            {
                **opened.describe(),
                "input_size": list(fed),
                "classes": [asdict(prediction) for prediction in predictions],
            }
        )
        return
    print_table(
        ("probability", "class", "name"),
        [(f"{one.probability:.4f}", str(one.index), one.name) for one in predictions],
        right=(0, 1),
    )
