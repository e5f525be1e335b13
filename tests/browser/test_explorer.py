"""The explorer: layers, channels, values, and how they are shown."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.explorer import Explorer, digits

LAYER = "fire6-squeeze1x1"


@pytest.fixture(scope="module")
def answers(net, a1):
    return net.activations(a1, LAYER)


def test_it_opens_with_the_first_convolution_and_the_true_strongest_value(explorer, net, a1):
    explorer.open()
    expect(explorer.page.locator("#title")).to_contain_text("conv1")
    assert explorer.heading == "channel 0"
    assert explorer.value == net.activations(a1, "conv1").values[0].max()


def test_a_layer_and_a_channel_are_chosen_by_click(explorer, answers):
    explorer.open()
    explorer.choose_layer(LAYER)
    explorer.choose_channel(13)
    assert explorer.heading == "channel 13"
    assert explorer.value == answers.values[13].max()
    assert explorer.limits == (digits(answers.values.min()), digits(answers.values.max()))


def test_layers_and_channels_are_chosen_by_keys(explorer, net, a1):
    explorer.open()
    across = explorer.page.evaluate(
        """async () => {
            const { planOf } = await import("actiscope/grid-view.js");
            const grid = document.querySelector("#grid");
            const header = { height: 113, width: 113, channels: 64 };
            return planOf({ tile: 0 }, { header }, grid.clientWidth, grid.clientHeight).across;
        }"""
    )
    explorer.page.keyboard.press("j")
    explorer.page.keyboard.press("ArrowRight")
    explorer.page.keyboard.press("ArrowRight")
    explorer.page.keyboard.press("ArrowLeft")
    explorer.page.keyboard.press("ArrowDown")
    expect(explorer.page.locator("#title b")).to_have_text("relu_conv1")
    assert explorer.heading == f"channel {1 + across}"
    assert explorer.value == net.activations(a1, "relu_conv1").values[1 + across].max()
    explorer.page.keyboard.press("k")
    expect(explorer.page.locator("#title b")).to_have_text("conv1")


def test_pointing_at_the_picture_reads_off_the_unit_there_and_what_it_sees(explorer, answers):
    explorer.open(f"?layer={LAYER}&channel=13")
    row, col = 6, 8
    explorer.hover(*answers.geometry.centre(row, col))
    readout = explorer.page.locator("#readout")
    expect(readout).to_contain_text(f"row {row}, column {col}")
    assert explorer.value == answers.values[13, row, col]
    box = answers.geometry.field(row, col, answers.image_size)
    sees = f"sees rows {box.top:.0f}–{box.bottom - 1:.0f}, columns {box.left:.0f}–"
    expect(readout).to_contain_text(sees + f"{box.right - 1:.0f}")


def test_pointing_at_the_grid_reads_off_the_unit_there(explorer, answers):
    explorer.open(f"?layer={LAYER}&channel=13")
    left, top = explorer.tile(13)
    explorer.page.mouse.move(left + 30, top + 30)
    told = explorer.page.locator("#readout span").first.inner_text()
    row, col = (int(part.split(" ")[1]) for part in told.split(", "))
    assert (row, col) > (0, 0)
    assert explorer.value == answers.values[13, row, col]


@pytest.mark.parametrize(
    ("control", "value"),
    [("sort", "strongest"), ("scale", "channel"), ("scale", "signed"), ("map", "magma")],
)
def test_how_channels_are_shown_changes_without_asking_the_server(explorer, control, value):
    explorer.open(f"?layer={LAYER}")
    explorer.page.wait_for_load_state("networkidle")
    before, asked = explorer.grid(), explorer.requests()
    explorer.page.select_option(f"#{control}", value)
    assert explorer.grid() != before
    assert not asked


def test_the_strongest_come_first_if_asked(explorer, answers):
    explorer.open(f"?layer={LAYER}&sort=strongest")
    first = int(answers.values.max(axis=(1, 2)).argmax())
    page = explorer.page
    explorer.choose_first()
    assert explorer.heading == f"channel {first}"
    expect(page.locator("#numbers")).to_contain_text("1 of 48 by strength")


def test_scales_say_their_true_limits(explorer, answers):
    explorer.open(f"?layer={LAYER}&channel=13")
    values = answers.values
    explorer.page.select_option("#scale", "channel")
    low, high = digits(values[13].min()), digits(values[13].max())
    assert explorer.limits == (f"channel 13: {low}", high)
    explorer.page.select_option("#scale", "signed")
    most = np.abs(values).max()
    assert explorer.limits == (digits(-most), digits(most))
    explorer.page.select_option("#scale", "percentile")
    assert explorer.limits == tuple(digits(limit) for limit in np.percentile(values, (1, 99)))


def test_a_fixed_scale_is_typed_in(explorer):
    explorer.open(f"?layer={LAYER}&scale=fixed&lo=0&hi=100")
    before = explorer.grid()
    explorer.page.get_by_label("to", exact=True).fill("50")
    explorer.page.keyboard.press("Tab")
    assert explorer.grid() != before
    assert "hi=50" in explorer.page.url


def test_the_address_restores_the_whole_view(explorer, browser):
    explorer.open()
    explorer.choose_layer(LAYER)
    explorer.choose_channel(13)
    page = explorer.page
    page.keyboard.press("p")
    page.get_by_label("closed: Compare with this picture").click()
    for control, value in (("sort", "change"), ("scale", "channel"), ("map", "viridis")):
        page.select_option(f"#{control}", value)
    page.get_by_role("button", name="B − A").click()
    explorer.wait()
    expected = explorer.grid(), explorer.heading, explorer.value, explorer.limits
    context = browser.new_context(viewport=page.viewport_size)
    other = Explorer(context.new_page(), page.url).open()
    expect(other.page.locator(".pin span")).to_have_text(f"{LAYER}:13")
    found = other.grid(), other.heading, other.value, other.limits
    context.close()
    assert found == expected


def test_back_and_forward_go_through_what_was_looked_at(explorer):
    explorer.open("?layer=conv1")
    explorer.choose_layer("pool1")
    explorer.choose_channel(3)
    page = explorer.page
    page.go_back()
    expect(page.locator("#focus h2 span")).to_have_text("channel 0")
    page.go_back()
    expect(page.locator("#title b")).to_have_text("conv1")
    page.go_forward()
    page.go_forward()
    expect(page.locator("#title b")).to_have_text("pool1")
    expect(page.locator("#focus h2 span")).to_have_text("channel 3")


def test_pinned_channels_stay_at_hand(explorer):
    explorer.open(f"?layer={LAYER}&channel=13")
    page = explorer.page
    page.get_by_role("button", name="Pin", exact=True).click()
    explorer.choose_layer("conv1")
    expect(page.locator(".pin canvas")).to_have_count(1)
    page.locator(".pin").click()
    expect(page.locator("#title b")).to_have_text(LAYER)
    assert explorer.heading == "channel 13"
    page.get_by_role("button", name="Unpin").click()
    expect(page.locator(".pin")).to_have_count(0)


def test_the_network_says_what_the_picture_is(explorer, net, a1):
    explorer.open()
    best = net.classify(a1, top=5)
    expect(explorer.page.locator("#classes li")).to_have_count(5)
    assert explorer.page.locator("#classes li").first.inner_text().split("\n") == [
        best[0].name,
        f"{100 * best[0].probability:.1f} %",
    ]


def test_a_channel_that_answers_to_nothing_has_no_strongest_unit(explorer, net, a1):
    values = net.activations(a1, "fire9-concat").values
    silent, strong = (int(values.max(axis=(1, 2)).argmin()), int(values.max(axis=(1, 2)).argmax()))
    assert values[silent].max() == 0
    readout = explorer.page.locator("#readout")
    explorer.open(f"?layer=fire9-concat&channel={silent}")
    assert explorer.value == 0
    expect(readout).to_contain_text("the same everywhere")
    expect(readout).not_to_contain_text("strongest unit")
    explorer.open(f"?layer=fire9-concat&channel={strong}")
    expect(readout).to_contain_text("strongest unit")
