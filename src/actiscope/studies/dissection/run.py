"""Ask of every channel of a layer whether it answers to a concept."""

from collections.abc import Callable

import numpy as np

from actiscope.checks import Size
from actiscope.errors import ArgumentError
from actiscope.networks import Network
from actiscope.studies.concepts import ExampleSet
from actiscope.studies.dissection.effects import (
    RESAMPLES,
    Marked,
    bootstrap_interval,
    cohens_d,
    roc_auc,
)
from actiscope.studies.dissection.holding_out import held_out_auc
from actiscope.studies.dissection.result import (
    SIGNIFICANT,
    By,
    ChannelAnswer,
    Control,
    Dissection,
    Localization,
)
from actiscope.studies.dissection.scoring import Scores
from actiscope.studies.dissection.significance import (
    default_permutations,
    false_discovery,
    permutation_p,
    smallest_p,
)
from actiscope.studies.dissection.surveying import CONTROLS, Surveyor


def dissect(
    network: Network,
    examples: ExampleSet,
    layer: str | int,
    concept: str | None = None,
    *,
    by: By = "max",
    size: Size | None = None,
    permutations: int | None = None,
    resamples: int = RESAMPLES,
    controls: int = CONTROLS,
    seed: int = 0,
    tell: Callable[[int, int], object] | None = None,
) -> Dissection:
    """Ask of every channel of a layer whether it answers to a concept.

    Each picture is scored by each channel. Measured is how well the scores tell the pictures that
    show the concept from the rest: area under the ROC curve with a bootstrap interval, effect
    sizes, p by permutation and q by Benjamini and Hochberg; and, where masks or boxes say where the
    concept is, the overlap of network dissection and the hits of the pointing game. Networks of
    the same shape with random weights are measured in the same way.

    Parameters
    ----------
    network : Network
        The network.
    examples : ExampleSet
        The pictures, as `read_examples` finds them.
    layer : str or int
        Name of the layer, or its index from 0.
    concept : str, optional
        Which concept; may be left out where there is only one.
    by : "max" or "mean"
        Score of a picture: the largest value of the channel, or its mean.
    size : int or (int, int), optional
        Height and width that pictures are resized to. By default what the network's preparation
        says, else its input size: of pictures of several sizes the largest value would be taken
        over more units in some.
    permutations : int, optional
        How many; `default_permutations` of the number of channels by default.
    resamples : int
        How many for the bootstrap.
    controls : int
        How many networks with random weights are measured, too.
    seed : int
        Of all random numbers.
    tell : callable, optional
        Told after each picture how many have been run, and how many will be in all.

    Returns
    -------
    Dissection
        All channels, the best first, and the controls. Pictures that cannot be read are left out
        and named.

    Raises
    ------
    LayerNotFoundError
        If there is no such layer.
    ArgumentError
        If there is no such concept, all pictures or none show it, or an option is none.
    NetworkError
        If the network cannot be run on any picture.
    """
    concept = check_concept(examples, concept)
    surveyor = Surveyor(
        network, examples, layer, [concept],
        by=by, size=size, controls=controls, seed=seed, tell=tell,
    )  # fmt: skip
    scores = surveyor.score()
    kept = surveyor.kept(scores)
    marked = np.array([concept in example.concepts for example in kept])
    roc_auc(scores.values, marked)  # refuses what cannot be measured before it takes long
    located = surveyor.locate(scores).get(concept)
    if permutations is None:
        permutations = default_permutations(scores.shape[0])
    return Dissection(
        **surveyor.describe(scores),
        concept=concept,
        marked=marked,
        channels=_measure(scores, marked, located, permutations, resamples, seed),
        permutations=permutations,
        resamples=resamples,
        smallest_p=smallest_p(permutations, int(marked.sum()), int((~marked).sum())),
        held_out=held_out_auc(scores.values, marked, seed=seed),
        localization=located,
        controls=tuple(
            _control(drawn, random, marked, where.get(concept), permutations, seed)
            for drawn, random, where in surveyor.controls(kept)
        ),
    )


def check_concept(examples: ExampleSet, concept: str | None) -> str:
    """Return the concept that is meant.

    Parameters
    ----------
    examples : ExampleSet
        The pictures.
    concept : str or None
        What was asked for.

    Returns
    -------
    str
        That, or the only one.

    Raises
    ------
    ArgumentError
        If no picture shows it, or all do, or there are several and none was asked for.
    """
    counts = examples.counts
    listed = ", ".join(f"{name} ({count})" for name, count in list(counts.items())[:12])
    if len(counts) > 12:
        listed += f" and {len(counts) - 12} more"
    if concept is None and len(counts) != 1:
        raise ArgumentError(f"which concept? By {examples.source} there are {listed or 'none'}")
    concept = concept or next(iter(counts))
    if concept not in counts:
        raise ArgumentError(f"no picture shows {concept!r}; there are {listed or 'no concepts'}")
    if counts[concept] == len(examples.examples):
        raise ArgumentError(
            f"all {counts[concept]} pictures show {concept!r}: there are none to compare them with"
        )
    return concept


def _measure(
    scores: Scores,
    marked: Marked,
    located: Localization | None,
    permutations: int,
    resamples: int,
    seed: int,
) -> tuple[ChannelAnswer, ...]:
    areas = roc_auc(scores.values, marked)
    effects = cohens_d(scores.values, marked)
    intervals = bootstrap_interval(scores.values, marked, resamples=resamples, seed=seed)
    p = permutation_p(scores.values, marked, permutations=permutations, seed=seed)
    q = false_discovery(p)
    return tuple(
        ChannelAnswer(
            channel=int(channel),
            auc=float(areas[channel]),
            low=float(intervals[channel, 0]),
            high=float(intervals[channel, 1]),
            cohens_d=float(effects[channel]),
            p=float(p[channel]),
            q=float(q[channel]),
            iou=None if located is None else float(located.iou[channel]),
            hit_rate=None if located is None else float(located.hit_rate[channel]),
        )
        for channel in np.argsort(-areas, kind="stable")
    )


def _control(
    drawn: int,
    scores: Scores,
    marked: Marked,
    located: Localization | None,
    permutations: int,
    seed: int,
) -> Control:
    areas = roc_auc(scores.values, marked)
    q = false_discovery(permutation_p(scores.values, marked, permutations=permutations, seed=seed))
    best = int(areas.argmax())
    return Control(
        seed=drawn,
        channel=best,
        auc=float(areas[best]),
        significant=int((q < SIGNIFICANT).sum()),
        held_out=held_out_auc(scores.values, marked, seed=seed),
        iou=None if located is None else float(located.iou.max()),
        hit_rate=None if located is None else float(located.hit_rate.max()),
    )
