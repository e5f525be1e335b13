"""Measure a picture larger than memory: `python benchmarks/large.py FOLDER` of photographs.

SqueezeNet to fire6-squeeze1x1, of photographs side by side in a tiled TIFF. Each run is a process
of its own, of which the peak of memory is measured. 3000 x 4000 fits in memory, and is compared.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import tifffile
import zarr

from actiscope import open_network, read_image

LAYER = "fire6-squeeze1x1"
TILE = 256
BOTH_FIT = 3000, 4000
LARGE = 10_000, 10_000
CHECKED = 48
"""Squares of the large picture, read and run by themselves, that are compared with the array."""

WHOLE = """
act = open_network().activations(sys.argv[1], LAYER)
tell(act.values.size)
"""
PARTS = """
from actiscope.networks.parts.writing import write_zarr
parts = open_network().in_parts(sys.argv[1], LAYER)
tell(write_zarr(parts, sys.argv[2]))
"""
CHILD = """
import sys, time
from actiscope import open_network
LAYER = {layer!r}
start = time.perf_counter()
def tell(what):
    seconds = time.perf_counter() - start
    peak = next(line.split()[1] for line in open("/proc/self/status") if "VmHWM" in line)
    print(seconds, int(peak) / 1024)
"""


def mosaic(files: list[Path], size: tuple[int, int], path: Path) -> None:
    """Write photographs side by side as a tiled TIFF, never all of it in memory."""
    pictures = [read_image(file) for file in files]
    height, width = (min(each.shape[axis] for each in pictures) for axis in (0, 1))
    across = -(-size[1] // width)
    rng = np.random.default_rng(0)
    order = rng.integers(len(pictures), size=(-(-size[0] // height), across))

    def rows(first: int, last: int) -> np.ndarray:
        return np.array(
            [
                np.concatenate([pictures[k][row % height, :width] for k in order[row // height]])
                for row in range(first, min(last, size[0]))
            ]
        )[:, : size[1]]

    def tiles() -> Iterator[np.ndarray]:
        for top in range(0, size[0], TILE):
            band = rows(top, top + TILE)
            for left in range(0, size[1], TILE):
                tile = np.zeros((TILE, TILE, 3), dtype=np.uint8)
                part = band[:, left : left + TILE]
                tile[: part.shape[0], : part.shape[1]] = part
                yield tile

    tifffile.imwrite(
        path, tiles(), shape=(*size, 3), dtype=np.uint8, tile=(TILE, TILE), photometric="rgb",
        compression="deflate", compressionargs={"level": 1},
    )  # fmt: skip


def measure(what: str, *arguments: Path) -> tuple[float, float]:
    """Return the seconds and the peak memory, in MiB, of a process."""
    command = [sys.executable, "-c", CHILD.format(layer=LAYER) + what, *map(str, arguments)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return float(told[0]), float(told[1])


def differing(picture: Path, array: zarr.Array) -> int:
    """Return in how many squares, read and run by themselves, the array has other values."""
    net = open_network()
    stride = int(net.layers[LAYER].geometry.stride[0])
    side, edge = 20, 6
    rng = np.random.default_rng(1)
    with tifffile.TiffFile(picture) as file:
        pixels = zarr.open_array(file.pages.first.aszarr(), mode="r")
        wrong = 0
        for _ in range(CHECKED):
            row, col = (int(rng.integers(0, count - side)) for count in array.shape[1:])
            rows, cols = (slice(at * stride, (at + side) * stride) for at in (row, col))
            values = net.activations(pixels[rows, cols], LAYER).values[:, edge:-edge, edge:-edge]
            top, left = row + edge, col + edge
            bottom, right = top + values.shape[1], left + values.shape[2]
            wrong += not np.array_equal(values, array[:, top:bottom, left:right])
    return wrong


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    files = sorted(arguments.parse_args().folder.rglob("*.jpg"))[:100]
    with tempfile.TemporaryDirectory() as beside:
        made = Path(beside)
        for name, size in (("both", BOTH_FIT), ("large", LARGE)):
            mosaic(files, size, made / f"{name}.tif")
        whole, parts = [], []
        for _ in range(3):
            whole.append(measure(WHOLE, made / "both.tif"))
            parts.append(measure(PARTS, made / "both.tif", made / "both.zarr"))
        same = np.array_equal(
            zarr.open_array(made / "both.zarr", mode="r")[:],
            open_network().activations(made / "both.tif", LAYER).values,
        )
        seconds, peak = measure(PARTS, made / "large.tif", made / "large.zarr")
        array = zarr.open_array(made / "large.zarr", mode="r")
        wrong = differing(made / "large.tif", array)
    for name, runs in (("as a whole", whole), ("in parts, to Zarr", parts)):
        fast, high = min(run[0] for run in runs), max(run[1] for run in runs)
        print(f"{BOTH_FIT} {name:20}{fast:8.2f} s{high:8.0f} MiB at the peak")
    print(f"in parts / as a whole {min(parts)[0] / min(whole)[0]:.2f}; equal bit for bit: {same}")
    print(f"{LARGE} in parts, to Zarr {seconds:.1f} s, {peak:.0f} MiB at the peak (target 1000)")
    print(f"{CHECKED} squares of it, run by themselves: {wrong} differ (target 0)")


if __name__ == "__main__":
    main()
