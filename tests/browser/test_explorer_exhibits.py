"""The explorer with what was found beforehand: dissections and a study; live, and as one file."""

import pytest
from playwright.sync_api import expect

from actiscope.report.explorer.evidence import describe_finding, study_size, study_slides
from actiscope.report.explorer.offline import render_report
from actiscope.studies.experiment import read_study, run_study
from actiscope.web import create_app
from tests.browser.explorer import Explorer
from tests.browser.serving import serve

LAYER = "fire6-relu_squeeze1x1"
CHANNELS = 48
CAVEAT = "Only 3 pictures show it."


def dissection(layer, concept, seed):
    """What a page knows of a dissection; the areas are a permutation."""
    order = sorted(range(CHANNELS), key=lambda channel: (channel * seed) % CHANNELS)
    channels = [
        {"channel": channel, "auc": 0.99 - place / 60, "low": 0.6 - place / 100, "high": 1.0,
         "q": 0.001 * (place + 1), "iou": None, "hit_rate": None}
        for place, channel in enumerate(order)
    ]  # fmt: skip
    return {
        "layer": layer, "concept": concept, "channels": channels, "with_concept": 3,
        "without_concept": 9, "size": [227, 300], "confidence": 0.95,
        "controls": [{"auc": 0.71, "significant": 2}], "caveats": [CAVEAT],
    }  # fmt: skip


@pytest.fixture(scope="module")
def finding(net):
    return run_study(read_study("eyes"), net)


@pytest.fixture(scope="module")
def evidence(net, finding):
    index = net.layers[LAYER].index
    return {
        "dissections": [dissection(index, "eye", 5), dissection(index, "hair", 7)],
        "study": describe_finding(finding, net),
    }


@pytest.fixture(scope="module")
def live(net, finding, evidence):
    slides = list(study_slides(finding.study).values())
    with serve(create_app(net, slides, evidence=evidence)) as address:
        yield address


@pytest.fixture(scope="module")
def file(net, finding, evidence, tmp_path_factory):
    path = tmp_path_factory.mktemp("study") / "study.html"
    page = render_report(
        net, list(study_slides(finding.study).values()), layers=[net.layers[LAYER]],
        size=study_size(finding.study, net), evidence=evidence,
    )  # fmt: skip
    path.write_text(page, encoding="utf-8")
    return path.as_uri()


@pytest.fixture(params=["live", "file"])
def shown(request, page):
    """The explorer, from a server and from a file."""
    is_live = request.param == "live"
    return Explorer(page, request.getfixturevalue(request.param), exact=is_live).open()


def test_a_dissection_opens_at_its_best_channel(net, finding, evidence, page):
    slides = list(study_slides(finding.study).values())
    with serve(create_app(net, slides, evidence={**evidence, "study": None})) as address:
        explorer = Explorer(page, address).open()
        found = evidence["dissections"][0]
        assert explorer.heading == f"channel {found['channels'][0]['channel']}"
        expect(page.locator("#sort")).to_have_value("auc")
        page.goto("about:blank")


def test_each_claim_is_shown_with_its_numbers(shown, finding):
    claims = shown.page.locator("#study div button")
    expect(claims).to_have_count(len(finding.verdicts))
    expect(shown.page.locator("#study summary")).to_contain_text("All 8 came out as expected")
    for claim, verdict in zip(claims.all(), finding.verdicts, strict=True):
        word = "holds" if verdict.holds else "fails"
        if not verdict.claim.expected:
            word = "does not hold, as it must not"
        expect(claim.locator("small").first).to_have_text(f"{word}: {verdict.found}")
        expect(claim.locator("b")).to_have_text("✓")


def test_a_claim_opens_what_it_compares(shown, finding):
    page = shown.page
    assert shown.heading == "channel 13"
    page.locator("#study div button").nth(5).click()
    shown.wait()
    claim = finding.study.claims[5]
    slides = study_slides(finding.study)
    assert shown.heading == f"channel {claim.channel}"
    assert shown.id("b") == slides[claim.picture].id
    expect(page.locator("#study div button").nth(5)).to_have_attribute("aria-pressed", "true")
    ranked = finding.comparisons[claim.picture].ranked[claim.region]
    (own,) = (one for one in ranked if one.inside.channel == claim.channel)
    expect(page.locator(f"#changes [data-region='{claim.region}']")).to_have_text(str(own))
    page.select_option("#sort", "selective")
    shown.choose_first()
    assert shown.heading == f"channel {ranked[0].inside.channel}"


def test_a_claim_that_fails_is_told_apart(net, page, finding, evidence):
    first, *rest = evidence["study"]["claims"]
    study = evidence["study"] | {"claims": [first | {"holds": False, "as_expected": False}, *rest]}
    slides = list(study_slides(finding.study).values())
    with serve(create_app(net, slides, evidence={"dissections": [], "study": study})) as address:
        Explorer(page, address).open()
        expect(page.locator("#study summary")).to_contain_text("1 of 8 did not come out")
        expect(page.locator("#study .bad b")).to_have_text("✗")
        page.goto("about:blank")  # what it would still ask for is not missed


def test_channels_are_ordered_by_what_a_dissection_found(shown, evidence):
    page = shown.page
    page.select_option("#sort", "auc")
    for found in evidence["dissections"]:
        if found["concept"] != "eye":
            page.get_by_label("concept").select_option(found["concept"])
        best = found["channels"][0]
        shown.choose_first()
        assert shown.heading == f"channel {best['channel']}"
        said = page.locator("#dissection")
        expect(said.locator(".said")).to_have_attribute("data-auc", str(best["auc"]))
        for text in (
            f"AUC {best['auc']:.3f}", f"{best['low']:.3f} to", "q = 0.001", "answers to it",
            "the best channel reaches 0.710", f"1 of {CHANNELS}", "fed at 227 × 300",
        ):  # fmt: skip
            expect(said).to_contain_text(text)
    page.locator(".caveats summary").click()
    expect(page.get_by_text(CAVEAT)).to_be_visible()


def test_a_layer_without_a_dissection_has_no_such_order(page, live):
    explorer = Explorer(page, live).open("?layer=conv1&sort=auc")
    expect(page.locator("#dissection")).to_be_hidden()
    assert page.locator("#sort").input_value() == "index"
    explorer.choose_layer(LAYER)
    expect(page.locator("#dissection")).to_be_visible()
    assert page.locator("#sort").input_value() == "auc"


@pytest.mark.parametrize("size", [(1024, 768), (1440, 900)])
def test_everything_has_its_place(page, live, size):
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    explorer = Explorer(page, live).open()
    explorer.page.wait_for_selector("#changes:not([data-made=''])")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    aside = page.locator("#focus")
    names = page.locator("#regions input")
    expect(names).to_have_count(2)
    for each in (aside, *names.all()):
        assert each.evaluate("(each) => each.scrollWidth <= each.clientWidth")


def test_a_page_that_is_kept_has_all_pictures_of_the_study(page, live, finding, tmp_path):
    kept = Explorer(page, live).open().take_away(tmp_path / "kept.html")
    kept.wait()
    claims = page.locator("#study div button")
    expect(page.locator("#pictures .picture")).to_have_count(4)
    for number, verdict in enumerate(finding.verdicts):
        claims.nth(number).click()
        kept.wait()
        assert kept.id("b") == study_slides(finding.study)[verdict.claim.picture].id
        expect(claims.nth(number)).to_have_attribute("aria-pressed", "true")
    page.locator(".layer", has=page.get_by_text("conv1", exact=True)).click()
    expect(page.locator("#told.problem")).to_contain_text("holds only the layer of the study")


def test_a_claim_whose_pictures_are_not_here_says_so(page, net, finding, evidence):
    slides = list(study_slides(finding.study).values())[:2]
    with serve(create_app(net, slides, evidence=evidence)) as address:
        Explorer(page, address).open()
        lacking = page.locator("#study div button:disabled")
        expect(lacking).to_have_count(4)
        expect(lacking.first).to_contain_text("Its pictures are not here.")
        page.goto("about:blank")


def test_a_japanese_page_says_which_sentences_are_english(page, live):
    Explorer(page, live).open("?lang=ja")
    expect(page.locator("#study")).to_contain_text("主張と結果の文は英語です")
    page.locator(".caveats summary").click()
    expect(page.locator(".caveats")).to_contain_text("以下の注意は英語です")
    expect(page.locator(".caveats ul")).to_have_attribute("lang", "en")


def test_a_file_says_only_what_is_in_it(page, file):
    shown = Explorer(page, file, exact=False).open()
    expect(page.locator("#drive")).to_be_hidden()
    expect(page.locator("#mark")).to_be_hidden()
    page.keyboard.press("d")
    expect(page.locator("#drives")).to_be_hidden()
    shown.choose_channel(20)
    expect(page.locator("#changes .said").first).to_contain_text("channel 20:")
