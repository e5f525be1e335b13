"""Measure the speed, as ratios in one run: `python benchmarks/speed.py`.

Each row times two ways of doing the same, in turn, and gives the medians and their ratio. Times
move with the machine; the ratios are what to keep.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import matplotlib as mpl
import numpy as np
import onnxruntime as ort
from timing import in_turn

from actiscope import channel_grid, open_network, palette, write_png
from actiscope.images.samples import face

LAYER = "fire6-squeeze1x1"


def activations_against_the_bare_engine() -> dict[str, float]:
    net, image = open_network(), face()
    session = ort.InferenceSession(net._graph.cut([LAYER]), providers=["CPUExecutionProvider"])
    fed = {"data": net.preparation.fed(image)[np.newaxis]}
    ways = {
        "ours": lambda: net.activations(image, LAYER),
        "theirs": lambda: session.run([LAYER], fed),
    }
    return in_turn(ways, runs=100)


def grid_against_subplots(folder: Path) -> dict[str, float]:
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    values = open_network().activations(face(), "conv1").values
    colours = palette("viridis")

    def ours() -> None:
        write_png(
            folder / "ours.png",
            channel_grid(values, grid=(8, 8), colormap="viridis", indexed=True),
            colours,
        )

    def theirs() -> None:
        figure, axes = plt.subplots(8, 8)
        for axis, channel in zip(axes.flat, values, strict=True):
            axis.imshow(channel)
            axis.axis("off")
        figure.savefig(folder / "theirs.png")
        plt.close(figure)

    return in_turn({"ours": ours, "theirs": theirs}, runs=15)


def show_against_importing_torch(folder: Path) -> dict[str, float]:
    write_png(folder / "face.png", face())
    command = [str(Path(sys.executable).with_name("actiscope")), "show", "face.png"]
    command += ["--layer", LAYER, "-o", "out.png"]

    def ours() -> None:
        subprocess.run(command, cwd=folder, check=True, capture_output=True)

    def theirs() -> None:
        subprocess.run([sys.executable, "-c", "import torch"], cwd=folder, check=True)

    return in_turn({"ours": ours, "theirs": theirs}, runs=9)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            (
                f"{LAYER} at 227: net.activations / bare ONNX Runtime",
                activations_against_the_bare_engine(),
                1.25,
            ),
            (
                "64 channels to an 8 x 8 PNG: channel_grid, write_png / matplotlib subplots",
                grid_against_subplots(folder),
                1 / 40,
            ),
            (
                "whole process: actiscope show / python -c 'import torch'",
                show_against_importing_torch(folder),
                0.5,
            ),
        ]
    print(f"numpy {np.__version__}, onnxruntime {ort.__version__}\n")
    print(f"{'what':78}{'ms':>9}{'against':>10}{'ratio':>8}{'target':>9}")
    for what, times, target in rows:
        ours, theirs = times["ours"], times["theirs"]
        print(f"{what:78}{1e3 * ours:9.2f}{1e3 * theirs:10.2f}{ours / theirs:8.3f}{target:9.3f}")


if __name__ == "__main__":
    main()
