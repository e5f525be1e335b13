"""The explorer without a mouse, in another language, and what can be taken away."""

import numpy as np
import pytest
from playwright.sync_api import expect

from actiscope.images import read_image

LAYER = "fire6-squeeze1x1"

_NAMELESS = """() => {
    const name = (element) => [
        element.getAttribute("aria-label"), element.textContent, element.title,
        element.placeholder, ...[...element.labels ?? []].map((label) => label.textContent),
    ].find((text) => text?.trim());
    return [...document.querySelectorAll("button, input, select, summary, canvas, [tabindex]")]
        .filter((element) => element.checkVisibility() && !element.closest("[aria-hidden]"))
        .filter((element) => !name(element) && element.getAttribute("aria-hidden") !== "true")
        .map((element) => element.outerHTML);
}"""


def test_every_control_has_a_name(explorer):
    explorer.open(f"?layer={LAYER}")
    explorer.page.get_by_role("button", name="Edit").click()
    explorer.page.get_by_text("Take away").click()
    assert explorer.page.evaluate(_NAMELESS) == []


def test_the_tab_key_reaches_everything(explorer):
    explorer.open(f"?layer={LAYER}")
    page, reached = explorer.page, set()
    for _ in range(60):
        page.keyboard.press("Tab")
        at = page.evaluate(
            "() => document.activeElement.id || document.activeElement.parentElement.id"
        )
        if at in reached and at == "edit":
            break
        reached.add(at)
    needed = {"edit", "live", "size", "save", "keys", "search", "compact", "layers", "sort"}
    assert needed | {"scale", "map", "tile", "grid", "pin", "opacity"} <= reached


def test_the_list_of_layers_is_walked_by_arrow_keys(explorer):
    explorer.open("?layer=conv1")
    page = explorer.page
    page.locator("#layers").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#title b")).to_have_text("relu_conv1")
    page.keyboard.press("End")
    expect(page.locator("#title b")).to_have_text("ClassificationLayer_predictions")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#title b")).to_have_text("prob")
    chosen = page.locator("#layers").get_attribute("aria-activedescendant")
    expect(page.locator(f"[id='{chosen}']")).to_have_attribute("aria-selected", "true")
    expect(page.locator(f"[id='{chosen}']")).to_be_in_viewport()


def test_a_search_finds_a_layer(explorer):
    explorer.open()
    page = explorer.page
    page.keyboard.press("/")
    page.keyboard.type("fire6-sq")
    expect(page.locator(".layer")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#title b")).to_have_text(LAYER)
    page.keyboard.press("Escape")
    expect(page.locator(".layer")).to_have_count(68)
    expect(page.locator(".layer[aria-selected=true]")).to_be_in_viewport()


def test_the_chosen_channel_is_announced(explorer):
    explorer.open(f"?layer={LAYER}")
    page = explorer.page
    page.locator("#grid canvas").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("[aria-live=polite]", has_text="channel 1")).to_have_count(1)


def test_units_are_pointed_at_and_painted_over_by_keys(explorer, net, a1):
    explorer.open(f"?layer={LAYER}&channel=13")
    answers = net.activations(a1, LAYER)
    row, col = np.unravel_index(answers.values[13].argmax(), (14, 14))
    page = explorer.page
    page.keyboard.press("e")
    page.locator("[data-picture=a] canvas").focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press(key)
    assert explorer.value == answers.values[13, row + 1, col + 1]
    page.keyboard.press("Enter")
    expect(page.locator("[data-picture=b]")).to_be_visible()
    explorer.wait()
    painted = np.argwhere((explorer.pixels("b") != a1).any(axis=2)) + 0.5
    centre = answers.geometry.centre(row + 1, col + 1)
    assert len(painted)
    assert np.linalg.norm(painted - centre, axis=1).max() < 227 / 20 + 1
    page.keyboard.press("Control+z")
    expect(page.locator("[data-picture=b]")).not_to_be_visible()


@pytest.mark.parametrize(
    ("key", "control", "value"),
    [("s", "sort", "strongest"), ("v", "scale", "channel"), ("c", "map", "viridis")],
)
def test_keys_change_how_channels_are_shown(explorer, key, control, value):
    explorer.open(f"?layer={LAYER}")
    explorer.page.keyboard.press(key)
    expect(explorer.page.locator(f"#{control}")).to_have_value(value)


def test_a_question_mark_tells_the_keys(explorer):
    explorer.open()
    explorer.page.keyboard.press("?")
    expect(explorer.page.get_by_role("dialog")).to_contain_text("next, previous layer")
    explorer.page.keyboard.press("Escape")
    expect(explorer.page.get_by_role("dialog")).not_to_be_visible()


def test_it_speaks_japanese(explorer):
    explorer.open(f"?layer={LAYER}&lang=ja")
    page = explorer.page
    expect(page.locator("html")).to_have_attribute("lang", "ja")
    expect(page.locator("#tools")).to_contain_text("並び順")
    assert explorer.heading == "チャネル 0"
    explorer.choose_layer("conv1")
    assert "lang=ja" in page.url


def test_both_languages_say_everything(explorer):
    explorer.open()
    texts = explorer.page.evaluate("async () => (await import('actiscope/texts.js')).TEXTS")
    assert texts["en"].keys() == texts["ja"].keys()
    for key, text in texts["en"].items():
        holes = {part.split("}")[0] for part in text.split("{")[1:]}
        assert holes == {part.split("}")[0] for part in texts["ja"][key].split("{")[1:]}, key


def test_the_values_are_downloaded(explorer, net, a1):
    explorer.open(f"?layer={LAYER}")
    explorer.page.get_by_text("Take away").click()
    with explorer.page.expect_download() as download:
        explorer.page.get_by_role("button", name="Values").click()
    assert download.value.suggested_filename == f"{LAYER}.npz"
    with np.load(download.value.path()) as found:
        assert np.array_equal(found[LAYER], net.activations(a1, LAYER).values)


def test_the_picture_of_the_grid_shows_every_channel_as_it_is(explorer, net, a1):
    explorer.open(f"?layer={LAYER}&channel=13")
    explorer.page.get_by_text("Take away").click()
    with explorer.page.expect_download() as download:
        explorer.page.get_by_role("button", name="Picture of the grid").click()
    assert download.value.suggested_filename == f"{LAYER}.png"
    picture = read_image(download.value.path())
    plan = explorer.page.evaluate(
        """async () => {
            const { planOf } = await import("actiscope/grid-view.js");
            const { WIDTH, MARGIN, HEIGHT } = await import("actiscope/saving.js");
            const header = { height: 14, width: 14, channels: 48 };
            return planOf({ tile: 0 }, { header }, WIDTH - 2 * MARGIN, HEIGHT);
        }"""
    )
    values = net.activations(a1, LAYER).values
    low, high = values.min(), values.max()
    expected = np.rint((values - low) / (high - low) * 255)
    for channel, gray in enumerate(expected):
        down, across = divmod(channel, plan["across"])
        row = 64 + down * plan["rise"] + (7.5 / 14) * plan["height"]
        cols = 20 + across * plan["step"] + (np.arange(14) + 0.5) / 14 * plan["width"]
        found = picture[int(row), cols.astype(int), 0]
        assert np.abs(found - gray[7]).max() <= 2, channel
