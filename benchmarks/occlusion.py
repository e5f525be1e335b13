"""Measure an occlusion map against the bare engine: `python benchmarks/occlusion.py`.

The bare engine runs as many pictures, prepared before, in batches of the size at which it is
fastest; both follow a channel of fire6 of SqueezeNet at 227 x 227, in turn.
"""

import numpy as np
import onnxruntime as ort
from timing import SPINNING, in_turn

from actiscope import open_network
from actiscope.images.samples import face
from actiscope.studies import occlude

LAYER, CHANNEL = "fire6-squeeze1x1", 13
BATCHES = (1, 4, 8, 32)
STRIDE = 6


def main() -> None:
    net, image = open_network(), face()
    runs = occlude(net, image, LAYER, CHANNEL, stride=STRIDE).runs
    session = ort.InferenceSession(net._graph.cut([LAYER]), providers=["CPUExecutionProvider"])
    fed = net.preparation.fed(image)[np.newaxis]

    def bare(batch: int) -> None:
        pictures = np.repeat(fed, batch, axis=0)
        for _ in range(-(-runs // batch)):
            session.run([LAYER], {"data": pictures})

    ways = {"ours": lambda: occlude(net, image, LAYER, CHANNEL, stride=STRIDE)}
    ways |= {f"bare, batches of {batch}": lambda batch=batch: bare(batch) for batch in BATCHES}
    times = in_turn(ways, runs=3, pause=SPINNING)
    best = min(seconds for name, seconds in times.items() if name != "ours")
    print(f"{runs} positions of a picture of 227 x 227 to {LAYER}")
    for name, seconds in times.items():
        print(f"{name:24}{seconds:8.2f} s{seconds / best:8.2f} of the fastest bare engine")


if __name__ == "__main__":
    main()
