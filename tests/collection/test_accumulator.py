"""The same pictures give the same bytes, in any order and in any split; and the right answer."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actiscope.collection.accumulator import Accumulator
from actiscope.collection.histogram import BINS, bin_of, edges, heights, quantile
from actiscope.collection.reduction import reduce_maps
from actiscope.errors import ArgumentError, NetworkError

SHAPE = (3, 2, 4)
FEW = st.sampled_from([0.0, -0.0, 1.0, 1.0, -2.5, 3e-9, 1e30, 0.1])


@st.composite
def collections(draw):
    count = draw(st.integers(1, 12))
    ids = draw(st.lists(st.integers(-5, 20), min_size=count, max_size=count, unique=True))
    values = draw(st.lists(FEW, min_size=count * 24, max_size=count * 24))
    return dict(zip(ids, np.float32(values).reshape(count, *SHAPE), strict=True))


def accumulate(pictures, **settings):
    found = Accumulator(SHAPE[0], **settings)
    for image, maps in pictures:
        found.add(image, reduce_maps(maps, found.per_image))
    return found


@settings(max_examples=150)
@given(collections(), st.randoms(), st.sampled_from([(1, 1), (3, 1), (3, 2), (50, 9)]))
def test_any_order_split_and_resume_give_the_same_bytes(pictures, random, limits):
    given = {"top": limits[0], "per_image": limits[1]}
    whole = accumulate(pictures.items(), **given)
    shuffled = list(pictures.items())
    random.shuffle(shuffled)
    cuts = sorted(random.randrange(len(shuffled) + 1) for _ in range(3))
    pieces = [shuffled[a:b] for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
    random.shuffle(pieces)
    parts = [accumulate([*piece, *piece], **given) for piece in pieces]
    left, right = parts[0], parts[2]
    left.merge(parts[1])
    right.merge(parts[3])
    resumed = Accumulator(SHAPE[0], **given)
    resumed.read(left.to_bytes())
    resumed.merge(right)
    assert resumed.to_bytes() == whole.to_bytes()


@given(collections(), st.integers(1, 2))
def test_the_answer_is_that_of_all_values_at_once(pictures, per_image):
    found = accumulate(pictures.items(), top=5, per_image=per_image)
    found.arrays()
    every = np.stack(list(pictures.values())).reshape(len(pictures), SHAPE[0], -1)
    for channel in range(SHAPE[0]):
        values = every[:, channel]
        assert found.low[channel] == values.min()
        assert found.high[channel] == values.max()
        assert found.active[channel] == (values.max(axis=1) > 0).sum()
        assert found.counts[channel].sum() == values.size == found.units
        units = []
        for image, row in zip(pictures, values, strict=True):
            ranked = sorted((-value, image, place) for place, value in enumerate(row))
            units += ranked[:per_image]
        kept = zip(
            -found.top_values[channel],
            found.top_images[channel],
            found.top_positions[channel],
            strict=True,
        )
        expected = sorted(units)[:5]
        assert list(kept)[: len(expected)] == expected


@pytest.mark.parametrize(("channels", "units"), [(90, BINS - 1), (90, BINS), (3, 50_000)])
def test_every_value_is_counted_in_its_bin(channels, units):
    maps = np.random.default_rng(0).normal(size=(channels, 1, units)).astype(np.float32)
    maps[:, :, ::3] = 0
    maps[::2] = np.maximum(maps[::2], -0.0)
    found = Accumulator(channels)
    for image in (1, 2):
        found.add(image, reduce_maps(maps))
    for channel in range(channels):
        expected = np.bincount(bin_of(maps[channel, 0]), minlength=BINS)
        assert np.array_equal(found.counts[channel], 2 * expected)


def test_a_picture_is_counted_once():
    maps = np.ones(SHAPE, dtype=np.float32)
    once, twice = accumulate([(7, maps)]), accumulate([(7, maps), (7, maps)])
    assert once.to_bytes() == twice.to_bytes()
    with pytest.raises(ArgumentError, match="1 pictures are in both"):
        once.merge(twice)


def test_what_is_no_number_is_refused_and_leaves_no_trace():
    maps = np.ones(SHAPE, dtype=np.float32)
    found, without = accumulate([(1, maps)]), accumulate([(1, maps)])
    for bad in (np.nan, np.inf):
        with pytest.raises(NetworkError, match="no finite numbers"):
            found.add(2, reduce_maps(np.where(maps == 1, np.float32(bad), maps)))
    assert found.to_bytes() == without.to_bytes()


@given(st.lists(st.floats(-(2**24), 2**24, width=32), min_size=1, max_size=200))
def test_quantiles_are_within_their_stated_error(values):
    values = np.sort(np.float32(values))
    counts = np.bincount(bin_of(values), minlength=BINS)
    for share in (0.0, 0.05, 0.5, 0.95, 1.0):
        true = float(values[min(int(share * len(values)), len(values) - 1)])
        found = quantile(counts, share, float(values[0]), float(values[-1]))
        assert abs(found - true) <= max(abs(true) / 16, 2.0**-24)


def test_every_value_lies_between_the_edges_of_its_bin():
    rng = np.random.default_rng(0)
    values = np.float32(rng.normal(size=2000) * 10.0 ** rng.integers(-9, 7, 2000))
    found, borders = bin_of(values), edges()
    assert (borders[found] <= values).all()
    assert (values <= borders[found + 1]).all()


def test_the_bars_of_a_histogram_hold_every_value_between_the_extremes():
    values = np.float32([-2, -1.5, 0, 0, 0, 1, 2, 2])
    counts = np.bincount(bin_of(values), minlength=BINS)
    tall = heights(counts, -2.0, 2.0, 5)
    assert tall == pytest.approx(np.log1p([2, 0, 3, 1, 2]) / np.log1p(3))
    assert list(heights(np.bincount([BINS // 2], minlength=BINS), 0.0, 0.0, 3)) == [1, 0, 0]
