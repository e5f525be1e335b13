"""Measure a collection: `python benchmarks/collection.py FOLDER` of photographs.

SqueezeNet at 227 to fire9-concat. Each part is timed alone, in CPU seconds of one thread, at its
best setting; what the cores allow is cores / (sum of the parts). Ratios are what to keep, of a
machine that does nothing else. Memory is that of small copies of the photographs (`copies.py`).
"""

import argparse
import io
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from copies import make_copies

from actiscope import open_network, read_image
from actiscope.activations import Placement
from actiscope.collection.build import build
from actiscope.collection.reduction import reduce_maps
from actiscope.collection.settings import Batch, make_settings
from actiscope.networks.streaming import map_ahead

LAYER = "fire9-concat"
SIZE = 227
PARTS_FROM = 100
ROUNDS = 3
BUILT = 4
"""How many times as many pictures are built in a round, so that begin and end matter little."""
KEPT = 25
"""Pictures whose values are kept at a time: with many more, memory is what is measured."""
FEW = 1000
"""Pictures of the first measure of memory."""


def cpu_milliseconds(function: Callable[[Any], Any], given: Iterable[Any]) -> tuple[float, list]:
    """Return the CPU time of a call in this thread, the best of some rounds, and what came."""
    given = list(given)
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.thread_time()
        found = [function(each) for each in given]
        best = min(best, (time.thread_time() - start) / len(given))
    return 1e3 * best, found


def measure_parts(files: list[Path]) -> tuple[dict[str, float], float]:
    """Return CPU milliseconds of each part for one picture, and the bare engine's pictures/s."""
    net = open_network()
    data = [file.read_bytes() for file in files[:PARTS_FROM]]
    parts = {}
    parts["decode"], images = cpu_milliseconds(lambda each: read_image(io.BytesIO(each)), data)
    parts["resize"], small = cpu_milliseconds(
        lambda image: net.preparation.place(image, SIZE)[0], images
    )

    def run(image: Any) -> Any:
        return net.activations(image, LAYER, threads=1).values

    run(small[0])
    parts["engine"], values = cpu_milliseconds(run, small[:KEPT])
    batch = Batch.empty(make_settings(net, [LAYER], size=SIZE))
    numbers = iter(range(1 << 30))

    def reduce(maps: Any) -> None:
        batch.add(next(numbers), Placement((SIZE, SIZE), (SIZE, SIZE)), [reduce_maps(maps)])

    parts["reduce"], _ = cpu_milliseconds(reduce, values)
    start = time.perf_counter()
    for _ in map_ahead(run, small * 3):
        pass
    return parts, 3 * len(small) / (time.perf_counter() - start)


def build_rate(files: list[Path]) -> float:
    with tempfile.TemporaryDirectory() as beside:
        start = time.perf_counter()
        done = build(open_network(), files, Path(beside) / "index", [LAYER], size=SIZE)
        return done.added / (time.perf_counter() - start)


def peak_memory(photographs: Path, count: int) -> float:
    """Return the peak memory, in MiB, of a process that builds an index of so many pictures."""
    code = (
        "import sys; from actiscope import open_network;"
        "from actiscope.collection.build import build;"
        f"done = build(open_network(), [sys.argv[1]], sys.argv[2], ['{LAYER}'], size={SIZE});"
        f"assert done.added == {count}, done;"
        "print(next(line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line))"
    )
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as beside:
        make_copies(photographs, count, Path(made))
        command = [sys.executable, "-c", code, made, str(Path(beside) / "index")]
        ended = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(ended.stdout) / 1024


def repeat(files: list[Path], folder: Path, times: int) -> None:
    """Copy pictures under other names, each with other bytes at its end, so that it counts."""
    for number in range(times):
        for file in files:
            copy = folder / f"{number:03}-{file.name}"
            shutil.copy(file, copy)
            with copy.open("ab") as end:
                end.write(b"%d" % number)


def hooks_rate(files: list[Path], workers: int) -> float:
    """Return the pictures/s of a script as people write it: hooks and a DataLoader."""
    import torch
    from engines import import_torchvision
    from PIL import Image
    from torch.utils.data import DataLoader, Dataset

    module = import_torchvision().models.squeezenet1_1().eval()

    class Pictures(Dataset):
        def __len__(self) -> int:
            return len(files)

        def __getitem__(self, number: int) -> torch.Tensor:
            with Image.open(files[number]) as image:
                small = image.convert("RGB").resize((SIZE, SIZE), Image.Resampling.BICUBIC)
            return (
                torch.frombuffer(bytearray(small.tobytes()), dtype=torch.uint8)
                .view(SIZE, SIZE, 3)
                .permute(2, 0, 1)
                .float()
            )

    kept: dict[str, torch.Tensor] = {}
    handle = module.features[12].register_forward_hook(lambda _m, _i, out: kept.update(out=out))
    best = torch.full((512, 25), -torch.inf)
    start = time.perf_counter()
    with torch.no_grad():
        for batch in DataLoader(Pictures(), batch_size=32, num_workers=workers):
            module(batch)
            peaks = kept["out"].amax(dim=(2, 3)).T
            best = torch.cat([best, peaks], dim=1).topk(25).values
    handle.remove()
    return len(files) / (time.perf_counter() - start)


def measure(
    files: list[Path], copies: Path, cores: int
) -> tuple[dict[str, float], float, float, float]:
    """Return the parts, and pictures/s of the bare engine, of a build and of hooks."""
    parts, engine = measure_parts(files)
    some = sorted(copies.iterdir())[: BUILT * len(files)]
    return parts, engine, build_rate(some), hooks_rate(files, cores)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--many", type=int, default=20_000, help="pictures for the memory")
    given = arguments.parse_args()
    files = sorted(given.folder.glob("*.jpg"))
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory() as made:
        repeat(files, Path(made), BUILT)
        rounds = [measure(files, Path(made), cores) for _ in range(ROUNDS)]
    few, many = (peak_memory(given.folder, count) for count in (FEW, given.many))
    parts = {part: min(each[0][part] for each in rounds) for part in rounds[0][0]}
    engine, ours, hooks = (max(each[place] for each in rounds) for place in (1, 2, 3))
    allowed = cores / sum(parts.values()) * 1e3
    print(f"{len(files)} photographs, {cores} cores, load {os.getloadavg()[0]:.1f}\n")
    for part, milliseconds in parts.items():
        print(f"{part:44}{milliseconds:8.2f} ms of a core")
    print(f"{'what the cores allow':44}{allowed:8.1f} pictures/s")
    print(f"{'the engine alone, on decoded pictures':44}{engine:8.1f} pictures/s")
    print(f"{'index build':44}{ours:8.1f} pictures/s")
    print(f"{'... of what the cores allow (target 0.90)':44}{ours / allowed:8.2f}")
    print(f"{'... of the engine alone':44}{ours / engine:8.2f}")
    print(f"{'PyTorch, hooks and DataLoader':44}{hooks:8.1f} pictures/s")
    print(f"{'index build / PyTorch (target 3)':44}{ours / hooks:8.2f}")
    print(f"{f'peak memory, {FEW:,} pictures':44}{few:8.1f} MiB")
    print(f"{f'peak memory, {given.many:,} pictures':44}{many:8.1f} MiB")
    print(f"{'ratio (target 1.10)':44}{many / few:8.2f}")


if __name__ == "__main__":
    main()
