"""Evidence as plain data, for a page."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.networks import Network
from actiscope.report.explorer.slides import Slide
from actiscope.studies import Attribution, Selectivity
from actiscope.studies.experiment import Finding, Study

NO_EVIDENCE: Mapping[str, Any] = {"dissections": [], "study": None}
"""What a page is given where nothing was found beforehand."""

_SHOWN = (
    "concept",
    "with_concept",
    "without_concept",
    "size",
    "channels",
    "confidence",
    "caveats",
    "controls",
)
_SHARES = 8
"""How many channels of a sum are told one by one."""
_OF_CHANNEL = ("channel", "auc", "low", "high", "q")


def as_seen(
    *,
    drives: Sequence[Mapping[str, Any]] = (),
    sums: Sequence[Mapping[str, Any]] = (),
    changes: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return what a page is given of evidence that was found for its pictures.

    Parameters
    ----------
    drives, sums, changes : sequence of mapping
        Occlusion maps, values divided into sums, and changes in regions, each with what it is of.

    Returns
    -------
    dict
        What evidence holds as "seen".
    """
    return {"drives": list(drives), "sums": list(sums), "changes": list(changes)}


def describe_changes(
    regions: Mapping[str, Box], ranked: Mapping[str, Sequence[Selectivity]]
) -> list[dict[str, Any]]:
    """Return how selectively channels changed.

    Parameters
    ----------
    regions : mapping of str to Box
        Regions of the picture by name.
    ranked : mapping of str to sequence of Selectivity
        What `selectivity` found in each.

    Returns
    -------
    list of dict
        For each region its name, its box (columns and rows of two corners) and its channels, the
        most selective first.
    """
    return [
        {
            "name": name,
            "box": corners(regions[name]),
            "channels": [one.describe() for one in found],
        }
        for name, found in ranked.items()
    ]


def describe_sum(network: Network, found: Attribution) -> dict[str, Any]:
    """Return what a value is the sum of.

    Parameters
    ----------
    network : Network
        The network.
    found : Attribution
        By contributions.

    Returns
    -------
    dict
        The value and its unit, the index of the layer that it is divided into, the channels of that
        with the largest shares, how many others have one and what these come to, and what there is
        without the layer.
    """
    named, rest = found.ranked[:_SHARES], found.ranked[_SHARES:]
    return {
        "value": found.value,
        "unit": list(found.unit),
        "through": network.layers.find(found.through).index,
        "shares": [{"channel": channel, "share": share} for channel, share in named],
        "others": len(rest),
        "rest": sum(share for _, share in rest),
        "nothing": found.baseline,
    }


def read_dissection(path: Path, network: Network) -> dict[str, Any]:
    """Read what ``actiscope dissect --json`` printed.

    Parameters
    ----------
    path : path
        The file.
    network : Network
        The network that it has to be about.

    Returns
    -------
    dict
        What a page shows of it; `layer` is an index.

    Raises
    ------
    ArgumentError
        If it is no such file, or one of another network.
    LayerNotFoundError
        If the network lacks its layer.
    """
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArgumentError(f"cannot read {path}: {error.strerror or error}") from None
    except ValueError:
        said = None
    try:
        shown = {key: said[key] for key in _SHOWN}
        name, layer_name, (count, _, _) = said["network"], said["layer"], said["shape"]
        [[float(each[key]) for key in _OF_CHANNEL] for each in shown["channels"]]
    except (KeyError, TypeError, ValueError):
        raise ArgumentError(
            f"{path} is nothing that `actiscope dissect --json` printed for a concept"
        ) from None
    if name != network.name:
        raise ArgumentError(f"{path} is about {name!r}; this network is {network.name!r}")
    layer = network.layers.find(layer_name)
    if layer.size and layer.size[0] != count:
        raise ArgumentError(
            f"{path} has {count} channels of {layer.name!r}; this network has {layer.size[0]}"
        )
    return {**shown, "layer": layer.index}


def study_slides(study: Study) -> dict[str, Slide]:
    """Return the pictures of a study and their variants, by name."""
    variants = {name: variant.pixels for name, variant in study.variants.items()}
    return {name: Slide(name, pixels) for name, pixels in {**study.pictures, **variants}.items()}


def study_size(study: Study, network: Network) -> str:
    """Return what the pictures of a study are brought to, as the explorer says it."""
    if study.size is not None:
        return f"{study.size[0]}x{study.size[1]}"
    return "native" if network.preparation.size is None else "own"


def describe_finding(finding: Finding, network: Network) -> dict[str, Any]:
    """Return what a study found.

    Parameters
    ----------
    finding : Finding
        What `run_study` gave.
    network : Network
        The network.

    Returns
    -------
    dict
        Its title, text, layer (an index), size, regions, claims with the ids of the two pictures
        that each compares, and the changes between those.
    """
    study, slides = finding.study, study_slides(finding.study)
    layer, size = network.layers.find(study.layer).index, study_size(study, network)
    pairs = {
        name: {"a": slides[variant.of].id, "b": slides[name].id}
        for name, variant in study.variants.items()
    }
    told = finding.describe()
    regions = [{"name": name, "box": corners(box)} for name, box in study.regions.items()]
    return {
        "title": study.title,
        "text": study.text,
        "layer": layer,
        "size": size,
        "as_expected": finding.as_expected,
        "regions": regions,
        "claims": [{**claim, **pairs[claim["picture"]]} for claim in told["claims"]],
        "changes": [
            {
                **pairs[name],
                "layer": layer,
                "regions": regions,
                "found": describe_changes(study.regions, one.ranked),
            }
            for name, one in finding.comparisons.items()
        ],
    }


def corners(box: Box) -> list[float]:
    """Return columns and rows of two corners, the second one outside."""
    return [box.left, box.top, box.right, box.bottom]
