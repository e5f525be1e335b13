import zlib

import numpy as np
import pytest

from actiscope import deflate
from actiscope.deflate import deflate as compress


@pytest.mark.parametrize("compressor", ["isal", "zlib"])
@pytest.mark.parametrize("length", [0, 1, 70_000, 900_000])
def test_bytes_come_back_and_runs_become_short(length, compressor, monkeypatch):
    if compressor == "zlib":
        monkeypatch.setattr(deflate, "isal_zlib", None)
    noise = np.random.default_rng(0).bytes(length)
    assert zlib.decompress(compress(noise)) == noise
    zeros = compress(bytes(length))
    assert zlib.decompress(zeros) == bytes(length)
    assert len(zeros) < 100 + length / 50
