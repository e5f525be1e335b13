"""A dissection as plain data, and in words."""

import math
from dataclasses import asdict
from typing import Any

from actiscope.studies.dissection.caveats import caveats, overview_caveats
from actiscope.studies.dissection.effects import CONFIDENCE
from actiscope.studies.dissection.overview import Overview
from actiscope.studies.dissection.result import ChannelAnswer, Dissection, Survey


def describe(found: Dissection) -> dict[str, Any]:
    """Return all that a dissection found, as plain data.

    Parameters
    ----------
    found : Dissection
        What was found.

    Returns
    -------
    dict
        At full precision, with the score of every picture in every channel.
    """
    located = found.localization
    return {
        **_survey(found),
        "concept": found.concept,
        "with_concept": found.having,
        "without_concept": found.rest,
        "channels": [_channel(found, each) for each in found.channels],
        "held_out_auc": found.held_out,
        "controls": [asdict(each) for each in found.controls],
        "controls_as_good": sum(each.auc >= found.best.auc for each in found.controls),
        "localization": None
        if located is None
        else {
            "pictures": located.pictures,
            "hit_rate_by_chance": located.chance,
            "marked_area": located.area,
            "highest_iou": located.highest_iou,
        },
        "permutations": found.permutations,
        "smallest_p": found.smallest_p,
        "caveats": caveats(found),
        "pictures": [
            {"name": example.name, "has_concept": bool(marked), "scores": scores.tolist()}
            for example, marked, scores in zip(
                found.examples, found.marked, found.scores, strict=True
            )
        ],
    }


def describe_overview(found: Overview) -> dict[str, Any]:
    """Return all that an overview found, as plain data.

    Parameters
    ----------
    found : Overview
        What was found.

    Returns
    -------
    dict
        At full precision, with area and q of every concept and channel.
    """
    return {
        **_survey(found),
        "concepts": [
            {
                **asdict(each),
                "class": found.classes[each.channel] if found.classes else None,
                "areas": areas.tolist(),
                "q_of_channels": q.tolist(),
            }
            for each, areas, q in zip(found.concepts, found.areas, found.q, strict=True)
        ],
        "detectors": [
            {
                "channel": channel,
                "concepts": [{"concept": name, "auc": auc} for name, auc in answers],
            }
            for channel, answers in found.detectors.items()
        ],
        "caveats": overview_caveats(found),
        "pictures": [
            {"name": example.name, "concepts": sorted(example.concepts)}
            for example in found.examples
        ],
    }


def answer(found: Dissection) -> str:
    """Say in one sentence whether a channel answers to the concept.

    Parameters
    ----------
    found : Dissection
        What was found.

    Returns
    -------
    str
        The best channel with its area, interval and q; or that none was shown to answer.
    """
    best = found.best
    if not best.is_significant or best.auc <= 0.5:
        return (
            f"No channel of {found.layer} was shown to answer to {found.concept}: the best, "
            f"{found.label(best.channel)}, has an area of {best.auc:.2f}, q = {best.q:.2g}."
        )
    return (
        f"Channel {found.label(best.channel)} of {found.layer} answers to {found.concept}: "
        f"a picture with it scores higher than one without in {100 * best.auc:.1f} % of pairs "
        f"({100 * CONFIDENCE:.0f} % interval {100 * best.low:.1f} to {100 * best.high:.1f} %, "
        f"q = {best.q:.2g})."
    )


def overview_answer(found: Overview) -> str:
    """Say in one sentence how many concepts are answered to, and by how many channels.

    Parameters
    ----------
    found : Overview
        What was found.

    Returns
    -------
    str
        The counts.
    """
    told = sum(each.is_significant for each in found.concepts)
    answers = found.detectors.values()
    alone = sum(len(each) == 1 for each in answers)
    return (
        f"{told} of {len(found.concepts)} concepts have a channel of {found.layer} that answers to "
        f"them; {len(answers)} of {found.shape[0]} channels answer to a concept, {alone} to one "
        "only."
    )


def standing(found: Dissection) -> str:
    """Say in one sentence where the best channel stands among networks with random weights.

    Parameters
    ----------
    found : Dissection
        What was found.

    Returns
    -------
    str
        How many of them stay below it, and what their best channels reach; "" without a control.
    """
    areas = sorted(each.auc for each in found.controls)
    if not areas:
        return ""
    below = sum(area < found.best.auc for area in areas)
    reach = f"{areas[0]:.2f}" + (f" to {areas[-1]:.2f}" if len(areas) > 1 else "")
    return (
        f"The best channels of {len(areas)} network{'s' * (len(areas) > 1)} with random weights "
        f"reach {reach}: {below} of {len(areas)} stay below {found.best.auc:.2f}."
    )


def _survey(found: Survey) -> dict[str, Any]:
    return {
        **found.network,
        "layer": found.layer,
        "shape": list(found.shape),
        "source": found.source,
        "by": found.by,
        "size": list(found.size),
        "confidence": CONFIDENCE,
        "resamples": found.resamples,
        "seed": found.seed,
        "left_out": [{"picture": name, "reason": why} for name, why in found.failed],
        "notes": list(found.notes),
        "marks_outside": found.outside,
    }


def _channel(found: Dissection, each: ChannelAnswer) -> dict[str, Any]:
    effect = each.cohens_d if math.isfinite(each.cohens_d) else None
    return {
        **asdict(each),
        "class": found.classes[each.channel] if found.classes else None,
        "cohens_d": effect,
        "cliffs_delta": each.cliffs_delta,
        "found_among_strongest": found.found_among_strongest(each.channel),
    }
