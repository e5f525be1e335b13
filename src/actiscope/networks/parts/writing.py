"""The values of a layer, part by part, into a Zarr array."""

import os
from collections.abc import Callable, Sequence

import numpy as np

from actiscope.checks import check_channels
from actiscope.extras import require
from actiscope.files import open_whole_folder
from actiscope.networks.parts.parts import Parts


def write_zarr(
    parts: Parts,
    path: str | os.PathLike[str],
    *,
    channels: Sequence[int] | None = None,
    image: str = "",
    on_progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> tuple[int, ...]:
    """Write what a layer answers to a Zarr array, part by part, whole or not at all.

    Parameters
    ----------
    parts : Parts
        The values.
    path : path-like
        A folder, ``*.zarr``. A Zarr array or group that is there is replaced.
    channels : sequence of int, optional
        Which channels, from 0; all by default.
    image : str
        What the picture is called.
    on_progress : callable
        Told how many parts are done, of how many.

    Returns
    -------
    tuple of int
        Shape of the array, (C, H, W). It is float32, in format 3; a part is a file, a channel of it
        a chunk. Its attributes say what it is: network, picture, layer, geometry, channels,
        smallest and largest value, and how well the parts agree where they meet.

    Raises
    ------
    ChannelError
        If there is no such channel.
    MissingExtraError
        If zarr is not installed.
    OutputError
        If it cannot be written; what was there before is then still there.
    """
    require("zarr")
    import zarr

    count, height, width = parts.shape
    chosen = list(range(count)) if channels is None else check_channels(channels, count)
    low, high = np.inf, -np.inf
    with open_whole_folder(path, "zarr.json") as folder:
        array = zarr.create_array(
            folder,
            shape=(len(chosen), height, width),
            chunks=(1, *parts.units),
            shards=(len(chosen), *parts.units),
            dtype="<f4",
            dimension_names=("channel", "row", "col"),
            attributes={
                **parts.network,
                "image": {"path": image, "size": list(parts.image_size)},
                "layer": parts.layer.name,
                "type": parts.layer.type,
                "channels": chosen,
                "geometry": parts.geometry.describe(),
            },
        )
        on_progress(0, len(parts))
        for done, part in enumerate(parts, 1):
            values = part.values if channels is None else part.values[chosen]
            array[:, part.rows, part.cols] = values
            low, high = min(low, float(values.min())), max(high, float(values.max()))
            on_progress(done, len(parts))
        array.attrs.update(min=low, max=high, seam=parts.seam)
    return len(chosen), height, width
