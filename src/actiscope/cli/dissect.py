"""``actiscope dissect``."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import click

from actiscope.cli.networks import network_option, with_network
from actiscope.cli.options import EXAMPLES, SIZE, json_option, layer_option, output_option
from actiscope.cli.printing import print_json, print_table, say
from actiscope.errors import ArgumentError
from actiscope.files import write_file
from actiscope.networks import Network
from actiscope.studies import Dissection, Overview, dissect, read_examples, survey
from actiscope.studies.dissection import (
    CONTROLS,
    By,
    answer,
    caveats,
    check_concept,
    describe,
    describe_overview,
    look,
    overview_answer,
    overview_caveats,
    standing,
)


@click.command(
    "dissect",
    epilog=EXAMPLES(
        "actiscope dissect photos --layer fire9-concat --concept shoes -o shoes.html",
        "actiscope dissect photos --layer fire9-concat -o overview.html",
        "actiscope dissect photos --layer fire9-concat --annotations boxes.json --concept wheel",
        "actiscope dissect photos --layer layer4 --network net.py:build --pattern '_(.+)_'",
    ),
)
@click.argument("folder", metavar="FOLDER", type=click.Path(path_type=Path))
@layer_option
@click.option("--concept", metavar="NAME", help="Which concept; without it an overview of all.")
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
    "the size that is its own.",
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

    Without --concept, where there are several, all of them are told in an overview.

    For every channel of a layer: how well it tells the pictures that show the concept from the
    rest, with confidence intervals and p-values corrected for the number of channels; where masks
    or boxes say where the concept is, whether the channel is high there; what networks with random
    weights reach; and what the numbers do not show.
    """
    examples = read_examples(folder, annotations, pattern=pattern)
    is_overview = concept is None and len(examples.counts) > 1
    if is_overview and permutations is not None:
        raise ArgumentError("--permutations is for one concept: name it by --concept")
    chosen = None if is_overview else check_concept(examples, concept)
    opened = open_it()
    options: dict[str, Any] = {"by": by, "size": size, "controls": controls, "seed": seed}
    found: Dissection | Overview
    with click.progressbar(length=len(examples.examples), label="running", file=sys.stderr) as bar:

        def tell(_done: int, total: int) -> None:
            bar.length = total
            bar.update(1)

        if chosen is None:
            found = survey(opened, examples, layer, tell=tell, **options)
        else:
            options["permutations"] = permutations
            found = dissect(opened, examples, layer, chosen, tell=tell, **options)
    for note in found.notes:
        say(f"note: {note}")
    for name, why in found.failed:
        say(f"left out: {name}: {why}")
    if output is not None:
        page = _page(opened, found, top)
        write_file(output, page.encode())
        say(f"{output}: {len(page) / 1e6:.1f} MB")
    if isinstance(found, Overview):
        print_json(describe_overview(found)) if as_json else _print_overview(found, top)
    else:
        print_json(describe(found)) if as_json else _print(found, top)


def _page(network: Network, found: Dissection | Overview, top: int) -> str:
    from actiscope.report import dissection as pages

    if isinstance(found, Overview):
        return pages.render_overview(found, look(network, found, pages.wanted_of_overview(found)))
    return pages.render_dissection(found, look(network, found, pages.wanted_pictures(found, top)))


def _print_overview(found: Overview, top: int) -> None:
    print(overview_answer(found))
    print()
    located = any(each.iou is not None for each in found.concepts)
    head = ["concept", "pictures", "channel", "area", "95 % interval", "q", "other half", "random"]
    rows = [
        (
            each.concept,
            str(each.pictures),
            found.label(each.channel),
            f"{each.auc:.3f}",
            f"{each.low:.3f} to {each.high:.3f}",
            f"{each.q:.2g}",
            "-" if each.held_out is None else f"{each.held_out:.3f}",
            f"{max(each.controls):.3f}" if each.controls else "-",
            *(("-" if each.iou is None else f"{each.iou:.3f}",) if located else ()),
        )
        for each in found.concepts
    ]
    print_table(head + ["IoU"] * located, rows, right=range(1, len(head) + located))
    detectors = list(found.detectors.items())[:top]
    if detectors:
        print("\nThe channels that answer to most concepts (q < 0.05):")
    for channel, answers in detectors:
        print(
            f"  {found.label(channel)}: " + ", ".join(f"{name} {auc:.2f}" for name, auc in answers)
        )
    _print_doubts(overview_caveats(found))


def _print(found: Dissection, top: int) -> None:
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
    _print_doubts(caveats(found))


def _print_doubts(doubts: list[str]) -> None:
    print("\nWhat this does not show:")
    for doubt in doubts:
        print(click.wrap_text(doubt, 100, "- ", "  "))
