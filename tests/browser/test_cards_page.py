"""The page of an index, as a person opens it."""

import pytest
from playwright.sync_api import expect

from actiscope.collection.index import Index
from actiscope.report.cards.page import render_index
from tests.collection.indexed import ALWAYS_ON, DEAD, make_index

PAINTED = "[...document.querySelectorAll('.card canvas.patches')].every(c => c.dataset.painted)"
FIRST_PAINTED = "document.querySelector('.card canvas.patches').dataset.painted"
COLOURS = """canvas => {
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return new Set(new Uint32Array(data.buffer)).size;
}"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_index(tmp_path_factory.mktemp("cards"))


@pytest.fixture(scope="module")
def file(made, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "page.html"
    with Index(made.path) as index:
        path.write_text(render_index(index, made.network), encoding="utf-8")
    return path


@pytest.fixture
def cards(page, file):
    page.goto(file.as_uri())
    page.wait_for_function(PAINTED)
    return page


def numbers(page):
    return page.locator(".card").evaluate_all("all => all.map(one => Number(one.dataset.channel))")


def test_every_channel_has_a_painted_card(cards, made):
    with Index(made.path) as index:
        high = [one.high for one in index.channels("conv")]
    assert numbers(cards) == [0, 1, 2, 3]
    for number, value in enumerate(high):
        card = cards.locator(f".card[data-channel='{number}']")
        shown = card.locator("h3 span").last.inner_text().removeprefix("up to ").replace("−", "-")
        assert float(shown) == pytest.approx(value, rel=1e-3)
        assert card.locator("canvas.patches").evaluate(COLOURS) > 50


def test_dead_and_always_active_channels_are_named(cards):
    cards.get_by_label("layer").select_option("relu")
    expect(cards.locator(f".card[data-channel='{DEAD}'] .badge")).to_have_text("dead")
    expect(cards.locator(f".card[data-channel='{ALWAYS_ON}'] .badge")).to_have_text("always on")
    expect(cards.locator("#named")).to_contain_text(f"1 dead:{DEAD}")
    card = cards.locator(f".card[data-channel='{DEAD}']")
    expect(card).to_contain_text("It answers to nothing: all of its values are zero.")
    expect(card.locator("canvas.patches")).to_have_count(0)
    card.click()
    expect(cards.locator("#large .patches")).to_have_text(
        "It answers to nothing: all of its values are zero."
    )


def test_cards_are_sorted_and_searched(cards, made):
    with Index(made.path) as index:
        found = index.channels("relu")
    cards.get_by_label("layer").select_option("relu")
    cards.get_by_label("order").select_option("high")
    assert numbers(cards) == sorted(range(4), key=lambda each: (-found[each].high, each))
    cards.get_by_label("order").select_option("dead")
    assert numbers(cards)[0] == DEAD
    cards.keyboard.press("/")
    cards.keyboard.type("0, 2-3")
    assert sorted(numbers(cards)) == [0, 2, 3]
    expect(cards.locator("#found")).to_have_text("3 of 4")
    cards.reload()
    assert sorted(numbers(cards)) == [0, 2, 3]


def test_a_card_opens_and_keys_do_everything(cards, made):
    with Index(made.path) as index:
        first = index.top("conv", 1)[0]
    cards.keyboard.press("ArrowRight")
    cards.keyboard.press("ArrowRight")
    cards.keyboard.press("Enter")
    large = cards.locator("#large")
    expect(large.locator("h2")).to_contain_text("Channel 1")
    expect(large.locator("figure[title]").first).to_contain_text(
        f"row {first.row}, column {first.col}"
    )
    assert large.locator("figure[title]").count() == 9
    figure = large.locator("figure[title]").first
    assert figure.locator(".name").inner_text().replace("\n", "") == figure.get_attribute("title")
    assert large.locator("figure[title] canvas").first.evaluate(COLOURS) > 10
    cards.keyboard.press("ArrowRight")
    expect(large.locator("h2")).to_contain_text("Channel 2")
    cards.reload()
    expect(large.locator("h2")).to_contain_text("Channel 2")
    cards.keyboard.press("Escape")
    expect(large).to_be_hidden()
    expect(cards.locator("[data-channel='2']").first).to_be_focused()


@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_is_wider_than_the_screen(page, file, width):
    page.set_viewport_size({"width": width, "height": 768})
    page.goto(file.as_uri())
    page.wait_for_function(FIRST_PAINTED)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_cards_far_away_are_not_painted_until_they_are_near(page, file):
    page.set_viewport_size({"width": 340, "height": 500})
    page.goto(file.as_uri())
    page.wait_for_function(FIRST_PAINTED)
    last = page.locator(".card canvas.patches").last
    assert last.get_attribute("data-painted") is None
    last.scroll_into_view_if_needed()
    page.wait_for_function(
        "[...document.querySelectorAll('.card canvas.patches')].at(-1).dataset.painted"
    )
