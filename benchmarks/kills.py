"""Kill a build at random moments, and look whether its answer is that of an undisturbed one.

`python benchmarks/kills.py FOLDER` of pictures; `copies.py` makes a large folder of a small one.
"""

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from actiscope.collection.index import Index

LAYER = "fire9-concat"


def command(folder: Path, index: Path) -> list[str]:
    build = ["index", "build", str(folder), "--layers", LAYER, "-o", str(index), "--json"]
    return [sys.executable, "-c", "from actiscope.cli.main import run; run()", *build]


def build(folder: Path, index: Path) -> dict[str, object]:
    """Build to the end; return what it tells, with its seconds."""
    start = time.monotonic()
    ended = subprocess.run(
        command(folder, index), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    if ended.returncode:
        sys.exit(f"the build ended with {ended.returncode}")
    return {**json.loads(ended.stdout), "took": time.monotonic() - start}


def killed(folder: Path, index: Path, seconds: float) -> None:
    """Begin to build, and kill it after some seconds."""
    with subprocess.Popen(
        command(folder, index), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)


def images_in(index: Path) -> int:
    if not index.exists():
        return 0
    with Index(index) as opened:
        return opened.images


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--kills", type=int, default=20)
    arguments.add_argument("--seed", type=int, default=0)
    given = arguments.parse_args()
    rng = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as beside:
        whole = build(given.folder, Path(beside) / "whole.index")
        print(
            f"undisturbed: {whole['images']:,} pictures, {whole['took']:.0f} s, {whole['digest']}",
            flush=True,
        )
        index = Path(beside) / "killed.index"
        for kill in range(1, given.kills + 1):
            seconds = rng.uniform(0, 2 * whole["took"] / given.kills)
            killed(given.folder, index, seconds)
            print(f"kill {kill:3} after {seconds:6.2f} s: {images_in(index):,}", flush=True)
        resumed = build(given.folder, index)
        print(f"the last went on from {resumed['known']:,} and added {resumed['added']:,}")
    same = resumed["digest"] == whole["digest"]
    print("the answer is the same" if same else "THE ANSWER DIFFERS")
    sys.exit(not same)


if __name__ == "__main__":
    main()
