"""A study: what is compared, and what is claimed of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from actiscope.activations import Activations
from actiscope.checks import check_channels
from actiscope.errors import ArgumentError
from actiscope.geometry import Box
from actiscope.images.pixels import Pixels
from actiscope.networks.network import Network
from actiscope.studies.changes import changes_elsewhere, check_regions
from actiscope.studies.experiment.claims import Claim, Verdict, check
from actiscope.studies.selectivity import Selectivity, selectivity


@dataclass(frozen=True)
class Variant:
    """A picture that differs from another one.

    Parameters
    ----------
    of : str
        Name of the other one.
    pixels : ndarray of uint8, (H, W, 3)
        The picture.
    is_edit : bool
        Whether it is an edit of the other, not a photograph.
    """

    of: str
    pixels: Pixels
    is_edit: bool = True


@dataclass(frozen=True)
class Study:
    """What is compared, and what is claimed of it.

    Parameters
    ----------
    title : str
        What it is about.
    network : str
        A source as `open_network` takes it.
    layer : str
        The layer.
    pictures : mapping of str to ndarray of uint8, (H, W, 3)
        By name.
    variants : mapping of str to Variant
        Pictures that are compared with those, by name.
    regions : mapping of str to Box
        Regions of the pictures, in pixels, by name.
    claims : tuple of Claim
        What is checked.
    size : (int, int), optional
        What pictures are brought to.
    text : str
        What a reader should know.

    Raises
    ------
    ArgumentError
        If a name is used that is not there, sizes differ, or a region lies outside a picture.
    """

    title: str
    network: str
    layer: str
    pictures: Mapping[str, Pixels]
    variants: Mapping[str, Variant]
    regions: Mapping[str, Box]
    claims: tuple[Claim, ...]
    size: tuple[int, int] | None = None
    text: str = ""

    def __post_init__(self) -> None:
        for name, variant in self.variants.items():
            if variant.of not in self.pictures:
                raise ArgumentError(
                    f"{name!r} is a variant of {variant.of!r}; {_there(self.pictures)}"
                )
            if variant.pixels.shape != self.pictures[variant.of].shape:
                raise ArgumentError(f"{name!r} and {variant.of!r} differ in size")
            check_regions(self.regions, (variant.pixels.shape[0], variant.pixels.shape[1]))
        for claim in self.claims:
            if claim.picture not in self.variants:
                raise ArgumentError(
                    f"no picture {claim.picture!r} for {claim.text!r}; {_there(self.variants)}"
                )
            if claim.region not in self.regions:
                raise ArgumentError(
                    f"no region {claim.region!r} for {claim.text!r}; {_there(self.regions)}"
                )


@dataclass(frozen=True, eq=False)
class Comparison:
    """A variant beside the picture that it is one of.

    Parameters
    ----------
    before, after : Activations
        The answers of the layer.
    ranked : dict of str to list of Selectivity
        By region.
    """

    before: Activations
    after: Activations
    ranked: dict[str, list[Selectivity]]


@dataclass(frozen=True, eq=False)
class Finding:
    """What a study found.

    Parameters
    ----------
    study : Study
        The study.
    network : dict
        The network, as `Network.describe` says.
    comparisons : dict of str to Comparison
        By variant.
    verdicts : list of Verdict
        In the order of the claims.
    """

    study: Study
    network: dict[str, object]
    comparisons: dict[str, Comparison]
    verdicts: list[Verdict] = field(default_factory=list)

    @property
    def as_expected(self) -> bool:
        """Whether all claims hold and no control does."""
        return all(verdict.as_expected for verdict in self.verdicts)

    @property
    def summary(self) -> str:
        """How many claims and controls came out as expected, in words."""
        wrong = sum(not verdict.as_expected for verdict in self.verdicts)
        if not wrong:
            return f"All {len(self.verdicts)} came out as expected."
        return f"{wrong} of {len(self.verdicts)} did not come out as expected."

    def describe(self) -> dict[str, Any]:
        """Return the claims and what became of them, as plain data."""
        return {
            "title": self.study.title,
            **self.network,
            "layer": self.study.layer,
            "as_expected": self.as_expected,
            "summary": self.summary,
            "claims": [
                {
                    "text": verdict.claim.text,
                    "control": not verdict.claim.expected,
                    "holds": verdict.holds,
                    "as_expected": verdict.as_expected,
                    "outcome": verdict.outcome,
                    "found": verdict.found,
                    "channel": verdict.claim.channel,
                    "region": verdict.claim.region,
                    "picture": verdict.claim.picture,
                }
                for verdict in self.verdicts
            ],
        }


def run_study(study: Study, network: Network) -> Finding:
    """Run a study.

    Parameters
    ----------
    study : Study
        The study.
    network : Network
        The network that it names.

    Returns
    -------
    Finding
        The numbers, and what became of each claim.

    Raises
    ------
    ActiscopeError
        If the layer or a channel is not there, or a picture cannot be run.
    """
    before = {
        name: network.activations(study.pictures[name], study.layer, size=study.size)
        for name in dict.fromkeys(variant.of for variant in study.variants.values())
    }
    comparisons = {}
    for name, variant in study.variants.items():
        after = network.activations(variant.pixels, study.layer, size=study.size)
        first = before[variant.of]
        comparisons[name] = Comparison(first, after, selectivity(first, after, study.regions))
    for claim in study.claims:
        check_channels([claim.channel], len(comparisons[claim.picture].before.maps))
    verdicts = [_check(claim, comparisons[claim.picture], study) for claim in study.claims]
    return Finding(study, network.describe(), comparisons, verdicts)


def _check(claim: Claim, found: Comparison, study: Study) -> Verdict:
    elsewhere = changes_elsewhere(
        found.before, found.after, claim.channel, claim.region, study.regions
    )
    return check(claim, found.ranked, elsewhere)


def _there(names: Mapping[str, object]) -> str:
    return "there is " + (", ".join(map(repr, names)) or "none")
