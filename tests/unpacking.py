"""Read a sprite as its description says, apart from what writes it."""

import json
from typing import NamedTuple

import numpy as np


class Sprite(NamedTuple):
    header: dict
    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    energy: np.ndarray
    peak: np.ndarray
    drawn: np.ndarray

    @property
    def values(self):
        span = self.high.astype(np.float64) - self.low
        return self.low[:, None, None] + self.drawn / 255 * span[:, None, None]


def unpack(data: bytes) -> Sprite:
    length = int.from_bytes(data[:4], "little")
    assert length % 4 == 0
    header = json.loads(data[4 : 4 + length])
    channels, height, width = (header[name] for name in ("channels", "height", "width"))
    rest = data[4 + length :]
    numbers = np.frombuffer(rest[: 16 * channels], "<f4").reshape(4, channels)
    peak = np.frombuffer(rest[16 * channels : 20 * channels], "<i4")
    drawn = np.frombuffer(rest[20 * channels :], np.uint8).reshape(channels, height, width)
    return Sprite(header, *numbers, peak, drawn)
