"""One row a picture: what the network answers to it, in the order of the sources."""

import numpy as np
import pytest

from actiscope.collection.features import features, write_features
from actiscope.errors import ArgumentError, OutputError

SIZE = (22, 26)
POOLS = {
    "mean": lambda values: values.mean(axis=(1, 2)),
    "max": lambda values: values.max(axis=(1, 2)),
    "none": np.ravel,
}


def refuse(name, reason):
    raise AssertionError((name, reason))


@pytest.mark.parametrize("pool", POOLS)
def test_rows_are_what_the_network_answers(tiny, photos, tmp_path, pool):
    rows = features(tiny, [photos], "pool", pool=pool, size=SIZE, on_problem=refuse)
    assert write_features(rows, tmp_path / "out.npy") == 60
    found = np.load(tmp_path / "out.npy")
    names = (tmp_path / "out.txt").read_text().splitlines()
    assert names == sorted(map(str, photos.rglob("*.*")))
    assert len(found) == 60
    for name, row in zip(names, found, strict=True):
        alone = tiny.activations(name, "pool", size=SIZE).values
        np.testing.assert_allclose(row, POOLS[pool](alone), rtol=1e-6)


def test_what_cannot_be_read_is_told_and_has_no_row(tiny, photos, tmp_path):
    (tmp_path / "a.png").write_bytes(b"broken")
    told = {}
    sources = [tmp_path / "a.png", photos / "0"]
    rows = list(features(tiny, sources, "conv", size=SIZE, on_problem=told.__setitem__))
    assert len(rows) == 15
    assert list(told) == [str(tmp_path / "a.png")]


def test_nothing_is_left_of_a_file_that_fails(tiny, photos, tmp_path):
    def rows(*lengths):
        return iter([("name", np.zeros(length, dtype=np.float32)) for length in lengths])

    with pytest.raises(ArgumentError, match="gives 3 values, those before it 2"):
        write_features(rows(2, 3), tmp_path / "out.npy")
    with pytest.raises(ArgumentError, match="no picture"):
        write_features(rows(), tmp_path / "out.npy")
    with pytest.raises(OutputError, match="no folder"):
        write_features(rows(2), tmp_path / "gone" / "out.npy")
    assert not list(tmp_path.iterdir())
    with pytest.raises(ArgumentError, match="mean, max, none, not 'sum'"):
        next(features(tiny, [photos], "conv", pool="sum", on_problem=refuse))
