"""Options that bring evidence into the explorer: what `dissect` printed, and a study."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from actiscope.networks import Network, open_network
from actiscope.report.explorer.slides import Slide


class Exhibits:
    """What was found beforehand, and is shown in the explorer.

    Parameters
    ----------
    dissections : tuple of path
        Files that ``dissect --json`` printed.
    source : str or None
        The study, if there is one.
    """

    def __init__(self, dissections: tuple[Path, ...], source: str | None) -> None:
        self._dissections = dissections
        self.study = None
        if source is not None:
            from actiscope.studies.experiment import read_study

            self.study = read_study(source)

    def open_network(self, open_it: Callable[[], Network]) -> Network:
        """Return the network that was named, or else that of the study."""
        source = click.get_current_context().get_parameter_source("network")
        if self.study is None or source is not click.core.ParameterSource.DEFAULT:
            return open_it()
        return open_network(self.study.network)

    def slides(self) -> list[Slide]:
        """Return the pictures of the study."""
        from actiscope.report.explorer.evidence import study_slides

        return [] if self.study is None else list(study_slides(self.study).values())

    def describe(self, network: Network) -> dict[str, Any]:
        """Run the study, and return all of it as a page shows it."""
        from actiscope.report.explorer.evidence import describe_finding, read_dissection
        from actiscope.studies.experiment import run_study

        found = None if self.study is None else run_study(self.study, network)
        return {
            "dissections": [read_dissection(path, network) for path in self._dissections],
            "study": None if found is None else describe_finding(found, network),
        }


def with_exhibits(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options --dissection and --study, as its argument `exhibits`."""

    @functools.wraps(command)
    def run(*, dissections: tuple[Path, ...], study: str | None, **options: Any) -> Any:
        return command(exhibits=Exhibits(dissections, study), **options)

    run = click.option(
        "--study",
        metavar="FILE",
        help="A study: its pictures, regions and claims. Its network, if no --network is given.",
    )(run)
    return click.option(
        "--dissection",
        "dissections",
        type=click.Path(path_type=Path),
        metavar="FILE.json",
        multiple=True,
        help="What `actiscope dissect --json` printed, to order channels by. May be given several "
        "times.",
    )(run)
