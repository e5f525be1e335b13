"""Where the Chromium of the browser tests is found, and how one is installed.

``python tests/browser/finding.py`` installs one where there is none.
"""

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

VARIABLE = "ACTISCOPE_BROWSER"
_COMMANDS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_LONGEST = 600
"""Seconds that an installation may take."""


def find_browser() -> str | None:
    """Return the path of a Chromium: the one asked for, one on PATH, or Playwright's own."""
    if asked := os.environ.get(VARIABLE):
        if not (found := shutil.which(asked)):
            raise FileNotFoundError(f"{VARIABLE} is {asked!r}, which is not a command")
        return found
    for command in _COMMANDS:
        if found := shutil.which(command):
            return found
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install_browser() -> bool:
    """Install Debian's Chromium if that is possible, else Playwright's; tell whether it worked."""
    playwright = [sys.executable, "-m", "playwright", "install", "chromium"]
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        if _distribution() == "debian":
            apt = ["apt-get", "-qq", "-o", "Acquire::Retries=2"]
            if _succeeds([*apt, "update"]) and _succeeds([*apt, "install", "--yes", "chromium"]):
                return True
        playwright.append("--with-deps")
    return _succeeds(playwright)


def _distribution() -> str:
    try:
        return platform.freedesktop_os_release()["ID"]
    except OSError:
        return ""


def _succeeds(command: list[str]) -> bool:
    print("installing a browser:", *command, flush=True)  # noqa: T201
    try:
        return subprocess.run(command, timeout=_LONGEST, check=False).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    sys.exit(0 if find_browser() or install_browser() else "no browser could be installed")
