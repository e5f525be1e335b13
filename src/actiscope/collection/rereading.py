"""Pictures of an index, read again."""

import io

from actiscope.collection.ids import int_id
from actiscope.collection.index import Index, Near, TopUnit
from actiscope.collection.sources import OnProblem, content_id
from actiscope.errors import ActiscopeError, ArgumentError
from actiscope.images import read_image
from actiscope.images.pixels import Pixels
from actiscope.images.reading import MAX_PIXELS


def find_picture(index: Index, image: int) -> bytes:
    """Return the bytes of a picture from one of its files.

    Raises
    ------
    ArgumentError
        If all of them have gone or changed.
    """
    for item in index.items(image):
        try:
            data = item.read()
        except ActiscopeError:
            continue
        if content_id(data) == image:
            return data
    raise ArgumentError("its file has gone or changed")


def read_picture(index: Index, image: str, most_pixels: int = MAX_PIXELS) -> Pixels:
    """Read a picture of an index again.

    Parameters
    ----------
    index : Index
        The index.
    image : str
        Id of the picture.
    most_pixels : int
        A file with more is refused.

    Returns
    -------
    ndarray of uint8, (H, W, 3)
        The picture.

    Raises
    ------
    ArgumentError
        If its file has gone or changed.
    ImageError
        If it has too many pixels.
    """
    data = find_picture(index, int_id(image))
    return read_image(io.BytesIO(data), most_pixels=most_pixels)


def read_or_tell(index: Index, found: TopUnit | Near, on_lost: OnProblem) -> Pixels | str:
    """Return the picture of what was found in an index; or why there is none, and tell that.

    Parameters
    ----------
    index : Index
        The index.
    found : TopUnit or Near
        What was found.
    on_lost : callable
        What is told.

    Returns
    -------
    ndarray of uint8, (H, W, 3), or str
        The picture, or the reason.
    """
    try:
        return read_picture(index, found.image)
    except ActiscopeError as error:
        on_lost(found.name, str(error))
        return str(error)
