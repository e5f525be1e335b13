"""What ONNX files say of how pictures are prepared for them: those that Ultralytics exports do."""

import ast
from typing import Any

import onnx

from actiscope.networks.preparation import Preparation


def stated_preparation(model: onnx.ModelProto) -> Preparation | None:
    """Return the preparation that a model states.

    Ultralytics pads a picture for its detectors; here it is stretched.

    Parameters
    ----------
    model : onnx.ModelProto
        The model.

    Returns
    -------
    Preparation or None
        None if it states none.
    """
    said = {entry.key: entry.value for entry in model.metadata_props}
    size = _literal(said.get("imgsz", ""))
    if said.get("author") != "Ultralytics" or not _is_size(size):
        return None
    return Preparation(
        scale=1 / 255,
        size=(size[0], size[1]),
        shorter=min(size) if said.get("task") == "classify" else None,
        filter="pillow-bilinear",
        source="0-1, as Ultralytics' metadata in the file ask for",
    )


def stated_classes(model: onnx.ModelProto) -> tuple[str, ...]:
    """Return the names of classes that a model states; empty if it states none."""
    said = {entry.key: entry.value for entry in model.metadata_props}
    names = _literal(said.get("names", ""))
    if not isinstance(names, dict) or names.keys() != set(range(len(names))):
        return ()
    return tuple(str(names[number]) for number in range(len(names)))


def _is_size(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and all(isinstance(side, int) and side > 0 for side in value)
    )


def _literal(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return None
