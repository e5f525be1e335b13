"""Measure a collection: `python benchmarks/collection.py FOLDER` of photographs.

SqueezeNet at 227 to fire9-concat. Each part is timed alone, in CPU time of one thread, over the
same few pictures again and again, which is its best; what the cores allow is cores / (sum of the
parts). Parts and the bare engine, a build, and PyTorch's hooks behind a DataLoader are measured in
turn, in rounds, and the medians of the rounds are told: a ratio is that of what one round measured,
with the means of the parts before its build and after it, since the speed of a machine wanders.
Ratios are what to keep, of a machine that does nothing else. Where it does, the CPU time of the
parts against that of a build still tells what the rest of it costs.

Memory is that of small copies of the photographs (`copies.py`), 1,000 and 20,000 of them. All takes
about twelve minutes on two cores; `--rounds 1 --many 2000` three.
"""

import argparse
import io
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from copies import make_copies

from actiscope import Network, open_network, read_image
from actiscope.activations import Placement
from actiscope.collection.build import build
from actiscope.collection.reduction import reduce_maps
from actiscope.collection.settings import Batch, make_settings
from actiscope.networks.cores import cores
from actiscope.networks.streaming import map_ahead

LAYER = "fire9-concat"
SIZE = 227
GROUP, GROUPS = 16, 6
"""Pictures that a part is timed on, and how often with others."""
TIMES = 3
BUILT = 64
"""How many times as many pictures are built in a round: of 300, near the 20,000 of which memory is
measured, so that begin and end matter as little as they do there."""
FEW = 1000
"""Pictures of the first measure of memory."""
PARTS = ("decode", "resize", "engine", "reduce")


def best_of(function: Callable[[Any], Any], given: Sequence[Any]) -> tuple[float, list[Any]]:
    """Return the CPU milliseconds of a call in this thread, at best, and what came of the calls."""
    best = float("inf")
    for _ in range(TIMES):
        start = time.thread_time()
        found = [function(each) for each in given]
        best = min(best, time.thread_time() - start)
    return 1e3 * best / len(given), found


def measure_parts(files: Sequence[Path]) -> dict[str, float]:
    """Return CPU milliseconds of each part for one picture, and the bare engine's pictures/s."""
    net = open_network()
    with net.at_work((SIZE, SIZE)):
        return time_parts(net, files)


def time_parts(net: Network, files: Sequence[Path]) -> dict[str, float]:
    """Return what `measure_parts` does, for a network that is at work."""
    batch = Batch.empty(make_settings(net, [LAYER], size=SIZE))
    numbers = iter(range(1 << 30))

    def run(image: Any) -> Any:
        return net.activations(image, LAYER, threads=1).values

    def reduce(maps: Any) -> None:
        batch.add(next(numbers), Placement((SIZE, SIZE), (SIZE, SIZE)), [reduce_maps(maps)])

    steps = {
        "decode": lambda data: read_image(io.BytesIO(data)),
        "resize": lambda image: net.preparation.place(image, SIZE)[0],
        "engine": run,
        "reduce": reduce,
    }
    took: dict[str, list[float]] = {part: [] for part in PARTS}
    ready: list[Any] = []
    for start in range(0, GROUP * GROUPS, GROUP):
        given: list[Any] = [file.read_bytes() for file in files[start : start + GROUP]]
        for part, step in steps.items():
            if part == "engine":
                ready += given
            milliseconds, given = best_of(step, given)
            took[part].append(milliseconds)
    start = time.perf_counter()
    for _ in map_ahead(run, ready * TIMES):
        pass
    rate = TIMES * len(ready) / (time.perf_counter() - start)
    return {part: statistics.mean(each) for part, each in took.items()} | {"alone": rate}


def measure_build(files: Sequence[Path]) -> dict[str, float]:
    """Return the pictures/s of a build, and its CPU milliseconds a picture, of all it runs."""
    net = open_network()
    with tempfile.TemporaryDirectory() as beside:
        start, used = time.perf_counter(), cpu_time()
        done = build(net, files, Path(beside) / "index", [LAYER], size=SIZE)
        seconds, used = time.perf_counter() - start, cpu_time() - used
    return {"build": done.added / seconds, "used": 1e3 * used / done.added}


def cpu_time() -> float:
    """Return the CPU seconds of this process and of those that it began and that have ended."""
    here, there = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return here.ru_utime + here.ru_stime + there.ru_utime + there.ru_stime


def peak_memory(photographs: Path, count: int) -> float:
    """Return the peak memory, in MiB, of the processes that build an index of so many pictures."""
    code = (
        "import sys; from actiscope import open_network;"
        "from actiscope.collection.build import build;"
        f"done = build(open_network(), [sys.argv[1]], sys.argv[2], ['{LAYER}'], size={SIZE});"
        f"assert done.added == {count}, done"
    )
    with tempfile.TemporaryDirectory() as small, tempfile.TemporaryDirectory() as made:
        repeat(make_copies(photographs, min(count, FEW), Path(small)), count, Path(made))
        command = [sys.executable, "-c", code, made, str(Path(small) / "index")]
        with subprocess.Popen(command) as process:
            peak = 0.0
            while process.poll() is None:
                peak = max(peak, memory_of(process.pid))
                time.sleep(0.1)
        if process.returncode:
            sys.exit(f"the build ended with {process.returncode}")
    return peak


def memory_of(process: int) -> float:
    """Return the MiB of a process and of those it began; what they share is counted once."""
    about = Path(f"/proc/{process}")
    try:
        rollup = (about / "smaps_rollup").read_text()
        begun = [
            each for task in about.glob("task/*/children") for each in task.read_text().split()
        ]
    except OSError:
        return 0.0  # it has ended
    own = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return own / 1024 + sum(memory_of(int(each)) for each in begun)


def repeat(files: Sequence[Path], count: int, to: Path) -> list[Path]:
    """Copy pictures again and again, each with other bytes at its end, so that it counts."""
    copies = []
    for number, file in enumerate(islice(cycle(files), count)):
        copies.append(to / f"{number:06}.jpg")
        copies[-1].write_bytes(file.read_bytes() + b"%d" % number)
    return copies


def hooks_rate(files: Sequence[Path], workers: int) -> float:
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


def measure(files: Sequence[Path], rounds: int, count: int) -> Iterator[dict[str, float]]:
    """Give what each round measures, and the ratios of it."""
    with tempfile.TemporaryDirectory() as made:
        copies = repeat(files, BUILT * len(files), Path(made))
        before = measure_parts(files)
        for number in range(1, rounds + 1):
            print(f"round {number} of {rounds}", file=sys.stderr, flush=True)
            built = measure_build(copies)
            after = measure_parts(files)
            found = {name: (before[name] + after[name]) / 2 for name in after} | built
            before = after
            found["hooks"] = hooks_rate(files, count)
            found["sum"] = sum(found[part] for part in PARTS)
            found["allowed"] = count / found["sum"] * 1e3
            found["share"] = found["build"] / found["allowed"]
            found["share of CPU"] = found["sum"] / found["used"]
            found["of alone"] = found["build"] / found["alone"]
            found["of hooks"] = found["build"] / found["hooks"]
            yield found


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--many", type=int, default=20_000, help="pictures for the memory")
    given = arguments.parse_args()
    files = sorted(given.folder.rglob("*.jpg"))
    count = cores()
    rounds = list(measure(files, given.rounds, count))
    found = {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}
    print(f"{len(files)} photographs, {count} cores, load {os.getloadavg()[0]:.1f}\n")
    for part in PARTS:
        print(f"{part:44}{found[part]:8.2f} ms of a core")
    print(f"{'... together':44}{found['sum']:8.2f} ms of a core")
    print(f"{'index build, all that it uses':44}{found['used']:8.2f} ms of a core")
    print(f"{'... the parts, of that':44}{found['share of CPU']:8.2f}\n")
    print(f"{'what the cores allow':44}{found['allowed']:8.1f} pictures/s")
    print(f"{'the engine alone, on decoded pictures':44}{found['alone']:8.1f} pictures/s")
    print(f"{'PyTorch, hooks and DataLoader':44}{found['hooks']:8.1f} pictures/s")
    print(f"{'index build':44}{found['build']:8.1f} pictures/s")
    print(f"{'... of what the cores allow (target 0.90)':44}{found['share']:8.2f}")
    print(f"{'... of the engine alone':44}{found['of alone']:8.2f}")
    print(f"{'... of PyTorch (target 3)':44}{found['of hooks']:8.2f}\n", flush=True)
    few, many = (peak_memory(given.folder, count) for count in (FEW, given.many))
    print(f"{f'peak memory, {FEW:,} pictures':44}{few:8.1f} MiB")
    print(f"{f'peak memory, {given.many:,} pictures':44}{many:8.1f} MiB")
    print(f"{'ratio (target 1.10)':44}{many / few:8.2f}")


if __name__ == "__main__":
    main()
