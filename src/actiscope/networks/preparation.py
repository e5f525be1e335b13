"""How a picture becomes what a network is fed, and where on the picture that lies."""

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image

from actiscope.activations import Placement
from actiscope.checks import Size, check_size
from actiscope.errors import ArgumentError, ImageSizeError
from actiscope.images.pixels import Pixels
from actiscope.images.reading import MAX_PIXELS
from actiscope.pictures import resize

Order = Literal["RGB", "BGR", "GRAY"]
Filter = Literal["bicubic", "pillow-bilinear", "pillow-bicubic"]

LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)
"""ITU-R BT.601, as every library turns colour into grey."""
_PILLOW = {
    "pillow-bilinear": Image.Resampling.BILINEAR,
    "pillow-bicubic": Image.Resampling.BICUBIC,
}


@dataclass(frozen=True)
class Preparation:
    """What is done to a picture before the first layer.

    The network is fed ``(pixels * scale - mean) / std``.

    Parameters
    ----------
    mean, std : tuple of float
        For each channel, in the order of `order`.
    scale : float
        Pixels, 0-255, are multiplied by it first: 1/255 for networks that expect 0-1.
    order : "RGB", "BGR" or "GRAY"
        What the channels are.
    size : (int, int), optional
        Height and width that a picture is brought to; by default it keeps its own.
    shorter : int, optional
        Bring the shorter side to this length, then cut `size` out of the centre. Without it
        the picture is stretched to `size`.
    filter : "bicubic", "pillow-bilinear" or "pillow-bicubic"
        How it is resized.
    source : str
        Where these numbers come from.
    guessed : bool
        Whether they are a guess, which may be wrong.
    """

    mean: tuple[float, ...] = (0.0, 0.0, 0.0)
    std: tuple[float, ...] = (1.0, 1.0, 1.0)
    scale: float = 1.0
    order: Order = "RGB"
    size: tuple[int, int] | None = None
    shorter: int | None = None
    filter: Filter = "bicubic"
    source: str = ""
    guessed: bool = False

    def fed(self, image: Pixels) -> npt.NDArray[np.float32]:
        """Return a picture, already of its size, as the network is fed it.

        Parameters
        ----------
        image : ndarray of uint8, (H, W, 3)
            The picture.

        Returns
        -------
        ndarray of float32, (C, H, W)
            C is 3, or 1 for "GRAY".
        """
        planes: npt.NDArray[Any] = image.transpose(2, 0, 1)
        if self.order == "BGR":
            planes = planes[::-1]
        elif self.order == "GRAY":
            planes = np.tensordot(LUMA, planes.astype(np.float32), 1)[np.newaxis]
        mean, std = (
            np.array(values, dtype=np.float32)[:, np.newaxis, np.newaxis]
            for values in (self.mean, self.std)
        )
        result = np.empty(planes.shape, dtype=np.float32)
        if self.scale != 1:
            np.multiply(planes, np.float32(self.scale), out=result)
            planes = result
        np.subtract(planes, mean, out=result)
        if np.any(std != 1):
            result /= std
        return result

    def place(self, image: Pixels, size: Size | None = None) -> tuple[Pixels, Placement]:
        """Bring a picture to its size.

        Parameters
        ----------
        image : ndarray of uint8, (H, W, 3)
            The picture.
        size : int or (int, int), optional
            Height and width to stretch it to, instead of what the preparation says.

        Returns
        -------
        picture : ndarray of uint8, (h, w, 3)
            The picture at its size.
        placement : Placement
            Where that lies on the picture as it was given.
        """
        given = image.shape[0], image.shape[1]
        wanted = self.size if size is None else check_size(size)
        if wanted is None:
            return image, Placement(given, given)
        if wanted[0] * wanted[1] > MAX_PIXELS:
            raise ImageSizeError(f"{wanted[0]:,}x{wanted[1]:,} is more than {MAX_PIXELS:,} pixels")
        if size is not None or self.shorter is None:
            factor = given[0] / wanted[0], given[1] / wanted[1]
            return self._resize(image, wanted), Placement(given, wanted, factor)
        return self._crop(image, self.shorter, wanted)

    def _crop(
        self, image: Pixels, shorter: int, wanted: tuple[int, int]
    ) -> tuple[Pixels, Placement]:
        height, width = image.shape[:2]
        longer = int(shorter * max(height, width) / min(height, width))
        size = (shorter, longer) if height <= width else (longer, shorter)
        resized = self._resize(image, size)
        top, left = (round((have - want) / 2) for have, want in zip(size, wanted, strict=True))
        if min(top, left) < 0:
            raise ImageSizeError(
                f"a crop of {wanted[0]}x{wanted[1]} does not fit into {size[0]}x{size[1]}; "
                "give a size"
            )
        cut = resized[top : top + wanted[0], left : left + wanted[1]]
        factor = height / size[0], width / size[1]
        return cut, Placement((height, width), wanted, factor, (top, left))

    def _resize(self, image: Pixels, size: tuple[int, int]) -> Pixels:
        if image.shape[:2] == size:
            return image
        if self.filter == "bicubic":
            return resize(image, size)
        height, width = size
        return np.asarray(Image.fromarray(image).resize((width, height), _PILLOW[self.filter]))

    @property
    def channels(self) -> int:
        """How many channels the network is fed."""
        return 1 if self.order == "GRAY" else 3

    @property
    def nothing(self) -> tuple[int, int, int]:
        """The colour, RGB in 0-255, that comes nearest to a zero for the network."""
        levels = [round(min(max(mean / self.scale, 0), 255)) for mean in self.mean]
        if self.order == "BGR":
            levels.reverse()
        red, green, blue = levels if len(levels) == 3 else levels * 3
        return red, green, blue

    def describe(self) -> dict[str, Any]:
        """Return what is done, as plain data."""
        return {
            "mean": list(self.mean),
            "std": list(self.std),
            "scale": self.scale,
            "order": self.order,
            "size": None if self.size is None else list(self.size),
            "shorter": self.shorter,
            "filter": self.filter,
            "source": self.source,
            "guessed": self.guessed,
        }

    def with_options(self, **options: Any) -> "Preparation":
        """Return a preparation in which what a user says replaces what was found.

        Parameters
        ----------
        **options
            `mean`, `std`, `scale`, `order`, `size`; None leaves what was found.

        Returns
        -------
        Preparation
            Its `source` names what the user said.
        """
        said = {name: value for name, value in options.items() if value is not None}
        if not said:
            return self
        changed = replace(self, **said)
        channels = changed.channels
        changed = replace(
            changed,
            mean=_for_channels(changed.mean, channels, "mean" if "mean" in said else None),
            std=_for_channels(changed.std, channels, "std" if "std" in said else None),
        )
        if "size" in said:
            changed = replace(changed, shorter=None)
        if 0 in changed.std or not changed.scale:
            raise ArgumentError("std and scale are not zero")
        source = f"{', '.join(sorted(said))} as given, the rest: {self.source}"
        return replace(changed, source=source)


LISTED_AT = 224
"""Height and width at which the layers of a network that takes any size are listed."""
IMAGENET_GUESS = Preparation(
    mean=(0.485, 0.456, 0.406),
    std=(0.229, 0.224, 0.225),
    scale=1 / 255,
    source="ImageNet's mean and deviation, a guess",
    guessed=True,
)
"""What most networks for colour pictures were trained with."""
GREY_GUESS = Preparation((0.0,), (1.0,), 1 / 255, "GRAY", source="grey 0-1, a guess", guessed=True)
"""What networks that take one channel are fed."""


def _for_channels(values: tuple[float, ...], channels: int, said: str | None) -> tuple[float, ...]:
    """Return one number for each channel; a single number is that of all."""
    if len(values) == channels:
        return tuple(float(value) for value in values)
    if said is not None and len(values) != 1:
        raise ArgumentError(f"{said} has {channels} numbers, not {len(values)}")
    return (float(values[0]),) * channels
