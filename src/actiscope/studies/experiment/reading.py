"""Read a study from a YAML file, or from a Python file that builds it."""

import math
from collections.abc import Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml

from actiscope.errors import ActiscopeError, ArgumentError, one_line
from actiscope.geometry import Box
from actiscope.images import read_image
from actiscope.images.edits import Mask, Tool, fill
from actiscope.images.masks import mask_of_box, mask_of_picture
from actiscope.images.pixels import Pixels
from actiscope.images.samples import samples
from actiscope.networks.python_files import run_file
from actiscope.studies.experiment.claims import Claim, read_claim
from actiscope.studies.experiment.study import Study, Variant

EXAMPLES = ("eyes",)
"""Studies that come with the package."""

_TOOLS: dict[str, Tool] = {
    "erase": "inpaint", "inpaint": "inpaint", "blur": "blur", "patch": "flat", "noise": "noise",
}  # fmt: skip
_KEYS = {"title", "text", "network", "layer", "size", "pictures", "regions", "claims", "controls"}


def read_study(source: str | Path) -> Study:
    """Read a study.

    Parameters
    ----------
    source : str or path
        A YAML file, or the name of one that comes with the package, in `EXAMPLES`. Pictures are
        found beside the file; "sample face" is one that is built in. Or a Python file, which is
        run, and in which `study` is a `Study` or a function that returns one.

    Returns
    -------
    Study
        Ready to run.

    Raises
    ------
    ArgumentError
        If it cannot be read, or says what is not understood.
    """
    if str(source) in EXAMPLES:
        with as_file(files(__package__) / "examples" / f"{source}.yaml") as path:
            return _read(path)
    path = Path(source)
    return _built_by(path) if path.suffix.lower() == ".py" else _read(path)


def _built_by(path: Path) -> Study:
    """Run a Python file, and return its study."""
    with run_file(path) as module:
        built = getattr(module, "study", None)
        try:
            found = built() if callable(built) else built
        except (Exception, SystemExit) as error:
            kind = type(error).__name__
            raise ArgumentError(f"study() of {path} fails: {kind}: {one_line(error)}") from error
    if not isinstance(found, Study):
        raise ArgumentError(
            f"{path} has no Study called 'study', and no function of that name that returns one"
        )
    return found


def example_text(name: str) -> str:
    """Return the text of a study that comes with the package.

    Raises
    ------
    ArgumentError
        If there is none of that name.
    """
    if name not in EXAMPLES:
        raise ArgumentError(f"no study {name!r} comes with actiscope; there is {EXAMPLES[0]!r}")
    file = files(__package__) / "examples" / f"{name}.yaml"
    return file.read_text(encoding="utf-8")


def _read(path: Path) -> Study:
    try:
        said = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ArgumentError(f"cannot read {path}: {error.strerror or error}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ArgumentError(f"{path} is no YAML: {' '.join(str(error).split())}") from None
    try:
        return _build(said, path.parent)
    except ActiscopeError as error:
        raise ArgumentError(f"{path}: {error}") from error


def _build(said: Any, folder: Path) -> Study:
    said = _mapping(said, "the study")
    unknown = sorted(set(said) - _KEYS)
    if unknown:
        raise ArgumentError(
            f"{unknown[0]!r} is not understood; there is {', '.join(sorted(_KEYS))}"
        )
    pictures: dict[str, Pixels] = {}
    variants: dict[str, Variant] = {}
    for name, what in _mapping(said.get("pictures"), "pictures").items():
        if isinstance(what, str):
            pictures[name] = _picture(what, folder)
        else:
            variants[name] = _variant(name, _mapping(what, name), pictures, folder)
    regions = {
        name: _box(corners, name)
        for name, corners in _mapping(said.get("regions"), "regions").items()
    }
    size = said.get("size")
    return Study(
        title=_text(said.get("title"), "title"),
        network=str(said.get("network", "squeezenet")),
        layer=_text(said.get("layer"), "layer"),
        pictures=pictures,
        variants=variants,
        regions=regions,
        claims=(*_claims(said, "claims", True), *_claims(said, "controls", False)),
        size=None if size is None else _size(size),
        text=str(said.get("text") or ""),
    )


def _claims(said: Mapping[str, Any], key: str, expected: bool) -> list[Claim]:
    found = said.get(key, [])
    if not isinstance(found, list):
        raise ArgumentError(f"{key} is a list of sentences")
    return [read_claim(str(text), expected=expected) for text in found]


def _variant(
    name: str, what: Mapping[str, Any], pictures: Mapping[str, Pixels], folder: Path
) -> Variant:
    of = _text(what.get("of"), f"of, in {name!r}")
    if of not in pictures:
        raise ArgumentError(f"{name!r} is of {of!r}, which is no picture above it")
    edits = [key for key in what if key in _TOOLS]
    unknown = sorted(set(what) - {"of", "image", "colour", *_TOOLS})
    if unknown or bool(edits) == ("image" in what):
        raise ArgumentError(f"{name!r} has an image, or an edit: {', '.join(_TOOLS)}")
    if "image" in what:
        return Variant(of, _picture(str(what["image"]), folder), is_edit=False)
    pixels = pictures[of]
    colour = _colour(what["colour"]) if "colour" in what else None
    for key in edits:
        mask = _mask(what[key], name, pixels.shape, folder)
        if not mask.any():
            raise ArgumentError(
                f"{key} of {name!r} covers nothing of {of!r}, "
                f"{mask.shape[0]}x{mask.shape[1]} pixels"
            )
        pixels = fill(pixels, mask, _TOOLS[key], colour=colour)
    return Variant(of, pixels)


def _picture(source: str, folder: Path) -> Pixels:
    kind, _, name = source.partition(" ")
    if kind == "sample":
        known = samples()
        if name not in known:
            raise ArgumentError(f"no sample {name!r}; there is {', '.join(known)}")
        return known[name]
    return read_image(folder / source)


def _mask(where: Any, name: str, shape: tuple[int, ...], folder: Path) -> Mask:
    size = shape[0], shape[1]
    if isinstance(where, str):
        return mask_of_picture(read_image(folder / where), size, where)
    return mask_of_box(_box(where, name), size)


def _box(corners: Any, name: str) -> Box:
    try:
        left, top, right, bottom = (float(each) for each in corners)
    except (TypeError, ValueError):
        raise ArgumentError(f"{name!r} is a box [x0, y0, x1, y1], not {corners!r}") from None
    if not (-math.inf < left < right < math.inf and -math.inf < top < bottom < math.inf):
        raise ArgumentError(f"{name!r} is a box [x0, y0, x1, y1] with x0 < x1 and y0 < y1")
    return Box(top, left, bottom, right)


def _colour(levels: Any) -> tuple[int, int, int]:
    try:
        red, green, blue = (int(level) for level in levels)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(f"a colour is [red, green, blue], not {levels!r}") from None
    if not all(0 <= level <= 255 for level in (red, green, blue)):
        raise ArgumentError(f"a colour is [red, green, blue], 0-255 each, not {levels!r}")
    return red, green, blue


def _size(size: Any) -> tuple[int, int]:
    try:
        height, width = size if isinstance(size, list) else (size, size)
        return int(height), int(width)
    except (TypeError, ValueError, OverflowError):
        raise ArgumentError(f"size is a number or [height, width], not {size!r}") from None


def _mapping(value: Any, what: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ArgumentError(f"{what} is a mapping of names, not {type(value).__name__}")
    return {str(key): each for key, each in value.items()}


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ArgumentError(f"{what} is missing, or no text")
    return value
