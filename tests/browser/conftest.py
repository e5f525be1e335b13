"""A browser, and pages that are watched."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from actiscope import Network
from actiscope.images.pixels import Pixels
from actiscope.web import Slide, create_app
from tests.browser.explorer import Explorer
from tests.browser.finding import VARIABLE, find_browser
from tests.browser.serving import serve
from tests.browser.watching import watch

FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
NO_BROWSER = f"no browser was found: install Chromium, or name one in {VARIABLE}"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder; an asyncio loop runs as long as it does."""
    found = find_browser()
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=found, chromium_sandbox=False, args=FAKE_CAMERA
        )
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page of 1440 x 900; the test fails if it errs, or asks another host for anything."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    troubles = watch(context)
    yield context.new_page()
    context.close()
    assert not troubles


@pytest.fixture(scope="module")
def address(net: Network, a1: Pixels, closed: Pixels, coffee: Pixels) -> Iterator[str]:
    """Where the explorer of the built-in network is, with three pictures."""
    slides = [Slide("face", a1), Slide("closed", closed), Slide("coffee", coffee)]
    with serve(create_app(net, slides)) as address:
        yield address


@pytest.fixture
def explorer(page: Page, address: str) -> Explorer:
    """The explorer, not opened yet."""
    return Explorer(page, address)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name the tests that were skipped for want of a browser."""
    skipped = [
        report.nodeid
        for report in terminalreporter.getreports("skipped")
        if NO_BROWSER in str(report.longrepr)
    ]
    if skipped:
        terminalreporter.section(f"{len(skipped)} browser tests were SKIPPED", yellow=True)
        terminalreporter.write_line(NO_BROWSER)
        for name in skipped:
            terminalreporter.write_line(f"  {name}")
