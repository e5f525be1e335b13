"""``actiscope tour``."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from actiscope.cli.options import EXAMPLES, json_option, load_image, network_option
from actiscope.cli.printing import print_json, print_table, say
from actiscope.errors import ArgumentError
from actiscope.images.pixels import Pixels
from actiscope.networks import open_network
from actiscope.pictures import resize

if TYPE_CHECKING:
    from actiscope.report.tour import Changed

LONGEST_SIDE = 1024


@click.command(
    "tour",
    epilog=EXAMPLES(
        "actiscope tour",
        "actiscope tour --image face.jpg --changed face-eye-closed.jpg -o face-tour --open",
    ),
)
@click.option(
    "--image", metavar="FACE", help="The picture; by default the face of an astronaut (NASA)."
)
@click.option(
    "--changed",
    metavar="FACE2",
    help="A second picture of the same size, with something changed: an eye closed, say.",
)
@network_option
@click.option(
    "-o",
    "--output",
    metavar="DIR",
    default="walkthrough",
    show_default=True,
    type=click.Path(path_type=Path),
    help="The folder to write; made if need be.",
)
@click.option("--open/--no-open", "open_page", default=False, help="Open the page in a browser.")
@json_option
def command(
    image: str | None,
    changed: str | None,
    network: str,
    output: Path,
    open_page: bool,
    as_json: bool,
) -> None:
    """Take a face through the whole of MathWorks' example.

    Writes a page (index.html), the pictures that the example draws, pixel for pixel, and the
    numbers (tour.json). Without a picture of yours it takes an astronaut's face, and an edit of it
    with one eye closed.
    """
    from actiscope.images.samples import EYES, close_right_eye, face
    from actiscope.report.tour import Changed, check_folder, run_walk, write_tour

    check_folder(output)
    second = None
    if image is None:
        if changed is not None:
            raise ArgumentError("--changed needs --image: the picture that it is compared with")
        first, name = face(), "the face of Eileen Collins (NASA, in scikit-image)"
        edited = "the eye at the right of the picture is filled with the skin around it"
        second = Changed(close_right_eye(first), edited, is_edit=True, regions=EYES)
    else:
        first, name = load_image(image), image
        if changed is not None:
            second = Changed(load_image(changed), changed)
    first, second = _shrink(first, second)
    say(f"opening {network}")
    opened = open_network(network)
    say(f"running {opened.name} on {name}, {first.shape[0]} × {first.shape[1]} pixels")
    walk = run_walk(opened, first, name, second)
    numbers = write_tour(walk, output, lambda file: say(f"  {output / file}"))
    if as_json:
        print_json(numbers)
    else:
        _print_changes(numbers["comparison"])
        print(f"\nThe page: {output / 'index.html'}")
    if open_page:
        click.launch(str((output / "index.html").absolute()))


def _shrink(first: Pixels, second: "Changed | None") -> tuple[Pixels, "Changed | None"]:
    """Bring large photographs to a size at which a grid of 64 channels can be looked at."""
    height, width = first.shape[:2]
    factor = LONGEST_SIDE / max(height, width)
    if factor >= 1:
        return first, second
    size = max(1, round(height * factor)), max(1, round(width * factor))
    say(f"note: the picture is shrunk from {height}x{width} to {size[0]}x{size[1]} for the tour")
    if second is not None and second.image.shape == first.shape:
        second = replace(second, image=resize(second.image, size))
    return resize(first, size), second


def _print_changes(comparison: dict[str, list[dict[str, float | str]]] | None) -> None:
    if comparison is None:
        print("\nNothing was compared: --changed FACE2 tests the channels on a second picture.")
        return
    print(f"\nPeaks in {comparison['layer']}, first and second picture:")
    print_table(
        ("channel", "region", "first", "second", "change"),
        [
            (
                str(change["channel"]),
                str(change["region"]),
                f"{change['open']:.0f}",
                f"{change['changed']:.0f}",
                "" if change["change_percent"] is None else f"{change['change_percent']:+.1f} %",
            )
            for change in comparison["changes"]
        ],
        right=(0, 2, 3, 4),
    )
