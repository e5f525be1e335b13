"""That a browser test fails when its page does."""

import pytest
from playwright.sync_api import Browser

from tests.browser.finding import VARIABLE, find_browser
from tests.browser.watching import watch


@pytest.mark.parametrize(
    ("body", "trouble"),
    [
        ("<script>throw new Error('broken')</script>", "page error: broken"),
        ("<script>console.error('wrong')</script>", "console error: wrong"),
        ("<img src='http://192.0.2.1/a.png'>", "request to http://192.0.2.1/a.png"),
        ("<img src='http://127.0.0.1.example/'>", "request to http://127.0.0.1.example/"),
        ("<script>new WebSocket('ws://192.0.2.1')</script>", "socket to ws://192.0.2.1/"),
    ],
    ids=["exception", "console", "request", "lookalike", "socket"],
)
def test_what_a_page_must_not_do_is_noticed(browser: Browser, body, trouble):
    context = browser.new_context()
    troubles = watch(context)
    context.new_page().set_content(body, wait_until="commit")
    context.pages[0].wait_for_timeout(100)
    context.close()
    assert trouble in troubles


def test_a_quiet_page_passes(page):
    page.set_content("<img src='data:,'><script>console.log('fine')</script>")
    assert page.viewport_size == {"width": 1440, "height": 900}


def test_a_browser_that_is_asked_for_and_missing_is_an_error(monkeypatch):
    monkeypatch.setenv(VARIABLE, "no-such-browser")
    with pytest.raises(FileNotFoundError, match="no-such-browser"):
        find_browser()
