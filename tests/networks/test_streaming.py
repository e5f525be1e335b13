"""Many pictures give, in order, what each alone gives."""

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info

from actiscope import ImageError, open_network
from actiscope.networks.streaming import stream


@pytest.fixture(scope="module")
def pictures():
    rng = np.random.default_rng(0)
    return [rng.integers(0, 256, (40 + 3 * n, 50, 3), dtype=np.uint8) for n in range(9)]


@pytest.mark.parametrize("kind", ["onnx", "pytorch"])
@pytest.mark.parametrize("workers", [1, 3])
def test_each_picture_gives_what_it_gives_alone(pictures, kind, workers):
    module = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU())
    net = open_network("squeezenet") if kind == "onnx" else open_network(module, size=32)
    layers = [net.layers[1].name, net.layers[2].name]
    found = list(stream(net, iter(pictures), layers, workers=workers))
    assert [number for number, _ in found] == list(range(9))
    for number, answer in found:
        alone = net.activations(pictures[number], layers)
        assert list(answer) == layers
        for name in layers:
            np.testing.assert_array_equal(answer[name].values, alone[name].values)


def test_pictures_that_cannot_be_read_are_told_and_left_out(pictures):
    net = open_network("squeezenet")
    mixed = [pictures[0], b"no picture", pictures[1], "missing.png"]
    told = []
    found = stream(
        net, mixed, ["conv1"], on_error=lambda number, error: told.append((number, error))
    )
    assert [number for number, _ in found] == [0, 2]
    assert [number for number, _ in told] == [1, 3]
    assert all(isinstance(error, ImageError) for _, error in told)
    with pytest.raises(ImageError):
        list(stream(net, mixed, ["conv1"]))


def test_pictures_are_taken_as_they_are_needed(pictures):
    taken = []

    def endless():
        while True:
            taken.append(1)
            yield pictures[0]

    found = stream(open_network("squeezenet"), endless(), ["conv1"], workers=2)
    assert next(found)[0] == 0
    found.close()
    assert len(taken) <= 6


def blas_threads():
    return [each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"]


def test_matrix_products_take_one_thread_in_each_worker_and_as_many_as_before_afterwards(pictures):
    before = blas_threads()
    found = stream(open_network("squeezenet"), pictures, ["conv1"], workers=2)
    next(found)
    assert set(blas_threads()) == {1}
    found.close()
    assert blas_threads() == before


def test_an_error_that_is_told_later_holds_no_picture(net):
    told = []
    list(stream(net, [b"no picture"], ["conv1"], on_error=lambda *problem: told.append(problem)))
    ((_, error),) = told
    assert error.__traceback__ is error.__context__ is error.__cause__ is None
