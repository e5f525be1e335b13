"""One row a picture: what the network answers to it, in the order of the sources."""

import numpy as np
import pytest

from actiscope.collection.features import features
from actiscope.errors import ArgumentError

SIZE = (22, 26)
POOLS = {
    "mean": lambda values: values.mean(axis=(1, 2)),
    "max": lambda values: values.max(axis=(1, 2)),
    "none": lambda values: values,
}


def refuse(name, reason):
    raise AssertionError((name, reason))


@pytest.mark.parametrize("pool", POOLS)
def test_rows_are_what_the_network_answers(tiny, photos, pool):
    found = dict(features(tiny, [photos], "pool", pool=pool, size=SIZE, on_problem=refuse))
    assert list(found) == sorted(map(str, photos.rglob("*.*")))
    for name, row in found.items():
        alone = tiny.activations(name, "pool", size=SIZE).values
        assert row.dtype == np.float32
        np.testing.assert_allclose(row, POOLS[pool](alone), rtol=1e-6)


def test_what_cannot_be_read_is_told_and_has_no_row(tiny, photos, tmp_path):
    (tmp_path / "a.png").write_bytes(b"broken")
    told = {}
    sources = [tmp_path / "a.png", photos / "0"]
    rows = list(features(tiny, sources, "conv", size=SIZE, on_problem=told.__setitem__))
    assert len(rows) == 15
    assert list(told) == [str(tmp_path / "a.png")]


def test_a_pool_that_is_none_is_refused(tiny, photos):
    with pytest.raises(ArgumentError, match="mean, max, none, not 'sum'"):
        next(features(tiny, [photos], "conv", pool="sum", on_problem=refuse))
