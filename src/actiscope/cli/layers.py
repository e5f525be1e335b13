"""``actiscope layers``."""

from collections.abc import Callable

import click

from actiscope.cli.networks import network_argument, with_network
from actiscope.cli.options import EXAMPLES, SIZE, json_option
from actiscope.cli.printing import print_json, print_table, say
from actiscope.layers import format_size
from actiscope.networks import Network
from actiscope.wording import counted


@click.command(
    "layers",
    epilog=EXAMPLES(
        "actiscope layers",
        "actiscope layers --size 480x640",
        "actiscope layers model.onnx --json",
        "actiscope layers net.py:build --size 224",
    ),
)
@network_argument
@click.option(
    "--size", type=SIZE, metavar="HxW", help="Input size, HxW or one number; by default its own."
)
@json_option
@with_network
def command(open_it: Callable[[], Network], size: tuple[int, int] | None, as_json: bool) -> None:
    """List the layers of a network.

    Index, name, type, size of the activations and number of learnables, with totals. SOURCE is
    squeezenet, an ONNX file, file.py:function or package.module:function (which returns a PyTorch
    module), torchvision/NAME or timm/NAME.
    """
    opened = open_it()
    layers = opened.layers if size is None else opened.layers_at(size)
    edges = len(opened.edges)
    if as_json:
        print_json(
            {
                **opened.describe(),
                "input_size": list(layers[0].size),
                "connections": edges,
                "learnables": layers.learnables,
                "layers": [layer.describe() for layer in layers],
            }
        )
        return
    print_table(
        ("index", "name", "type", "size (C × H × W)", "learnables"),
        [
            (
                str(layer.index),
                layer.name,
                layer.type,
                format_size(layer.size),
                f"{layer.learnables:,}" if layer.learnables else "",
            )
            for layer in layers
        ],
        right=(0, 3, 4),
    )
    unknown = sum(bool(layer.tensor) and not layer.size for layer in layers)
    if unknown:
        what = counted(unknown, "layer")
        say(f"note: the size of {what} is not known: `actiscope analyze` says why")
    print(
        f"\n{counted(len(layers), 'layer')}, {counted(edges, 'connection')}, "
        f"{counted(layers.learnables, 'learnable')}"
    )
