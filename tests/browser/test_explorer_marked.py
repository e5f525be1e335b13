"""The explorer as one file, with regions that were marked by the command line."""

from playwright.sync_api import expect

from actiscope.geometry import Box
from actiscope.report.explorer.evidence import as_seen
from actiscope.report.explorer.marking import region_changes, region_view
from actiscope.report.explorer.offline import render_report
from actiscope.studies import selectivity
from actiscope.web import Slide
from tests.browser.explorer import Explorer

LAYER = "fire6-relu_squeeze1x1"
EYES = {"right eye": Box(72, 120, 136, 184), "left eye": Box(72, 56, 136, 120)}


def test_regions_are_marked_and_told_of(page, net, a1, closed, tmp_path):
    slides = Slide("face", a1), Slide("closed", closed)
    layers = [net.layers[LAYER]]
    told = region_changes(net, slides, layers, "own", EYES, lambda: None)
    path = tmp_path / "marked.html"
    path.write_text(
        render_report(
            net, slides, layers=layers, view=region_view(EYES, slides),
            evidence={"dissections": [], "study": None, "seen": as_seen(changes=told)},
        ),
        encoding="utf-8",
    )  # fmt: skip
    Explorer(page, path.as_uri(), exact=False).open()
    expect(page.locator("#regions input")).to_have_count(2)
    assert [each.input_value() for each in page.locator("#regions input").all()] == list(EYES)
    expect(page.locator("#sort")).to_have_value("selective")
    before, after = (net.activations(each, LAYER) for each in (a1, closed))
    for name, ranked in selectivity(before, after, EYES).items():
        own = next(one for one in ranked if one.inside.channel == 0)
        expect(page.locator(f"#changes [data-region='{name}']")).to_have_text(str(own))
