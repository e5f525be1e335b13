"""Compare what feature visualization reaches with what photographs reach, before the ReLU.

Usage: python benchmarks/visualization.py FOLDER [--seed N]
"""

import argparse
import time
from pathlib import Path

import numpy as np

from actiscope import open_network
from actiscope.networks.streaming import stream
from actiscope.studies import visualize

LAYERS = (
    "conv1", "fire3-expand3x3", "fire5-expand1x1", "fire6-squeeze1x1", "fire8-expand3x3",
    "fire9-expand3x3",
)  # fmt: skip
TRIED = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="photographs")
    parser.add_argument("--seed", type=int, default=0, help="chooses the channels")
    arguments = parser.parse_args()
    photographs = sorted(each for each in arguments.folder.rglob("*") if each.is_file())
    network = open_network("squeezenet")
    best = {name: np.full(network.layers[name].size[0], -np.inf) for name in LAYERS}
    for size in (None, 227):  # as they are, and as the network was trained
        for _, answers in stream(network, photographs, list(LAYERS), size=size):
            for name, answer in answers.items():
                best[name] = np.maximum(best[name], answer.maps.max((1, 2)))
    rng = np.random.default_rng(arguments.seed)
    higher = 0
    print(
        f"{len(photographs)} photographs\n{'layer':18} channel  photograph  reached  ratio  seconds"
    )
    for number in range(TRIED):
        name = LAYERS[number % len(LAYERS)]
        channel = int(rng.integers(len(best[name])))
        start = time.perf_counter()
        (found,) = visualize(network, name, [channel])
        seconds = time.perf_counter() - start
        photograph = best[name][channel]
        higher += found.value > photograph
        print(
            f"{name:18} {channel:7} {photograph:11.1f} {found.value:8.1f} "
            f"{found.value / photograph:6.2f} {seconds:8.1f}"
        )
    print(f"higher than any photograph: {higher} of {TRIED}")


if __name__ == "__main__":
    main()
