"""What processes bring with them: they begin late, die, and may find another network."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import onnx
import pytest
import torch

from actiscope import open_network
from actiscope.collection.build import build
from actiscope.collection.runners import crew
from actiscope.collection.runners.local import LocalRunner
from actiscope.collection.runners.process import Process
from actiscope.errors import NetworkError
from tests.collection.conftest import LAYERS, OPTIONS, digest
from tests.collection.runners.conftest import processes_below
from tests.networks.tiny import RAW, convolution

CLI = [sys.executable, "-c", "from actiscope.cli.main import run; run()", "index", "build"]
MODULE = """
import torch
from torch import nn

def build():
    print("building", flush=True)
    torch.manual_seed(0)
    convolutions = nn.Conv2d(3, 16, 3), nn.Conv2d(16, 240, 1), nn.Conv2d(240, 40, 1)
    return nn.Sequential(*convolutions)
"""


def serving(pid):
    return [pid for pid, command in processes_below(pid).items() if "serve()" in command]


def test_they_take_the_places_of_threads_while_a_build_goes_on(
    tiny, photos, whole, tmp_path, monkeypatch
):
    taken = []
    take = Process.take

    def noted(process, group):
        taken.extend(group)
        return take(process, group)

    def wait_for_processes(_):
        if not taken:
            time.sleep(0.1)

    monkeypatch.setattr(crew, "_SOON", 0.0)
    monkeypatch.setattr(crew, "LARGEST", 1)
    monkeypatch.setattr(Process, "take", noted)
    path = tmp_path / "index.db"
    build(
        tiny, [photos], path, LAYERS, **OPTIONS,
        runner=LocalRunner(2), on_progress=wait_for_processes,
    )  # fmt: skip
    assert 0 < len(taken) < 60
    assert digest(path) == digest(whole)
    assert not serving(os.getpid())


def test_a_network_is_at_work_here_until_they_have_its_work(tiny, photos, tmp_path, monkeypatch):
    places = []
    at_work = type(tiny).at_work

    @contextmanager
    def noted(network, size=None):
        assert size == (OPTIONS["size"] if processes else None)
        places.append("here")
        with at_work(network, size):
            yield
        places.remove("here")

    monkeypatch.setattr(crew, "LARGEST", 1)
    monkeypatch.setattr(type(tiny), "at_work", noted)
    for processes in (False, True):
        seen = []
        build(
            tiny, [photos], tmp_path / f"{processes}.db", LAYERS, **OPTIONS,
            runner=LocalRunner(2, processes=processes),
            on_progress=lambda _, seen=seen: seen.append(len(places)),
        )  # fmt: skip
        assert seen[-2] == (0 if processes else 1)
        assert not places


def test_one_that_dies_is_told_with_its_pictures_and_the_build_can_go_on(
    tiny, photos, whole, tmp_path, monkeypatch
):
    monkeypatch.setattr(crew, "LARGEST", 1)

    def kill_all(progress):
        if progress.added == 1:
            for pid in serving(os.getpid()):
                os.kill(pid, signal.SIGKILL)

    path = tmp_path / "index.db"
    runner = LocalRunner(2, processes=True)
    with pytest.raises(NetworkError, match=r"^a worker ended \S.*, killed by SIGKILL$"):
        build(tiny, [photos], path, LAYERS, **OPTIONS, runner=runner, on_progress=kill_all)
    build(tiny, [photos], path, LAYERS, **OPTIONS, runner=runner)
    assert digest(path) == digest(whole)
    assert not serving(os.getpid())


def test_a_network_that_only_this_process_has_is_run_by_threads(
    photos, whole, tmp_path, monkeypatch
):
    monkeypatch.setattr(crew, "_SOON", 0.0)
    model = tmp_path / "mine.onnx"
    onnx.save(convolution(), model)
    network = open_network(model, **RAW)
    model.unlink()
    with pytest.raises(NetworkError, match=r"there is no file \S+mine.onnx$"):
        build(
            network, [photos], tmp_path / "i.db", LAYERS, **OPTIONS,
            runner=LocalRunner(2, processes=True),
        )  # fmt: skip
    assert not (tmp_path / "i.db").exists()
    network.name = "tiny"
    build(network, [photos], tmp_path / "i.db", LAYERS, **OPTIONS, runner=LocalRunner(2))
    assert digest(tmp_path / "i.db") == digest(whole)
    network.origin = None
    with pytest.raises(NetworkError, match="was made in this process"):
        build(
            network, [photos], tmp_path / "j.db", LAYERS, **OPTIONS,
            runner=LocalRunner(2, processes=True),
        )  # fmt: skip


@pytest.fixture
def several_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


@pytest.mark.usefixtures("several_threads")
def test_a_module_gives_the_same_whatever_runs_it_and_may_print(photos, tmp_path, capfd):
    (tmp_path / "net.py").write_text(MODULE)
    network = open_network(f"{tmp_path}/net.py:build", **RAW, size=(64, 64))
    capfd.readouterr()
    digests = set()
    for number, runner in enumerate(
        (LocalRunner(1), LocalRunner(2), LocalRunner(2, processes=True), LocalRunner(3))
    ):
        build(network, [photos], tmp_path / f"{number}.db", ["2"], size=64, runner=runner)
        digests.add(digest(tmp_path / f"{number}.db"))
    assert len(digests) == 1
    assert capfd.readouterr() == ("", "")


def test_an_interrupt_ends_them(photos, tmp_path, model_path):
    path = tmp_path / "index.db"
    folder = tmp_path / "photos"
    folder.mkdir()
    one = (photos / "1" / "01.jpg").read_bytes()
    for number in range(5000):
        (folder / f"{number}.jpg").write_bytes(one + b"%d" % number)
    command = [
        *CLI, str(folder), "--network", str(model_path), "--mean", "0", "--std", "1",
        "--pixel-scale", "1", "--layers", "conv", "--engine", "processes", "-o", str(path),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not path.exists():
            assert process.poll() is None
            time.sleep(0.05)
        begun = processes_below(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        told = process.communicate(timeout=30)[1]
    assert len(begun) > 1
    assert process.returncode == 130
    assert told.splitlines()[-1].startswith(f"actiscope: interrupted; {path} keeps all but")
    assert "Traceback" not in told
    for pid in begun:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_an_interrupt_while_they_begin_is_told_in_one_line(photos, tmp_path, model_path):
    command = [
        *CLI, str(photos), "--network", str(model_path), "--mean", "0", "--std", "1",
        "--pixel-scale", "1", "--layers", "conv", "--engine", "processes", "--workers", "4",
        "-o", str(tmp_path / "index.db"),
    ]  # fmt: skip
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not (begun := serving(process.pid)):
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        told = process.communicate(timeout=30)[1]
    assert process.returncode == 130
    assert "Traceback" not in told
    for pid in begun:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.filterwarnings("error::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_build_may_end_while_they_begin(tiny, photos, tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "_SOON", 0.0)
    for number in range(10):
        build(tiny, [photos], tmp_path / f"{number}.db", LAYERS, **OPTIONS, runner=LocalRunner(2))
        assert not serving(os.getpid())


def test_without_a_python_to_begin_threads_do_it(tiny, photos, whole, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", None)
    monkeypatch.setattr(crew, "_SOON", 0.0)
    build(tiny, [photos], tmp_path / "i.db", LAYERS, **OPTIONS, runner=LocalRunner(2))
    assert digest(tmp_path / "i.db") == digest(whole)
    with pytest.raises(NetworkError, match="no process can be begun"):
        build(
            tiny, [photos], tmp_path / "j.db", LAYERS, **OPTIONS,
            runner=LocalRunner(2, processes=True),
        )  # fmt: skip


def test_one_that_ends_before_its_first_picture_is_not_missed(
    tiny, photos, whole, tmp_path, monkeypatch
):
    def ended(process, _):
        process.kill()
        raise NetworkError("it has ended")

    monkeypatch.setattr(crew, "_SOON", 0.0)
    monkeypatch.setattr(Process, "join", ended)
    path = tmp_path / "index.db"
    build(
        tiny, [photos], path, LAYERS, **OPTIONS,
        runner=LocalRunner(2), on_progress=lambda _: time.sleep(0.02),
    )  # fmt: skip
    assert digest(path) == digest(whole)
