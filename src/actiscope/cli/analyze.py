"""``actiscope analyze``."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from actiscope.cli.networks import network_argument, with_network
from actiscope.cli.options import EXAMPLES, SIZE, json_option, load_image
from actiscope.cli.printing import print_json, say
from actiscope.cli.tables import fold, print_analysis
from actiscope.files import write_file
from actiscope.networks import Analysis, Network
from actiscope.wording import counted


@click.command(
    "analyze",
    epilog=EXAMPLES(
        "actiscope analyze",
        "actiscope analyze model.onnx --image face.jpg --fold",
        "actiscope analyze net.py:build --size 224 --csv layers.csv --html net.html",
    ),
)
@network_argument
@click.option("--size", type=SIZE, metavar="HxW", help="Input size, HxW or one number.")
@click.option("--image", metavar="IMAGE", help="Look at its answer to this picture, too.")
@click.option("--fold", "folded", is_flag=True, help="Show repeated blocks of layers once.")
@click.option(
    "--csv",
    "csv_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the table as CSV.",
)
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write one page with the graph beside the table.",
)
@json_option
@with_network
def command(
    open_it: Callable[..., Network],
    size: tuple[int, int] | None,
    image: str | None,
    folded: bool,
    csv_file: Path | None,
    html_file: Path | None,
    as_json: bool,
) -> None:
    """Say what a network is made of, what it costs, and what is wrong with it.

    SOURCE is squeezenet, an ONNX file, file.py:function or package.module:function (which returns
    a PyTorch module), torchvision/NAME or timm/NAME. A broken network is
    analysed as far as it goes. Exit code 1 says that there are errors.
    """
    picture = None if image is None else load_image(image)
    analysis = open_it(strict=False).analyze(size=size, image=picture)
    if csv_file is not None:
        write_file(csv_file, _as_csv(analysis).encode())
        say(f"{csv_file}: {counted(len(analysis.costs), 'layer')}")
    if html_file is not None:
        from actiscope.report.analysis import render_analysis

        write_file(html_file, render_analysis(analysis).encode())
        say(f"{html_file}: {counted(len(analysis.costs), 'layer')}")
    if as_json:
        print_json(analysis.describe())
    elif csv_file is None and html_file is None:
        print_analysis(analysis, fold(analysis.costs) if folded else None)
    if any(issue.severity == "error" for issue in analysis.issues):
        raise SystemExit(1)


def _as_csv(analysis: Analysis) -> str:
    rows = [_flat(row) for row in analysis.describe()["layers"]]
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Write lists as "64x113x113" or "a;b", and shapes by role as "weights 64x3x3x3"."""
    return {name: _cell(value) for name, value in row.items()}


def _cell(value: Any) -> Any:
    if isinstance(value, dict):
        return "; ".join(f"{role} {_cell(shape)}" for role, shape in value.items())
    if isinstance(value, list):
        return (";" if any(isinstance(each, str) for each in value) else "x").join(map(str, value))
    return "" if value is None else value
