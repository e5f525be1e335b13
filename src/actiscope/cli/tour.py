"""``actiscope tour``."""

from pathlib import Path
from typing import Any

import click

from actiscope.cli.networks import network_option
from actiscope.cli.options import EXAMPLES, json_option, load_image
from actiscope.cli.printing import print_json, print_table, say
from actiscope.errors import ArgumentError
from actiscope.networks import open_network
from actiscope.pictures.lettering import format_percent


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
    say(f"opening {network}")
    opened = open_network(network)
    say(f"running {opened.name} on {name}, {first.shape[0]} × {first.shape[1]} pixels")
    walk = run_walk(opened, first, name, second)
    if walk.image is not first:
        size = " × ".join(map(str, walk.image.shape[:2]))
        say(f"note: the picture is large, it was shrunk to {size} pixels")
    numbers = write_tour(walk, output, lambda file: say(f"  {file}"))
    if as_json:
        print_json(numbers)
    else:
        _print_changes(numbers["comparison"])
        print(f"\nThe page: {output / 'index.html'}")
    if open_page:
        click.launch(str((output / "index.html").absolute()))


def _print_changes(comparison: dict[str, Any] | None) -> None:
    if comparison is None:
        print("\nNothing was compared: --changed FACE2 tests the channels on a second picture.")
        return
    print(f"\nPeaks in {comparison['layer']}, first and second picture:")
    print_table(
        ("channel", "region", "first", "second", "change", "at", "there then"),
        [
            (
                str(change["channel"]),
                change["region"],
                f"{change['open']:.0f}",
                f"{change['changed']:.0f}",
                format_percent(change["change_percent"]),
                "row {}, col {}".format(*change["peak_unit"]),
                f"{change['peak_unit_changed']:.0f}",
            )
            for change in comparison["changes"]
        ],
        right=(0, 2, 3, 4, 6),
    )
