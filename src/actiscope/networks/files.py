"""What a file is that is no ONNX model."""

import zipfile
from pathlib import Path

from actiscope.errors import NetworkError

_HEAD = 64
_SIGNATURES = (
    (0, b"\x89HDF", "a Keras or other HDF5 file; convert it with tf2onnx"),
    (4, b"TFL3", "a TensorFlow Lite model; convert it with tf2onnx --tflite"),
    (0, b"MATLAB", "a MATLAB file; export the network with exportONNXNetwork"),
    (0, b"\x80\x02", "a pickle, which is not safe to load"),
    (0, b"\x80\x03", "a pickle, which is not safe to load"),
    (0, b"\x80\x04", "a pickle, which is not safe to load"),
    (0, b"\x80\x05", "a pickle, which is not safe to load"),
    (0, b"\x89PNG", "a picture"),
    (0, b"\xff\xd8\xff", "a picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x1f\x8b", "a gzip archive; unpack it"),
    (0, b"version https://git-lfs", "a Git LFS pointer; `git lfs pull` fetches the model itself"),
    (0, b"<?xml", "an OpenVINO or other XML file; give the ONNX model it was made from"),
    (0, b"<", "a web page or XML"),
    (0, b"{", "a JSON file"),
)
_PYTORCH = (
    "weights of PyTorch without a module; give file.py:function and --weights, "
    "or export the module with torch.onnx.export"
)


def describe_file(path: Path) -> str | None:
    """Say what a file is, if it is known to be no ONNX model.

    Parameters
    ----------
    path : pathlib.Path
        A file or a folder.

    Returns
    -------
    str or None
        What it is and what to do; None if it may be an ONNX model.

    Raises
    ------
    NetworkError
        If it cannot be read.
    """
    if path.is_dir():
        if (path / "saved_model.pb").exists():
            return "a TensorFlow SavedModel; convert it with tf2onnx"
        if path.suffix in (".mlpackage", ".mlmodelc"):
            return "a Core ML model; give the ONNX model it was made from"
        return "a folder, not a network"
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise NetworkError(f"cannot read {path}: {error.strerror or error}") from None
    if not head:
        return "empty (0 bytes)"
    if path.suffix == ".py":
        return f"a Python file; name the function that builds the network: {path}:function"
    if zipfile.is_zipfile(path):
        return _describe_zip(path)
    if head[8:9] == b"{" and int.from_bytes(head[:8], "little") < path.stat().st_size:
        return _PYTORCH.replace("PyTorch", "a safetensors file")
    for offset, signature, what in _SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return what
    return None


def _describe_zip(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except zipfile.BadZipFile:
        return "a damaged ZIP archive"
    if any(name.endswith("constants.pkl") for name in names):
        return "a scripted PyTorch module; export the module with torch.onnx.export"
    if any(name.endswith("data.pkl") for name in names):
        return _PYTORCH
    if "config.json" in names and any(name.endswith(".h5") for name in names):
        return "a Keras model; convert it with tf2onnx"
    if any(name.endswith(".npy") for name in names):
        return "an .npz file of arrays"
    return "a ZIP archive; unpack it"
