"""What the numbers of a dissection do not show."""

from collections.abc import Iterator

from actiscope.studies.dissection.overview import Overview
from actiscope.studies.dissection.result import SIGNIFICANT, TOP_QUANTILE, Dissection
from actiscope.wording import counted

FEW = 20
WIDE = 0.2
CLOSE = 0.05
UNEVEN = 5
_LISTED = 6
_LOW_CEILING = 0.5


def caveats(found: Dissection) -> list[str]:
    """Say what keeps a dissection from showing what it seems to show.

    Parameters
    ----------
    found : Dissection
        What was found.

    Returns
    -------
    list of str
        Sentences; only those that apply.
    """
    return [
        *_of_the_set(found),
        *_of_the_best(found),
        *_of_the_control(found),
        *_of_the_where(found),
    ]


def overview_caveats(found: Overview) -> list[str]:
    """Say what keeps an overview from showing what it seems to show.

    Parameters
    ----------
    found : Overview
        What was found.

    Returns
    -------
    list of str
        Sentences; only those that apply.
    """
    return list(_of_the_overview(found))


def _of_the_overview(found: Overview) -> Iterator[str]:
    few = [each.concept for each in found.concepts if each.pictures < FEW]
    if few:
        yield (
            f"Fewer than {FEW} pictures show {_listed(few)}: others may look different, and only "
            "strong answers can become significant."
        )
    lucky = [
        each.concept
        for each in found.concepts
        if each.held_out is not None and each.auc - each.held_out > 2 * CLOSE
    ]
    if lucky:
        yield (
            "The best channel is chosen on the pictures that it is measured on, so its area and "
            f"its interval are too high. On other pictures it falls by more than {2 * CLOSE:.1f} "
            f"for {_listed(lucky)}."
        )
    perfect = [each.concept for each in found.concepts if each.low == each.high == 1]
    if perfect:
        yield (
            f"The best channel tells all these pictures apart for {_listed(perfect)}: no "
            "resampling can differ, so the interval says nothing about others."
        )
    plain = [
        each.concept
        for each in found.concepts
        if each.controls and max(each.controls) > each.auc - CLOSE
    ]
    if plain:
        yield (
            f"A network with random weights does as well or nearly so for {_listed(plain)}: "
            "colour, brightness or layout may be enough."
        )
    if not any(each.controls for each in found.concepts):
        yield "There is no control: no network with random weights was measured."
    if all(each.iou is None for each in found.concepts):
        yield (
            "Only which pictures show a concept is known, not where: a channel may answer to what "
            "comes with it, the background or the way it was photographed."
        )
    if (found.marked.sum(axis=0) <= 1).all():
        yield (
            "Every picture shows one concept: a channel that answers to one may tell it from these "
            "others only."
        )
    if found.failed:
        yield _left_out(len(found.failed))
    for concept, marks in found.outside.items():
        yield _off_the_pictures(marks, concept)


def _listed(names: list[str]) -> str:
    listed = ", ".join(names[:_LISTED])
    return listed if len(names) <= _LISTED else f"{listed} and {len(names) - _LISTED} more"


def _left_out(count: int) -> str:
    who = "1 picture was" if count == 1 else f"{count} pictures were"
    return f"{who} left out: see the reasons."


def _off_the_pictures(marks: int, concept: str) -> str:
    who = f"1 box or polygon of {concept} lies outside its picture and counts"
    if marks > 1:
        who = f"{marks} boxes or polygons of {concept} lie outside their pictures and count"
    return f"{who} for nothing: were they made for pictures of another size?"


def _pictures(number: int, does: str, do: str) -> str:
    return f"{counted(number, 'picture')} {does if number == 1 else do}"


def _of_the_set(found: Dissection) -> Iterator[str]:
    having, rest, best = found.having, found.rest, found.best.channel
    if having < FEW:
        which = _pictures(having, "shows", "show")
        yield f"Only {which} {found.concept}: others may look different."
    if rest < FEW:
        which = _pictures(rest, "does", "do")
        yield f"Only {which} not show {found.concept}, to stand for everything else."
    if found.smallest_p * len(found.channels) >= SIGNIFICANT:
        yield (
            f"With so few pictures or permutations no single channel of {len(found.channels)} can "
            f"become significant: the smallest possible p is {found.smallest_p:.2g}."
        )
    if max(having, rest) > UNEVEN * min(having, rest):
        yield (
            f"{having} of {having + rest} pictures show {found.concept}. The area does not depend "
            f"on that share, but what a high value means does: of the {having} pictures on which "
            f"channel {best} is highest, {found.found_among_strongest(best)} show {found.concept}."
        )
    if found.failed:
        yield _left_out(len(found.failed))
    if found.concept in found.outside:
        yield _off_the_pictures(found.outside[found.concept], found.concept)


def _of_the_best(found: Dissection) -> Iterator[str]:
    best = found.best
    if best.high - best.low > WIDE:
        yield (
            f"The interval of channel {best.channel} is wide, {best.low:.2f} to {best.high:.2f}: "
            "its area is hardly known."
        )
    if best.low == best.high == 1:
        yield (
            f"Channel {best.channel} tells all these pictures apart, so no resampling can differ: "
            "its interval says nothing about others."
        )
    close = sum(each.auc >= best.low for each in found.channels[1:])
    if close:
        yield (
            f"{close} other channel{'s' * (close > 1)} reach{'es' * (close == 1)} the interval of "
            f"channel {best.channel}: which one is best is not settled."
        )
    if found.held_out is not None and best.auc - found.held_out > CLOSE / 2:
        yield (
            f"The best of {len(found.channels)} channels was chosen on the pictures that it is "
            f"measured on. Chosen on half of them, the best reaches {found.held_out:.2f} on the "
            f"other half, not {best.auc:.2f}."
        )


def _of_the_control(found: Dissection) -> Iterator[str]:
    control, best = found.control, found.best
    if control is None:
        yield "There is no control: no network with random weights was measured."
        return
    as_good = sum(each.auc > best.auc - CLOSE for each in found.controls)
    if as_good:
        yield (
            f"{as_good} of {len(found.controls)} networks with random weights do as well or nearly "
            f"so (up to {control.auc:.2f}): the answer need not have been learned, colour, "
            "brightness or layout may be enough for it."
        )
    elif any(each.significant for each in found.controls):
        most = max(each.significant for each in found.controls)
        yield (
            f"Networks with random weights, too, have channels that tell {found.concept} from the "
            f"rest (up to {most} of {len(found.channels)}, up to {control.auc:.2f}): the pictures "
            "seem to differ in something plain, such as colour, brightness or layout."
        )


def _of_the_where(found: Dissection) -> Iterator[str]:
    located = found.localization
    if located is None:
        yield (
            f"Only which pictures show {found.concept} is known, not where. A channel may answer "
            "to what comes with it, the background or the way it was photographed, and pictures of "
            "the rest may show it unmarked."
        )
        return
    if located.highest_iou < _LOW_CEILING:
        yield (
            f"{found.concept} covers {100 * located.area:.2g} % of the pictures and a channel is "
            f"high on {100 * TOP_QUANTILE:g} % of them, so no overlap can be much above "
            f"{located.highest_iou:.2g}: compare it with that and with random weights."
        )
    if located.pictures < found.having:
        yield (
            f"Where {found.concept} is, only {located.pictures} of {found.having} pictures say; "
            "overlap and hits are theirs."
        )
