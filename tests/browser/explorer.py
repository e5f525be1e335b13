"""The page of the explorer, as a person's hands and eyes have it."""

import base64
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from actiscope.images import read_image

_FIND_TILE = """channel => {
    const canvas = document.querySelector("#grid canvas");
    const box = canvas.getBoundingClientRect();
    for (let y = box.top + 5; y < box.bottom; y += 12) {
        for (let x = box.left + 5; x < box.right; x += 12) {
            canvas.dispatchEvent(new PointerEvent("pointermove", { clientX: x, clientY: y }));
            if (canvas.title.split("\\n")[0].split(" (")[0] === `channel ${channel}`) return [x, y];
        }
    }
    return null;
}"""


@dataclass
class Explorer:
    """A page that shows the explorer."""

    page: Page
    address: str
    exact: bool = True
    """Whether true values come, or only those of the sprites."""

    def open(self, query: str = "") -> "Explorer":
        self.page.goto(self.address + query)
        self.wait()
        return self

    def wait(self) -> None:
        """Wait until what is asked for is painted and its values are there."""
        self.page.wait_for_function(
            """exact => {
                const { painted } = document.querySelector("#grid canvas").dataset;
                const stale = document.querySelector("#grid").classList.contains("stale");
                const told = document.querySelector("#readout b")?.textContent;
                const photos = [...document.querySelectorAll(".photo:not([hidden]) canvas")];
                const laidOut = photos.every((photo) => photo.dataset.painted);
                return painted && !stale && laidOut && told && !(exact && told.startsWith("≈"));
            }""",
            arg=self.exact,
        )

    def take_away(self, path: Path) -> "Explorer":
        """Save the page with its data as a file, and open that."""
        self.page.locator("#save summary").click()
        with self.page.expect_download() as saved:
            self.page.locator("[data-save=saveReport]").click()
        saved.value.save_as(path)
        self.page.goto(path.as_uri())
        return Explorer(self.page, "", exact=False)

    def choose_layer(self, name: str) -> None:
        self.page.locator(".layer", has=self.page.get_by_text(name, exact=True)).click()
        expect(self.page.locator("#title b")).to_have_text(name)
        self.wait()

    def choose_channel(self, channel: int) -> None:
        self.page.mouse.click(*self.tile(channel))
        self.wait()

    def choose_first(self) -> None:
        """Choose the channel that comes first in the grid."""
        self.wait_for_drawing()
        box = self.page.locator("#grid canvas").bounding_box()
        self.page.mouse.click(box["x"] + 10, box["y"] + 10)

    def tile(self, channel: int) -> list[float]:
        """Return where a channel is in the grid."""
        self.wait_for_drawing()
        found = self.page.evaluate(_FIND_TILE, channel)
        assert found, f"channel {channel} is not on the screen"
        return found

    def hover(self, row: float, col: float, picture: str = "a") -> None:
        """Point at a pixel of a picture."""
        self.page.mouse.move(*self.point(row, col, picture))

    def point(self, row: float, col: float, picture: str = "a") -> tuple[float, float]:
        box = self.page.locator(f"[data-picture={picture}] canvas").bounding_box()
        tile = self.page.locator(f".picture[data-role={picture.upper()}]")
        height, width = map(int, str(tile.get_attribute("data-size")).split())
        return box["x"] + col * box["width"] / width, box["y"] + row * box["height"] / height

    def pixels(self, picture: str) -> np.ndarray:
        """Return picture A or B as the server has it."""
        return read_image(self.fetch(f"api/pictures/{self.id(picture)}"))

    def id(self, picture: str) -> str:
        tile = self.page.locator(f".picture[data-role={picture.upper()}]")
        return tile.get_attribute("data-id")

    def fetch(self, path: str) -> bytes:
        return self.page.request.get(self.address + path).body()

    @property
    def value(self) -> float:
        """The value that is read off, in full."""
        self.wait()
        return float(self.page.locator("#readout b").get_attribute("data-value"))

    @property
    def heading(self) -> str:
        return self.page.locator("#focus h2 span").inner_text()

    @property
    def limits(self) -> tuple[str, ...]:
        """What the bar of colours says."""
        return tuple(self.page.locator("#bar span").all_inner_texts())

    def grid(self) -> str:
        """Return the grid as a picture, once what is due has been drawn."""
        self.wait_for_drawing()
        return self.page.evaluate("() => document.querySelector('#grid canvas').toDataURL()")

    def wait_for_drawing(self) -> None:
        """Wait for the next frame, in which the page draws what it was told to show."""
        self.page.evaluate(
            "() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"
        )

    def requests(self) -> list[str]:
        """Return a list to which every request from now on is added."""
        asked: list[str] = []
        self.page.on("request", lambda request: asked.append(request.url))
        return asked

    def transfer(self, name: str, data: bytes, kind: str = "image/png") -> Any:
        """Return what a drop or a paste of a file carries."""
        return self.page.evaluate_handle(
            """([name, data, type]) => {
                const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
                const transfer = new DataTransfer();
                transfer.items.add(new File([bytes], name, { type }));
                return transfer;
            }""",
            [name, base64.b64encode(data).decode(), kind],
        )


def digits(value: float) -> str:
    """Write a value as the page does."""
    return f"{float(f'{float(value):.5g}'):g}" if value else "0"
