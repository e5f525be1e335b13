"""Measure an occlusion map against the bare engine: `python benchmarks/occlusion.py`.

1000 windows over a picture of 227 x 227, to a channel of fire6 of SqueezeNet, against 1000 runs of
the bare engine on pictures that were prepared before, in batches of the size at which it is
fastest: that is found on fewer pictures. The target is 1.2 times as long.
"""

import numpy as np
import onnxruntime as ort
from timing import in_turn

from actiscope import open_network
from actiscope.images.samples import face
from actiscope.studies import occlude

LAYER, CHANNEL = "fire6-squeeze1x1", 13
WINDOW, STRIDE = (32, 35), (5, 8)
"""40 windows down, 25 across."""
POSITIONS = 1000
TARGET = 1.2
BATCHES = (1, 2, 4, 8, 16, 32)
TRIED = 64
"""Pictures on which batch sizes are compared."""
RUNS = 3


def main() -> None:
    net, image = open_network(), face()
    session = ort.InferenceSession(net._graph.cut([LAYER]), providers=["CPUExecutionProvider"])
    fed = net.preparation.fed(image)[np.newaxis]

    def bare(batch: int, pictures: int) -> None:
        together = np.repeat(fed, batch, axis=0)
        for _ in range(pictures // batch):
            session.run([LAYER], {"data": together})
        if pictures % batch:
            session.run([LAYER], {"data": together[: pictures % batch]})

    def ours() -> int:
        return occlude(net, image, LAYER, CHANNEL, window=WINDOW, stride=STRIDE).runs

    assert ours() == POSITIONS
    tried = in_turn({each: lambda each=each: bare(each, TRIED) for each in BATCHES}, RUNS)
    best = min(tried, key=tried.get)
    name = f"bare engine, batches of {best}"
    times = in_turn({name: lambda: bare(best, POSITIONS), "occlude": ours}, RUNS)
    print(f"{POSITIONS} positions of a picture of 227 x 227 to {LAYER}")
    for way, seconds in times.items():
        print(f"{way:28}{seconds:7.2f} s")
    print(f"ratio {times['occlude'] / times[name]:.2f}, target {TARGET}")


if __name__ == "__main__":
    main()
