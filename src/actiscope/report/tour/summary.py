"""The numbers of the walkthrough, for machines."""

import hashlib
from dataclasses import asdict
from typing import Any

import numpy as np

from actiscope.images.pixels import Pixels
from actiscope.report.tour.run import DEEP_RELU, EYE_CHANNELS, Walk
from actiscope.studies import Change


def summarize(walk: Walk, files: list[str]) -> dict[str, Any]:
    """Return the numbers of a walkthrough as plain data, at full precision.

    Parameters
    ----------
    walk : Walk
        What the network answered.
    files : list of str
        The files written.

    Returns
    -------
    dict
        What ``tour.json`` holds.
    """
    network = walk.network
    return {
        "network": {
            "name": network.name,
            "layers": len(network.layers),
            "connections": len(network.edges),
            "learnables": network.layers.learnables,
            "preparation": network.preparation.describe(),
            "device": network.device,
        },
        "image": {
            "path": walk.image_name,
            **_describe(walk.image),
            "given_height": walk.given_size[0],
            "given_width": walk.given_size[1],
        },
        "layers": {name: found.describe() for name, found in walk.layers.items()},
        "strongest": {
            name: {
                "channel": found.channel,
                "value": found.value,
                "row": found.row,
                "col": found.col,
                "field": found.field._asdict(),
            }
            for name, found in walk.strongest.items()
        },
        "colour_of_channel_21": None if walk.colour is None else asdict(walk.colour),
        "comparison": _comparison(walk),
        "classes": [asdict(prediction) for prediction in walk.classes],
        "files": files,
    }


def _describe(image: Pixels) -> dict[str, Any]:
    pixels = np.ascontiguousarray(image)
    return {
        "height": image.shape[0],
        "width": image.shape[1],
        "sha256": hashlib.sha256(pixels.tobytes()).hexdigest(),
    }


def _comparison(walk: Walk) -> dict[str, Any] | None:
    if walk.changed is None:
        return None
    return {
        "layer": DEEP_RELU,
        "image": {"path": walk.changed.name, **_describe(walk.changed.image)},
        "is_edit": walk.changed.is_edit,
        "channels": list(EYE_CHANNELS),
        "regions": {name: box._asdict() for name, box in walk.regions.items()},
        "changes": [_change(change) for change in walk.changes],
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "channel": change.channel,
        "region": change.region,
        "open": change.before,
        "changed": change.after,
        "change": change.difference,
        "change_percent": change.percent,
        "peak_unit": [change.row, change.col],
        "peak_unit_changed": change.same_unit,
    }
