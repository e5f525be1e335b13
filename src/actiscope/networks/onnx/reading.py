"""Open an ONNX file, or say what the file is instead."""

from pathlib import Path

import onnx
import onnx.inliner
from google.protobuf.message import DecodeError

from actiscope.errors import NetworkError
from actiscope.networks.onnx.scopes import bodies_of

_LARGEST_RANK = 16
_OLDEST_OPSET = 7
_DOMAINS = ("", "ai.onnx")


def read_model(path: Path) -> onnx.ModelProto:
    """Read an ONNX file; its external data stay where they are.

    What it calls functions of its own for stands in their place, so that all of it is seen.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    onnx.ModelProto
        The model.

    Raises
    ------
    NetworkError
        If it is no ONNX model, or a broken one.
    """
    try:
        model = onnx.load_model(str(path), load_external_data=False)
    except (DecodeError, ValueError, RuntimeError):
        raise NetworkError(f"{path} is no ONNX model, or a damaged one") from None
    except OSError as error:
        raise NetworkError(f"cannot read {path}: {error.strerror or error}") from None
    try:
        check_model(model, path.parent)
    except NetworkError as error:
        raise NetworkError(f"{path}: {error}") from None
    return onnx.inliner.inline_local_functions(model) if model.functions else model


def check_model(model: onnx.ModelProto, folder: Path) -> None:
    """Refuse a model that the engine should not even see.

    Parameters
    ----------
    model : onnx.ModelProto
        The model.
    folder : pathlib.Path
        Where its external data have to lie.

    Raises
    ------
    NetworkError
        If it has no nodes, an opset that is too old, weights of impossible size, or external data
        elsewhere.
    """
    if not model.graph.node:
        raise NetworkError("it is no ONNX model, or one without nodes")
    versions = [one.version for one in model.opset_import if one.domain in _DOMAINS]
    if versions and max(versions) < _OLDEST_OPSET:
        raise NetworkError(
            f"its opset is {max(versions)}, the oldest that can be run is {_OLDEST_OPSET}; "
            "convert it with onnx.version_converter"
        )
    _check_graph(model.graph, folder)


def _check_graph(graph: onnx.GraphProto, folder: Path) -> None:
    for tensor in graph.initializer:
        _check_tensor(tensor, folder)
    for node in graph.node:
        for body in bodies_of(node):
            _check_graph(body, folder)


def _check_tensor(tensor: onnx.TensorProto, folder: Path) -> None:
    if len(tensor.dims) > _LARGEST_RANK or any(length < 0 for length in tensor.dims):
        raise NetworkError(
            f"the weights {tensor.name!r} have the impossible shape {[*tensor.dims]}"
        )
    if tensor.data_location == onnx.TensorProto.EXTERNAL:
        _check_external(tensor, folder)
        return
    if tensor.data_type == onnx.TensorProto.STRING:
        return
    count = 1
    for length in tensor.dims:
        count *= length
    if tensor.raw_data:
        try:
            itemsize = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        except (KeyError, TypeError):
            raise NetworkError(f"the weights {tensor.name!r} have an unknown type") from None
        held = len(tensor.raw_data) / itemsize
        if held < count // (2 if itemsize == 1 else 1) or count > 2 * held:
            raise NetworkError(
                f"the weights {tensor.name!r} hold {held:.0f} numbers, their shape needs {count}"
            )
    elif count > 0 and not _typed_count(tensor):
        raise NetworkError(
            f"the weights {tensor.name!r} hold no numbers, their shape needs {count}"
        )


def _typed_count(tensor: onnx.TensorProto) -> int:
    lists = (
        tensor.float_data, tensor.int32_data, tensor.int64_data, tensor.double_data,
        tensor.uint64_data, tensor.string_data,
    )  # fmt: skip
    return max(map(len, lists))


def _check_external(tensor: onnx.TensorProto, folder: Path) -> None:
    entries = {entry.key: entry.value for entry in tensor.external_data}
    location = entries.get("location", "")
    target = (folder / location).resolve()
    if not location or not target.is_relative_to(folder.resolve()):
        raise NetworkError(
            f"the weights {tensor.name!r} are kept outside of its folder: {location!r}"
        )
    if not target.is_file():
        raise NetworkError(f"the weights {tensor.name!r} are in {location!r}, which is missing")
    end = int(entries.get("offset", 0)) + int(entries.get("length", 0))
    size = target.stat().st_size
    if size < end:
        raise NetworkError(
            f"the weights {tensor.name!r} end at byte {end} of {location!r}, which has {size}"
        )
