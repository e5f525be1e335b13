"""Measure the explorer in a browser: `PYTHONPATH=. python benchmarks/page.py`.

Each row is the median time from an event to the frame after its result was painted, on SqueezeNet
at 227 x 227, and beside it that of the bare engine for the same layers. Times move with the
machine: keep them together.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import numpy as np
import onnxruntime as ort
from playwright.sync_api import Page, sync_playwright
from tests.browser.finding import find_browser
from timing import in_turn

from actiscope import open_network, write_png
from actiscope.images import encode_png
from actiscope.images.samples import face

ACTISCOPE = str(Path(sys.executable).with_name("actiscope"))
RUNS = 20
LAYER = "fire6-squeeze1x1"
MANY = "conv10"
EYE = (103, 137)
CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]

_TIME = """([event, where, wanted]) => {
    window.timed = new Promise((resolve, reject) => {
        setTimeout(() => reject(new Error(`no ${wanted} after ${event}`)), 20_000);
        let since = 0;
        const note = (happened) => (since ||= happened.timeStamp);
        addEventListener(event, note, { capture: true, once: true });
        const canvas = document.querySelector(where);
        const watcher = new MutationObserver(() => {
            if (!since || !new RegExp(wanted).test(canvas.dataset.painted)) return;
            watcher.disconnect();
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - since)));
        });
        watcher.observe(canvas, { attributeFilter: ["data-painted"] });
    });
}"""


class Stopwatch:
    """Times what is done to a page."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address

    def open(self, query: str) -> None:
        self.page.goto(self.address + query)
        self.rest()

    def rest(self) -> None:
        """Wait until nothing is under way."""
        self.page.wait_for_load_state("networkidle")
        self.page.wait_for_function(
            "() => !document.querySelector('#told').classList.contains('busy')"
        )

    def time(
        self, act: Callable[[], object], event: str, wanted: str = "", where: str = "#grid canvas"
    ) -> float:
        """Return the milliseconds from an event to the frame after what is wanted was painted."""
        self.page.evaluate(_TIME, [event, where, wanted])
        act()
        taken = self.page.evaluate("() => window.timed")
        self.rest()
        return float(taken)


@contextmanager
def explorer() -> Iterator[str]:
    """Run ``actiscope explore``, and give its address."""
    command = [ACTISCOPE, "explore", "--no-open", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout
        try:
            yield server.stdout.readline().split(": ", 1)[1].strip()
        finally:
            server.terminate()


def clicks_on_layers(watch: Stopwatch, names: Sequence[str]) -> float:
    watch.open("?layer=data")
    return median(
        watch.time(
            watch.page.locator(".layer", has=watch.page.get_by_text(name, exact=True)).click,
            "click",
            f"/{open_network().layers.find(name).index}/",
        )
        for name in names
    )


def clicks_on_new_pictures(watch: Stopwatch) -> float:
    ids = []
    for shift in range(1, RUNS + 1):
        data = encode_png(np.roll(face(), shift, axis=1))
        added = watch.page.request.post(f"{watch.address}api/pictures?name={shift}", data=data)
        ids.append(added.json()["id"])
    watch.open(f"?layer={LAYER}")
    return median(
        watch.time(
            watch.page.locator(f".picture[data-id='{one}'] button").first.click, "click", f"^{one}/"
        )
        for one in ids
    )


def clicks_on_channels(watch: Stopwatch) -> float:
    watch.open(f"?layer={LAYER}")
    box = watch.page.locator("#grid canvas").bounding_box()
    assert box
    photo = "[data-picture=a] canvas"
    return median(
        watch.time(
            lambda at=at: watch.page.mouse.click(
                box["x"] + 50 + 110 * (at % 6), box["y"] + 50 + 110 * (at // 6)
            ),
            "click",
            where=photo,
        )
        for at in range(1, RUNS + 1)
    )


def switches(watch: Stopwatch, control: str, values: Sequence[str]) -> float:
    watch.open(f"?layer={MANY}")
    return median(
        watch.time(
            lambda run=run: watch.page.select_option(f"#{control}", values[run % len(values)]),
            "change",
        )
        for run in range(1, RUNS + 1)
    )


def strokes(watch: Stopwatch) -> float:
    watch.open(f"?layer={LAYER}&channel=13")
    page = watch.page
    page.click("#edit")
    times = []
    for run in range(RUNS):
        box = page.locator("[data-picture=a] canvas").bounding_box()
        assert box
        scale = box["width"] / face().shape[1]
        left, top = box["x"] + EYE[1] * scale, box["y"] + EYE[0] * scale
        page.mouse.move(left - 7 * scale, top + run % 5)
        page.mouse.down()
        page.mouse.move(left + 7 * scale, top + run % 5, steps=5)
        times.append(watch.time(page.mouse.up, "pointerup", "/.* .*/"))
        page.click("#undo")
        page.wait_for_selector("[data-picture=b]", state="hidden")
        watch.rest()
    return median(times)


def frames(watch: Stopwatch) -> float:
    """Return how many camera frames are shown in a second, over five."""
    watch.open(f"?layer={LAYER}")
    watch.page.click("#live")
    watch.page.wait_for_function("() => document.querySelector('#live').textContent.includes('·')")
    counted = watch.page.evaluate(
        """() => new Promise((resolve) => {
            let count = 0;
            const canvas = document.querySelector("#grid canvas");
            let last = canvas.dataset.painted;
            new MutationObserver(() => {
                if (canvas.dataset.painted !== last) count += 1;
                last = canvas.dataset.painted;
            }).observe(canvas, { attributeFilter: ["data-painted"] });
            setTimeout(() => resolve(count), 5000);
        })"""
    )
    watch.page.click("#live")
    return counted / 5


def opening_of_the_file(page: Page) -> float:
    """Return the median milliseconds from the navigation to the painted grid, all layers in it."""
    times = []
    with tempfile.TemporaryDirectory() as name:
        write_png(Path(name) / "face.png", face())
        subprocess.run([ACTISCOPE, "report", "face.png", "-o", "face.html"], cwd=name, check=True)
        for _ in range(RUNS):
            page.goto((Path(name) / "face.html").as_uri())
            page.wait_for_selector("#grid canvas[data-painted]")
            times.append(page.evaluate("() => performance.now()"))
    return median(times)


def engine(names: Sequence[str]) -> float:
    """Return the median milliseconds of bare ONNX Runtime for some layers."""
    net = open_network()
    fed = {"data": net.preparation.fed(face())[np.newaxis]}
    sessions = {
        name: ort.InferenceSession(net._graph.cut([name]), providers=["CPUExecutionProvider"])
        for name in names
    }
    ways = {name: lambda name=name: sessions[name].run([name], fed) for name in names}
    return 1e3 * median(in_turn(ways, runs=RUNS).values())


def main() -> None:
    names = [layer.name for layer in open_network().layers][1 : 3 * RUNS : 3]
    rows: list[tuple[str, float, float, str]] = []
    with explorer() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_browser(), chromium_sandbox=False, args=CAMERA
        )
        watch = Stopwatch(browser.new_page(viewport={"width": 1440, "height": 900}), address)
        watch.open("")
        one = engine([LAYER])
        rows += [
            (
                "layer click to painted grid",
                clicks_on_layers(watch, names),
                engine(names),
                "<= 100",
            ),
            ("new picture's click to painted grid", clicks_on_new_pictures(watch), one, ""),
            ("channel click to painted focus", clicks_on_channels(watch), one, "<= 50"),
            (
                "scale switched, 1000 channels",
                switches(watch, "scale", ["layer", "channel", "signed", "percentile"]),
                engine([MANY]),
                "<= 30",
            ),
            (
                "colours switched, 1000 channels",
                switches(watch, "map", ["gray", "viridis", "magma"]),
                engine([MANY]),
                "<= 30",
            ),
            ("brush stroke to updated grid", strokes(watch), one, "<= 150"),
        ]
        rate = frames(watch)
        rows.append(("opening of the file", opening_of_the_file(watch.page), one, "< 2000"))
        version = browser.version
        browser.close()
    print(f"Chromium {version}, onnxruntime {ort.__version__}, {time.strftime('%Y-%m-%d')}\n")
    print(f"{'medians of ' + str(RUNS):42}{'ms':>9}{'bare engine':>13}{'target':>9}")
    for what, taken, bare, target in rows:
        print(f"{what:42}{taken:9.1f}{bare:13.1f}{target:>9}")
    print(f"{'live frames a second':42}{rate:9.1f}{one:13.1f}{'>= 10':>9}")


if __name__ == "__main__":
    main()
