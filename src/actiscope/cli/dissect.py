"""``actiscope dissect``."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import EXAMPLES, SIZE, json_option, layer_option, output_option
from actiscope.cli.printing import print_json, print_table, say
from actiscope.files import write_file
from actiscope.networks import Network
from actiscope.studies import dissect, read_examples
from actiscope.studies.dissection import (
    CONTROLS,
    By,
    answer,
    caveats,
    check_concept,
    describe,
    look,
    standing,
)

if TYPE_CHECKING:
    from actiscope.studies import Dissection, ExampleSet


@click.command(
    "dissect",
    epilog=EXAMPLES(
        "actiscope dissect photos --layer fire9-concat --concept shoes -o shoes.html",
        "actiscope dissect photos --layer fire9-concat --annotations boxes.json --concept wheel",
        "actiscope dissect photos --layer layer4 --network net.py:build --pattern '_(.+)_'",
    ),
)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@layer_option
@click.option("--concept", metavar="NAME", help="Which concept, where there are several.")
@click.option(
    "--annotations",
    metavar="PATH",
    type=click.Path(path_type=Path),
    help="Where concepts are marked: COCO's .json (polygons, masks, boxes), a .csv (image, concept "
    "and perhaps top, left, bottom, right), Pascal VOC's .xml or a folder of them, or a folder of "
    "masks NAME.CONCEPT.png.",
)
@click.option(
    "--pattern",
    metavar="REGEX",
    help="Finds the concept, its group, in the name of a file. By default folders are concepts, "
    "or where there are none the word before the first '-'.",
)
@click.option(
    "--by",
    type=click.Choice(get_args(By)),
    default="max",
    show_default=True,
    help="What a channel's score for a picture is.",
)
@click.option(
    "--top",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="How many channels are shown.",
)
@click.option(
    "--size",
    type=SIZE,
    metavar="HxW",
    help="Resize the pictures first, HxW or one number. By default what the network says, else "
    "what it was trained on.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of all random numbers.",
)
@click.option(
    "--controls",
    type=click.IntRange(min=0),
    default=CONTROLS,
    show_default=True,
    help="How many networks with random weights are measured in the same way.",
)
@click.option(
    "--permutations",
    type=click.IntRange(min=1),
    help="For the p-values. By default 100 for each channel, and at least 10000.",
)
@network_option
@with_network
@json_option
@output_option(
    ".html",
    text="Write one page with the pictures that the best channels answer to.",
    required=False,
)
def command(
    folder: Path,
    layer: str,
    concept: str | None,
    annotations: Path | None,
    pattern: str | None,
    by: By,
    top: int,
    size: tuple[int, int] | None,
    seed: int,
    controls: int,
    permutations: int | None,
    open_it: Callable[[], Network],
    as_json: bool,
    output: Path | None,
) -> None:
    """Test whether a channel answers to a concept, over a folder of pictures.

    For every channel of a layer: how well it tells the pictures that show the concept from the
    rest, with confidence intervals and p-values corrected for the number of channels; where masks
    or boxes say where the concept is, whether the channel is high there; what networks with random
    weights reach; and what the numbers do not show.
    """
    examples = read_examples(folder, annotations, pattern=pattern)
    concept = check_concept(examples, concept)
    opened = open_it()
    found = _dissect(
        opened, examples, layer, concept,
        by=by, size=size, controls=controls, seed=seed, permutations=permutations,
    )  # fmt: skip
    for note in examples.notes:
        say(f"note: {note}")
    for name, why in found.failed:
        say(f"left out: {name}: {why}")
    if output is not None:
        from actiscope.report.dissection import render_dissection, wanted_pictures

        page = render_dissection(found, look(opened, found, wanted_pictures(found, top)))
        write_file(output, page.encode())
        say(f"{output}: {len(page) / 1e6:.1f} MB")
    if as_json:
        print_json(describe(found))
    else:
        _print(found, top)


def _dissect(
    network: Network, examples: "ExampleSet", layer: str, concept: str, **options: object
) -> "Dissection":
    with click.progressbar(length=len(examples.examples), label="running", file=sys.stderr) as bar:

        def tell(_done: int, total: int) -> None:
            bar.length = total
            bar.update(1)

        return dissect(network, examples, layer, concept, tell=tell, **options)  # type: ignore[arg-type]


def _print(found: "Dissection", top: int) -> None:
    print(answer(found))
    print()
    located = found.localization is not None
    head = ["channel", "area", "95 % interval", "q", "Cohen's d", f"in highest {found.having}"]
    rows = [
        (
            found.label(each.channel),
            f"{each.auc:.3f}",
            f"{each.low:.3f} to {each.high:.3f}",
            f"{each.q:.2g}",
            f"{each.cohens_d:.2f}",
            str(found.found_among_strongest(each.channel)),
            *((f"{each.iou:.3f}", f"{each.hit_rate:.0%}") if located else ()),
        )
        for each in found.channels[:top]
    ]
    for control in found.controls:
        last = (f"{control.iou:.3f}", f"{control.hit_rate:.0%}") if located else ()
        rows.append(("random", f"{control.auc:.3f}", "", "", "", "", *last))
    if located:
        head += ["IoU", "hits"]
    print_table(head, rows, right=range(len(head)))
    print(
        f"\n{found.having} pictures of {found.concept}, {found.rest} of the rest; "
        f"{len(found.significant)} of {len(found.channels)} channels answer with q < 0.05."
    )
    if found.controls:
        print(standing(found))
    print("What this does not show:")
    for doubt in caveats(found):
        print(click.wrap_text(doubt, 100, "- ", "  "))
