"""A browser, and pages that are watched."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.finding import VARIABLE, find_browser
from tests.browser.watching import watch

NO_BROWSER = f"no browser was found: install Chromium, or name one in {VARIABLE}"


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests of this folder; an asyncio loop runs as long as it does."""
    found = find_browser()
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(NO_BROWSER)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, chromium_sandbox=False)
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
