import numpy as np
import pytest

from actiscope import ArgumentError, strongest


@pytest.mark.parametrize("name", ["conv1", "fire6-squeeze1x1"])
def test_strongest_is_that_of_the_oracle(net, a1, oracle, name):
    wanted = next(each for each in oracle("layers_A1_227")["layers"] if each["name"] == name)
    best = strongest(net.activations(a1, name))[0]
    row, col = wanted["argmax_row_col_1based"]
    assert (best.channel, best.row, best.col) == (
        wanted["argmax_channel_1based"] - 1, row - 1, col - 1,
    )  # fmt: skip
    assert best.value == best.peak == pytest.approx(wanted["max"], rel=1e-5)
    assert best.field.contains(*net.activations(a1, name).geometry.centre(best.row, best.col))


def test_measures_and_order(net, a1):
    act = net.activations(a1, "fire6-squeeze1x1")
    by_hand = {
        "max": act.values.max(axis=(1, 2)),
        "mean": act.values.mean(axis=(1, 2), dtype=np.float64),
        "energy": (act.values.astype(np.float64) ** 2).sum(axis=(1, 2)),
    }
    for measure, values in by_hand.items():
        ranked = strongest(act, by=measure, top=None)
        assert [one.channel for one in ranked] == sorted(
            range(48), key=lambda channel: -values[channel]
        )
        assert [one.value for one in ranked] == pytest.approx(sorted(values, reverse=True))
    assert len(strongest(act, top=3)) == 3


def test_ties_go_to_the_lower_channel_and_the_first_unit(net):
    act = net.activations(np.zeros((32, 32, 3), np.uint8), "relu_conv1")
    dead = [one for one in strongest(act, top=None) if one.value == 0]
    assert len(dead) > 1
    assert [one.channel for one in dead] == sorted(one.channel for one in dead)
    assert {(one.row, one.col) for one in dead} == {(0, 0)}


def test_bad_arguments(net, a1):
    act = net.activations(a1, "conv1")
    with pytest.raises(ArgumentError, match="max, mean, energy, not 'median'"):
        strongest(act, by="median")
    with pytest.raises(ArgumentError, match="at least 1"):
        strongest(act, top=0)
    with pytest.raises(ArgumentError, match="choose one"):
        strongest(net.activations([a1], "conv1"))
