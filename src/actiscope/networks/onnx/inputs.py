"""The input of an ONNX model that takes the picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx

from actiscope.errors import ImageSizeError, NetworkError

_TYPES: dict[int, type[np.generic]] = {
    onnx.TensorProto.FLOAT: np.float32,
    onnx.TensorProto.FLOAT16: np.float16,
    onnx.TensorProto.DOUBLE: np.float64,
    onnx.TensorProto.UINT8: np.uint8,
    onnx.TensorProto.INT32: np.int32,
    onnx.TensorProto.INT64: np.int64,
}


@dataclass(frozen=True)
class ImageInput:
    """The input that takes the picture.

    Parameters
    ----------
    name : str
        What it is called.
    channels : int
        3, or 1 for grey.
    fixed : (int or None, int or None)
        Height and width, where they are fixed.
    channels_last : bool
        Whether it is (N, H, W, C) rather than (N, C, H, W).
    dtype : type
        What it takes.
    batch : int
        How many pictures it takes at once, the same one that often; 0 for an input without that
        axis.
    """

    name: str
    channels: int = 3
    fixed: tuple[int | None, int | None] = (None, None)
    channels_last: bool = False
    dtype: type[np.generic] = np.float32
    batch: int = 1

    @property
    def axes(self) -> tuple[int, int]:
        """Which axes are rows and columns."""
        rows = (0 if self.channels_last else 1) + (1 if self.batch else 0)
        return rows, rows + 1

    @property
    def takes_integers(self) -> bool:
        """Whether it takes integers, not real numbers."""
        return np.issubdtype(self.dtype, np.integer)

    def shape(self, size: tuple[int, int]) -> tuple[int, ...]:
        """Return the shape of one picture of a size, as the input takes it."""
        one = (*size, self.channels) if self.channels_last else (self.channels, *size)
        return (self.batch, *one) if self.batch else one

    def feed(self, fed: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
        """Return a prepared picture, (C, H, W), as the input takes it."""
        one: npt.NDArray[Any] = fed
        if self.channels_last:
            one = np.ascontiguousarray(one.transpose(1, 2, 0))
        if self.takes_integers:
            one = np.rint(one)
        if self.dtype == np.uint8:
            one = np.clip(one, 0, 255)
        one = one.astype(self.dtype, copy=False)
        if self.batch > 1:
            return np.repeat(one[np.newaxis], self.batch, axis=0)
        return one[np.newaxis] if self.batch else one

    def check_size(self, size: tuple[int, int]) -> None:
        """Refuse a picture that the input cannot take.

        Raises
        ------
        ImageSizeError
            If a side is fixed and differs.
        """
        for given, fixed in zip(size, self.fixed, strict=True):
            if fixed is not None and given != fixed:
                height, width = (side or "any" for side in self.fixed)
                raise ImageSizeError(
                    f"the network takes pictures of {height}x{width} only, not {size[0]}x{size[1]}"
                )


def find_image_input(
    inputs: list[onnx.ValueInfoProto],
    name: str | None = None,
    layout: str | None = None,
    order: str | None = None,
    others: Iterable[str] = (),
) -> ImageInput:
    """Find the input that takes the picture.

    Parameters
    ----------
    inputs : list of onnx.ValueInfoProto
        The inputs of the model.
    name : str, optional
        Which one, where that is known.
    layout : "NCHW" or "NHWC", optional
        Where its channels are, where that is known.
    order : "RGB", "BGR" or "GRAY", optional
        What its channels are, for a model that takes any number of them.
    others : iterable of str
        Names of those that something else is fed.

    Returns
    -------
    ImageInput
        The input.

    Raises
    ------
    NetworkError
        If there is none, or more than one could be it.
    """
    taken = set(others)
    named = [
        info for info in inputs if info.name == name or (name is None and info.name not in taken)
    ]
    read = [_as_image(info, layout, order) for info in named]
    found = _likeliest([image for image in read if isinstance(image, ImageInput)])
    if len(found) == 1:
        return found[0]
    listed = _list(inputs)
    if name is not None and not named:
        raise NetworkError(f"the model has no input {name!r}; its inputs are {listed}")
    if found:
        candidates = [info for info, image in zip(named, read, strict=True) if image in found]
        raise NetworkError(
            f"several inputs could take the picture; name one of {_list(candidates)}"
        )
    if len(read) == 1 and read[0]:
        raise NetworkError(f"the input {named[0].name!r} {format_input(named[0])} {read[0]}")
    raise NetworkError(
        "no input takes a picture (N, 3, H, W) or (N, H, W, 3): the inputs are " + listed
    )


def _likeliest(found: list[ImageInput]) -> list[ImageInput]:
    """Return the inputs for one picture, else for several, else without a batch: grey ones last."""
    ranks = [
        (image.batch == 0, image.batch > 1, image.batch == 0 and image.channels == 1)
        for image in found
    ]
    return [image for image, rank in zip(found, ranks, strict=True) if rank == min(ranks)]


def _list(inputs: list[onnx.ValueInfoProto]) -> str:
    return ", ".join(f"{info.name!r} {format_input(info)}" for info in inputs[:6]) or "none"


def _as_image(info: onnx.ValueInfoProto, layout: str | None, order: str | None) -> ImageInput | str:
    """Return how an input takes the picture, or why it does not: nothing if it is far from it."""
    kind = info.type.tensor_type
    dims = [dim.dim_value if dim.dim_value > 0 else None for dim in kind.shape.dim]
    if len(dims) not in (3, 4):
        return ""
    one = dims[-3:]
    told = len(dims) == 4 or layout is not None
    likely = (1, 3) if told or order == "GRAY" or _is_grey(one) else (3,)
    first, last = one[0] in likely, one[2] in likely
    if not (told or first or last):
        return ""
    channels_last = layout == "NHWC" if layout else last and not first
    channels = one[2] if channels_last else one[0]
    if channels not in (1, 3, None):
        return f"takes {channels} channels: only 3 or 1 can be made of a picture"
    dtype = _TYPES.get(kind.elem_type)
    if dtype is None:
        return "has a type that pixels cannot be turned into: export it for floats or uint8"
    height, width = (one[0], one[1]) if channels_last else (one[1], one[2])
    channels = channels or (1 if order == "GRAY" else 3)
    batch = (dims[0] or 1) if len(dims) == 4 else 0
    return ImageInput(info.name, channels, (height, width), channels_last, dtype, batch)


def _is_grey(dims: list[int | None]) -> bool:
    """Say whether sides without a batch, (1, H, W) or (H, W, 1), can only be a grey picture's.

    One side that is free beside a fixed one is the length of a sequence, not of a picture.
    """
    sides = [side for side in dims if side != 1]
    ends = 1 in (dims[0], dims[2])
    return ends and len(sides) == 2 and 3 not in sides and (sides[0] is None) == (sides[1] is None)


def fit_other(info: onnx.ValueInfoProto, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return an array as an input beside the picture takes it.

    Parameters
    ----------
    info : onnx.ValueInfoProto
        The input.
    array : ndarray
        What it is fed.

    Returns
    -------
    ndarray
        Of its type: real numbers become narrower or wider ones, but no integers.

    Raises
    ------
    NetworkError
        If it takes another shape or kind.
    """
    kind = info.type.tensor_type
    wanted = [dim.dim_value or None for dim in kind.shape.dim]
    fits = not kind.HasField("shape") or (
        len(wanted) == array.ndim
        and all(want in (None, have) for want, have in zip(wanted, array.shape, strict=True))
    )
    dtype = onnx.helper.tensor_dtype_to_np_dtype(kind.elem_type) if kind.elem_type else array.dtype
    if not fits or not np.can_cast(array.dtype, dtype, "same_kind"):
        shape = ", ".join(map(str, array.shape))
        raise NetworkError(
            f"the input {info.name!r} takes {format_input(info)}, not ({shape}) {array.dtype}"
        )
    return array.astype(dtype, copy=False)


def format_input(info: onnx.ValueInfoProto) -> str:
    """Write the shape and the type of an input."""
    dims = info.type.tensor_type.shape.dim
    shape = ", ".join(str(dim.dim_value or dim.dim_param or "?") for dim in dims)
    kind = info.type.tensor_type.elem_type
    name = onnx.TensorProto.DataType.Name(kind).lower() if kind else "not a tensor"
    return f"({shape}) {name}"
