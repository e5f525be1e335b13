"""Make a large set of pictures of a small one: `python benchmarks/copies.py FOLDER COUNT TO`.

Each copy is cropped, maybe mirrored, and made darker or lighter, as its number says: the same
pictures and number give the same copy.
"""

import argparse
from pathlib import Path

import numpy as np
from PIL import Image, ImageEnhance, ImageOps

LONGEST = 320
KEPT = 240
"""Pixels of the longer side of what is cropped, at most, and of what is written."""


def make_copies(folder: Path, count: int, to: Path) -> list[Path]:
    """Write `count` copies of the pictures of a folder into another one, and return them."""
    pictures = [_small(path) for path in sorted(folder.rglob("*.jpg"))]
    made = [to / f"{number:06}.jpg" for number in range(count)]
    for number, path in enumerate(made):
        _changed(pictures[number % len(pictures)], number).save(path, quality=85)
    return made


def _small(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.draft("RGB", (LONGEST, LONGEST))
        small = image.convert("RGB")
    small.thumbnail((LONGEST, LONGEST))
    return small


def _changed(image: Image.Image, number: int) -> Image.Image:
    rng = np.random.default_rng(number)
    width, height = (int(side * rng.uniform(0.6, 1)) for side in image.size)
    left, top = rng.integers(image.width - width + 1), rng.integers(image.height - height + 1)
    cut = image.crop((left, top, left + width, top + height))
    if rng.random() < 0.5:
        cut = ImageOps.mirror(cut)
    cut.thumbnail((KEPT, KEPT))
    return ImageEnhance.Brightness(cut).enhance(rng.uniform(0.6, 1.4))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("count", type=int)
    arguments.add_argument("to", type=Path)
    given = arguments.parse_args()
    given.to.mkdir(parents=True, exist_ok=True)
    print(f"{len(make_copies(given.folder, given.count, given.to)):,} pictures in {given.to}")


if __name__ == "__main__":
    main()
