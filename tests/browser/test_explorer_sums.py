"""The explorer: what a channel's value is the sum of."""

import numpy as np
import pytest
from playwright.sync_api import expect

from actiscope.studies import attribute
from tests.browser.explorer import digits

LAYER = "fire6-expand3x3"


@pytest.fixture(scope="module")
def found(net, a1):
    return attribute(net, a1, LAYER, 13, method="contributions")


def shares(page):
    page.wait_for_selector("#sum:not([data-made=''])")
    return {
        row.inner_text().split("\t")[0].strip(): float(row.get_attribute("data-share"))
        for row in page.locator("#sum tr").all()
    }


def test_it_says_what_the_study_finds_and_leads_to_the_earlier_channel(explorer, found):
    page = explorer.open(f"?layer={LAYER}&channel=13").page
    page.get_by_role("button", name="Made of what?").click()
    told = shares(page)
    first = int(np.argmax(found.channels))
    assert told[f"channel {first}"] == found.channels[first]
    assert sum(told.values()) == pytest.approx(found.value, rel=1e-5)
    row, col = found.unit
    expect(page.locator("#sum .said")).to_contain_text(
        f"{digits(found.value)} at row {row}, column {col} is exactly the sum of shares"
    )
    page.locator(f"#sum [data-channel='{first}'] button").click()
    expect(page.locator("#title b")).to_have_text("fire6-squeeze1x1")
    assert explorer.heading == f"channel {first}"
    assert "sum=true" in page.url


def test_a_unit_that_is_followed_is_divided(explorer, net, a1):
    page = explorer.open(f"?layer={LAYER}&channel=13&unit=3,4&sum=true").page
    own = attribute(net, a1, LAYER, 13, method="contributions", unit=(3, 4))
    assert sum(shares(page).values()) == pytest.approx(own.value, rel=1e-5)


def test_what_is_no_sum_is_said(explorer):
    page = explorer.open("?layer=pool1&channel=13").page
    page.keyboard.press("m")
    expect(page.locator("#sum p")).to_contain_text("no sum over an earlier layer")


def test_a_page_that_is_kept_has_the_sum_that_was_seen(explorer, page, tmp_path):
    explorer.open(f"?layer={LAYER}&channel=13&sum=true")
    told = shares(page)
    kept = explorer.take_away(tmp_path / "kept.html")
    kept.wait()
    assert shares(page) == told
    page.keyboard.press("ArrowRight")
    expect(page.locator("#sum p")).to_contain_text("not known here")
