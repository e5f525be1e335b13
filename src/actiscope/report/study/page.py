"""The page of a study: its claims, what became of them, and the pictures."""

import base64
from importlib.resources import files

import jinja2

from actiscope.images.writing import encode_png
from actiscope.pictures import comparison_picture
from actiscope.report.numbers import number, percent
from actiscope.studies import Selectivity
from actiscope.studies.changes import rest_of
from actiscope.studies.experiment import Finding


def render_study(finding: Finding) -> str:
    """Return what a study found as one HTML page that needs nothing else.

    Parameters
    ----------
    finding : Finding
        What `run_study` gave.

    Returns
    -------
    str
        The page: each claim with its numbers, and for each variant the pictures, the channels on
        one scale, and the table of regions.
    """
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined)
    environment.filters |= {
        "num": number,
        "percent": percent,
    }
    folder = files(__package__)
    template = environment.from_string(folder.joinpath("page.html").read_text(encoding="utf-8"))
    return template.render(
        finding=finding,
        study=finding.study,
        style=folder.joinpath("page.css").read_text(encoding="utf-8"),
        pictures={name: _picture(finding, name) for name in finding.comparisons},
        outside=rest_of(finding.study.regions),
        rows={name: _rows(finding, name) for name in finding.comparisons},
    )


def _channels(finding: Finding) -> list[int]:
    return list(dict.fromkeys(claim.channel for claim in finding.study.claims))


def _picture(finding: Finding, name: str) -> str:
    study, compared = finding.study, finding.comparisons[name]
    variant = study.variants[name]
    geometry = compared.before.geometry
    drawn = comparison_picture(
        (study.pictures[variant.of], variant.pixels),
        (compared.before.maps, compared.after.maps),
        _channels(finding),
        geometry=None if geometry.is_global else geometry,
        regions=study.regions,
        titles=(variant.of, name),
    )
    return base64.b64encode(encode_png(drawn)).decode()


def _rows(finding: Finding, name: str) -> list[Selectivity]:
    """Return what the claims are about, channel by channel and region by region."""
    ranked = finding.comparisons[name].ranked
    return [
        one
        for channel in _channels(finding)
        for found in ranked.values()
        for one in found
        if one.inside.channel == channel
    ]
