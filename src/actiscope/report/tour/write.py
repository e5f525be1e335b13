"""The walkthrough as a folder: pictures, numbers, and a page that tells the story."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from actiscope.errors import OutputError
from actiscope.files import write_file, write_folder
from actiscope.images import write_png
from actiscope.report.tour.page import render_page
from actiscope.report.tour.pictures import COMPARISONS, tour_pictures
from actiscope.report.tour.run import Walk
from actiscope.report.tour.summary import summarize

_NUMBERS = "tour.json"
_PAGE = "index.html"


def write_tour(walk: Walk, folder: Path, on_file: Callable[[str], object]) -> dict[str, Any]:
    """Write a walkthrough.

    Parameters
    ----------
    walk : Walk
        What the network answered.
    folder : pathlib.Path
        Where to: a new or empty folder, or one with an earlier walkthrough, which is replaced.
    on_file : callable
        Told the name of each file once it is drawn.

    Returns
    -------
    dict
        What ``tour.json`` holds.

    Raises
    ------
    OutputError
        If the folder holds something else, or cannot be written.
    """
    check_folder(folder)
    with write_folder(folder) as beside:
        written = []
        for name, picture in tour_pictures(walk):
            write_png(beside / name, picture)
            written.append(name)
            on_file(name)
        numbers = summarize(walk, [*written, _NUMBERS, _PAGE])
        write_file(beside / _NUMBERS, json.dumps(numbers, indent=2, allow_nan=False).encode())
        on_file(_NUMBERS)
        write_file(beside / _PAGE, render_page(walk, numbers).encode())
        on_file(_PAGE)
    for name in COMPARISONS:
        if name not in written:
            (folder / name).unlink(missing_ok=True)
    return numbers


def check_folder(folder: Path) -> None:
    """Refuse a folder in which a walkthrough could overwrite something else.

    Parameters
    ----------
    folder : pathlib.Path
        Where a walkthrough shall go.

    Raises
    ------
    OutputError
        If it is no folder, or holds files but no earlier walkthrough.
    """
    try:
        strange = folder.is_dir() and any(folder.iterdir()) and not (folder / _NUMBERS).exists()
    except OSError as error:
        raise OutputError(f"cannot read the folder {folder}: {error.strerror or error}") from None
    if strange:
        raise OutputError(
            f"the folder {folder} holds files that are not of a walkthrough; name a new one"
        )
