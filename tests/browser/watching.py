"""What a page must not do: fail, or ask anyone but us for anything."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

_ALLOWED = re.compile(r"(file://|data:|blob:|about:|(http|ws)://127\.0\.0\.1[:/])")


def watch(context: BrowserContext) -> list[str]:
    """Return a list to which all that goes wrong on the pages of a context is added."""
    troubles: list[str] = []

    def check_console(message: ConsoleMessage) -> None:
        if message.type == "error":
            troubles.append(f"console error: {message.text}")

    def check_address(kind: str, url: str) -> None:
        if not _ALLOWED.match(url):
            troubles.append(f"{kind} to {url}")

    def check_request(request: Request) -> None:
        check_address("request", request.url)

    def check_page(page: Page) -> None:
        page.on("websocket", lambda socket: check_address("socket", socket.url))

    context.on("console", check_console)
    context.on("weberror", lambda failed: troubles.append(f"page error: {failed.error}"))
    context.on("request", check_request)
    context.on("page", check_page)
    return troubles
