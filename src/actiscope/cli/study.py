"""``actiscope study``."""

from pathlib import Path

import click

from actiscope.cli.options import EXAMPLES, json_option, output_option
from actiscope.cli.printing import print_json, say
from actiscope.files import write_file
from actiscope.networks import open_network

_FAILED = 1


@click.command(
    "study",
    epilog=EXAMPLES(
        "actiscope study eyes -o eyes.html",
        "actiscope study --show eyes > mine.yaml",
        "actiscope study mine.yaml --json",
        "actiscope study mine.py",
    ),
)
@click.argument("source", metavar="FILE", default="eyes")
@output_option(".html", text="Write the page.", required=False)
@click.option("--show", is_flag=True, help="Print a study of ours, to begin with.")
@json_option
def command(source: str, output: Path | None, show: bool, as_json: bool) -> None:
    """Run a study: pictures, edits, regions and claims in a YAML file.

    FILE may be the name of a study that comes with actiscope: eyes; or a Python file, which is run
    as code, and in which `study` is a Study or a function that returns one. Exit code 1 says that
    a claim fails, or a control holds, so that a study can be kept in a CI.
    """
    from actiscope.studies.experiment import read_study, run_study
    from actiscope.studies.experiment.reading import example_text

    if show:
        print(example_text(source), end="")
        return
    study = read_study(source)
    finding = run_study(study, open_network(study.network))
    if output is not None:
        from actiscope.report.study import render_study

        write_file(output, render_study(finding).encode())
        say(f"{output}: {len(finding.verdicts)} claims")
    if as_json:
        print_json(finding.describe())
    else:
        for verdict in finding.verdicts:
            passed = verdict.as_expected
            mark = click.style("passed" if passed else "FAILED", fg="green" if passed else "red")
            click.echo(f"{mark}  {verdict.claim.text}\n        {verdict.outcome}: {verdict.found}")
        click.echo(f"\n{finding.summary}")
    if not finding.as_expected:
        raise SystemExit(_FAILED)
