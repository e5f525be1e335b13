"""The explorer: what drives a channel, regions, and what changed in them."""

import numpy as np
import pytest
from playwright.sync_api import expect

from actiscope.geometry import Box
from actiscope.images.samples import EYES
from actiscope.studies import occlude, score_layer, selectivity
from tests.browser.explorer import Explorer, digits

LAYER = "fire2-squeeze1x1"
UNIT = (28, 33)
VIEW = f"?layer={LAYER}&channel=3&unit={UNIT[0]},{UNIT[1]}"
EYE = "fire6-relu_squeeze1x1"
MARKED = "".join(
    f"{name.replace(' ', '+')}={box.left:g},{box.top:g},{box.right:g},{box.bottom:g};"
    for name, box in EYES.items()
)


@pytest.fixture(scope="module")
def driven(net, a1):
    """What the study finds, by fill."""
    return {fill: occlude(net, a1, LAYER, 3, unit=UNIT, fill=fill) for fill in ("grey", "blur")}


def wait_for(explorer, fill):
    explorer.page.wait_for_selector(f"#drives[data-made$='/{fill}']")


def drop(explorer):
    return float(explorer.page.locator("#drives .said").get_attribute("data-drop"))


def shade(explorer, row, col):
    """Return the mean brightness of some pixels of the picture, as it is drawn."""
    explorer.page.wait_for_selector("[data-picture=a] canvas[data-painted]")
    return explorer.page.evaluate(
        """async ([x, y]) => {
            await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
            const canvas = document.querySelector("[data-picture=a] canvas");
            const at = canvas.width / 227;
            const { data } = canvas.getContext("2d").getImageData(x * at - 8, y * at - 8, 16, 16);
            return data.reduce((sum, level) => sum + level) / data.length;
        }""",
        [col, row],
    )


def test_a_unit_is_driven_by_what_the_study_finds(explorer, driven):
    explorer.open(VIEW)
    before = shade(explorer, 20, 20)
    explorer.page.keyboard.press("d")
    wait_for(explorer, "grey")
    found = driven["grey"]
    assert drop(explorer) == found.drops.max()
    places = np.argwhere(found.drops != 0)
    for row, col in (*places[[0, len(places) // 2, -1]], (1, 1), (20, 3)):
        explorer.hover(*found.geometry.centre(row, col))
        assert drop(explorer) == found.drops[row, col]
    expect(explorer.page.locator("#drives .said b")).to_have_text("exactly 0")
    assert shade(explorer, 20, 20) < 0.8 * before
    most = digits(abs(found.drops).max())
    expect(explorer.page.locator("#drives .scale")).to_contain_text(f"falls by {most}")


def test_exactly_zero_is_said_of_what_is_followed(explorer):
    page = explorer.open(f"{VIEW}&drive=grey").page
    wait_for(explorer, "grey")
    expect(page.locator("#drives")).to_contain_text("exactly 0: the value did not change")
    explorer.open(f"?layer={LAYER}&channel=3&drive=grey&step=coarse")
    wait_for(explorer, "grey")
    expect(page.locator("#drives")).to_contain_text("exactly 0: the largest value did not change")


def test_coarse_steps_are_chosen_and_kept_in_the_address(explorer, net, a1):
    page = explorer.open(f"{VIEW}&drive=grey").page
    wait_for(explorer, "grey")
    page.locator("#drives [data-step=coarse]").click()
    page.wait_for_selector("#drives[data-made$='/coarse/grey']")
    own = occlude(net, a1, LAYER, 3, unit=UNIT, window=28, stride=28)
    assert drop(explorer) == own.drops.max()
    assert "step=coarse" in page.url


def test_a_second_map_waits_for_the_first_until_that_is_stopped(explorer, page):
    explorer.open("?layer=pool10&channel=5&drive=grey&size=800x800")
    expect(page.locator("#drives .making")).to_contain_text(" of 529 parts", timeout=30_000)
    other = Explorer(page.context.new_page(), explorer.address)
    other.open(f"?layer={LAYER}&channel=4&unit=9,9&drive=grey")
    expect(other.page.locator("#drives .making")).to_contain_text("waits for its turn")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#drives")).to_be_hidden()
    wait_for(other, "grey")


def test_how_long_a_map_takes_is_told(explorer):
    says = explorer.open().page.evaluate(
        """async () => {
            const { howFar } = await import("actiscope/evidence-progress.js");
            const far = { done: 9, total: 484 };
            return [10, 90].map((left) => howFar({ ...far, left }, "fine"))
                .concat(howFar(far, "fine"), howFar({ ...far, left: 90 }, "coarse"));
        }"""
    )
    assert says == [
        "9 of 484 parts, about 10 s left.",
        "9 of 484 parts, about 2 min left. Coarse steps take about an eighth as long.",
        "9 of 484 parts.",
        "9 of 484 parts, about 2 min left.",
    ]


def test_the_fill_is_switched_on_one_scale_and_kept_in_the_address(explorer, driven):
    page = explorer.open(f"{VIEW}&drive=grey").page
    wait_for(explorer, "grey")
    page.keyboard.press("f")
    wait_for(explorer, "blur")
    assert drop(explorer) == driven["blur"].drops.max()
    both = np.stack([each.drops for each in driven.values()])
    expect(page.locator("#drives .scale")).to_contain_text(f"falls by {digits(abs(both).max())}")
    assert "drive=blur" in page.url
    page.reload()
    wait_for(explorer, "blur")
    expect(page.locator("#drives [data-fill=blur]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("d")
    expect(page.locator("#drives")).to_be_hidden()
    assert "drive" not in page.url


@pytest.mark.parametrize("drive", ["", "&drive=grey&step=coarse"])
def test_a_unit_that_the_layer_lacks_is_told_and_given_up(explorer, drive):
    page = explorer.open(f"?layer={LAYER}&channel=3&unit=56,2{drive}").page
    told = page.locator("#told.problem")
    expect(told).to_contain_text("no unit 56, 2")
    expect(told).to_contain_text("rows 0–55 and columns 0–55")
    expect(page.locator("#readout")).to_contain_text("strongest unit")
    page.wait_for_function("!location.search.includes('unit')")


def test_what_else_the_address_asks_for_in_vain_is_told(explorer):
    page = explorer.open(f"?layer={LAYER}&channel=99&region=nose&regions=far=500,9,600,20").page
    told = page.locator("#told.problem")
    expect(told).to_contain_text("no channel 99 here: channels are 0–15")
    expect(told).to_contain_text("No region ‘nose’ is marked")
    assert explorer.heading == "channel 15"
    assert "channel=15" in page.url
    assert "nose" not in page.url
    expect(page.locator("#regions li span")).to_have_text(
        "outside the picture: rows 9–19, columns 500–599"
    )
    explorer.open("?layer=conv99&channel=2")
    expect(told).to_have_text("This network has no layer conv99.")
    assert "layer=conv1&" in page.url


def test_a_unit_is_followed_by_a_click_until_the_layer_changes(explorer, net, a1):
    page = explorer.open(f"?layer={LAYER}&channel=3").page
    answer = net.activations(a1, LAYER)
    explorer.page.mouse.click(*explorer.point(*answer.geometry.centre(*UNIT)))
    page.mouse.move(5, 5)
    expect(page.locator("#readout")).to_contain_text("followed unit: row 28, column 33")
    assert explorer.value == answer.values[3][UNIT]
    assert "unit=28,33" in page.url
    page.keyboard.press("j")
    explorer.wait()
    expect(page.locator("#readout")).to_contain_text("strongest unit")
    assert "unit" not in page.url


def test_a_class_is_followed_by_its_name(explorer, net, a1):
    page = explorer.open(f"?layer={LAYER}").page
    (best,) = net.classify(a1, top=1)
    page.locator("#classes button").first.click()
    expect(page.locator("#focus h2")).to_contain_text(f"channel {best.index}")
    expect(page.locator("#focus h2")).to_contain_text(score_layer(net).name)
    expect(page.locator("#drives progress")).to_be_visible()
    expect(page.locator("#drives .making")).to_contain_text(" of 576 parts")
    page.keyboard.press("d")
    expect(page.locator("#drives")).to_be_hidden()


def test_a_region_is_drawn_named_and_forgotten(explorer):
    page = explorer.open(f"?layer={EYE}").page
    page.keyboard.press("r")
    page.mouse.move(*explorer.point(72, 120))
    page.mouse.down()
    page.mouse.move(*explorer.point(136, 184), steps=3)
    page.mouse.up()
    name = page.get_by_label("Name of the region")
    expect(name).to_have_value("region 1")
    name.fill("right eye")
    name.press("Enter")
    left, top, right, bottom = map(
        int, page.locator("#regions li").get_attribute("data-box").split(",")
    )
    assert np.allclose([left, top, right, bottom], [120, 72, 184, 136], atol=1)
    page.wait_for_function("location.search.includes('regions=right+eye=')")
    page.get_by_label("right eye: forget this region").click()
    expect(page.locator("#regions li")).to_have_count(0)
    assert "regions" not in page.url


def test_a_region_is_marked_by_keys(explorer):
    page = explorer.open(f"?layer={EYE}&channel=13").page
    page.keyboard.press("r")
    page.locator("[data-picture=a] canvas").focus()
    for key in ("ArrowUp", "Enter", "ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    expect(page.locator("#regions li")).to_have_count(1)


def test_the_channel_and_its_rank_are_said_as_the_study_says_them(explorer, net, a1, closed):
    page = explorer.open(f"?layer={EYE}&channel=13&regions={MARKED}").page
    page.get_by_label("closed: Compare with this picture").click()
    page.wait_for_selector("#changes:not([data-made=''])")
    before, after = (net.activations(each, EYE) for each in (a1, closed))
    found = selectivity(before, after, EYES)
    for name, ranked in found.items():
        (own,) = (one for one in ranked if one.inside.channel == 13)
        expect(page.locator(f"#changes [data-region='{name}']")).to_have_text(str(own))
    last = list(found)[-1]
    page.get_by_label(f"{last}: rank channels").click()
    page.select_option("#sort", "selective")
    order = [one.inside.channel for one in found[last]]
    rows = page.locator("#changes tbody tr")
    assert [int(row.get_attribute("data-channel")) for row in rows.all()[:6]] == order[:6]
    rows.nth(2).click()
    assert explorer.heading == f"channel {order[2]}"
    explorer.choose_first()
    assert explorer.heading == f"channel {order[0]}"


def test_without_a_region_the_change_is_one(explorer, net, a1, closed):
    page = explorer.open(f"?layer={EYE}&channel=46").page
    page.get_by_label("closed: Compare with this picture").click()
    said = page.locator("#changes .said")
    rows, cols = (np.flatnonzero((a1 != closed).any(axis=axes)) for axes in ((1, 2), (0, 2)))
    box = Box(rows[0], cols[0], rows[-1] + 1, cols[-1] + 1)
    before, after = (net.activations(each, EYE) for each in (a1, closed))
    (ranked,) = selectivity(before, after, {"the change": box}).values()
    expect(said).to_have_text(next(str(one) for one in ranked if one.inside.channel == 46))


def test_what_changed_stays_where_another_layer_was_only_passed(explorer):
    page = explorer.open(f"?layer={EYE}&channel=13").page
    page.get_by_label("closed: Compare with this picture").click()
    expect(page.locator("#changes .said")).to_be_visible()
    held = []
    page.route("**/api/changes", lambda route: held.append(route))
    with page.expect_request("**/api/changes"):
        explorer.choose_layer("fire5-relu_squeeze1x1")
    explorer.choose_layer(EYE)
    expect(page.locator("#title b")).to_have_text(EYE)
    page.wait_for_selector("#changes .said")
    for route in held:
        route.continue_()
    page.wait_for_timeout(500)
    expect(page.locator("#changes .said")).to_be_visible()


def test_pictures_of_two_sizes_have_no_regions_in_common(explorer):
    page = explorer.open(f"?layer={EYE}").page
    page.get_by_label("coffee: Compare with this picture").click()
    expect(page.locator("#changes")).to_contain_text("A and B differ in size")


def test_a_page_that_is_kept_has_the_evidence_that_was_seen(explorer, page, tmp_path, driven):
    explorer.open(f"{VIEW}&drive=grey&regions={MARKED}")
    page.get_by_label("closed: Compare with this picture").click()
    wait_for(explorer, "grey")
    page.wait_for_selector("#changes:not([data-made=''])")
    said = page.locator("#changes .said").all_inner_texts()
    kept = explorer.take_away(tmp_path / "kept.html")
    wait_for(kept, "grey")
    assert drop(kept) == driven["grey"].drops.max()
    assert page.locator("#changes .said").all_inner_texts() == said
    page.keyboard.press("f")
    expect(page.locator("#drives .said")).to_have_text("There is no such map in this file.")
