"""Where a module runs, and that it comes home."""

import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import torch
from torch import nn

from actiscope import NetworkError, open_network
from actiscope.networks.pytorch.running import Runner, _Threads

ELSEWHERE = "meta"
"""A device that every machine has; nothing can be computed on it."""


class Wandering(nn.Linear):
    def to(self, device):
        return self.to_empty(device=device)

    @property
    def where(self):
        return self.weight.device.type


def test_several_threads_do_not_take_it_from_each_other():
    module = Wandering(1, 1)
    way = SimpleNamespace(capture=SimpleNamespace(module=module))
    runner = Runner(way, ELSEWHERE)
    together = threading.Barrier(4)

    def work(_):
        together.wait()
        places = set()
        for _ in range(50):
            with runner.lent() as like:
                places |= {like.device.type, module.where}
        return places

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(work, range(4))) == [{ELSEWHERE}] * 4
    assert module.where == "cpu"


def test_it_stays_until_the_last_one_leaves():
    module = Wandering(1, 1)
    runner = Runner(SimpleNamespace(capture=SimpleNamespace(module=module)), ELSEWHERE)
    with runner.staying():
        with runner.staying(), runner.lent():
            assert module.where == ELSEWHERE
        assert module.where == ELSEWHERE
    assert module.where == "cpu"


def test_a_module_that_only_we_have_stays_where_it_is_run(tmp_path):
    (tmp_path / "net.py").write_text(
        "from torch import nn\ndef build():\n    return nn.Conv2d(3, 4, 3)\n"
    )
    source = f"{tmp_path}/net.py:build"
    network = open_network(source, size=(16, 16))
    assert network.as_torch().randomized()._module.weight.device.type == network.device
    if not torch.cuda.is_available():
        with pytest.raises(NetworkError, match=r"^build cannot be run on cuda: "):
            open_network(source, size=(16, 16), device="cuda")


def test_one_that_cannot_be_moved_is_brought_home():
    class Heavy(Wandering):
        def to(self, device):
            if str(device) == ELSEWHERE:
                super().to(device)
                raise RuntimeError("out of memory")
            return super().to(device)

    module = Heavy(1, 1)
    runner = Runner(SimpleNamespace(capture=SimpleNamespace(module=module)), ELSEWHERE)
    for _ in range(2):
        with pytest.raises(NetworkError, match="cannot be brought to meta: out of memory"):
            runner.staying().__enter__()
        assert module.where == "cpu"


def test_runs_at_the_same_time_leave_the_number_of_threads_as_it_was():
    before = torch.get_num_threads()
    threads = _Threads()
    torch.set_num_threads(3)
    try:
        with threads.set_to(1):
            other = threads.set_to(2)
            other.__enter__()
        other.__exit__(None, None, None)
        assert torch.get_num_threads() == 3
    finally:
        torch.set_num_threads(before)
