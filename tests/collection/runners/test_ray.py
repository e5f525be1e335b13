"""What Ray brings with it: processes that die, and machines that have other files."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import onnx
import pytest

from actiscope import open_network
from actiscope.collection.build import build
from actiscope.collection.runners.ray import RayRunner
from actiscope.errors import ArgumentError, MissingExtraError, NetworkError
from tests.collection.conftest import LAYERS, OPTIONS, digest
from tests.collection.runners.conftest import processes_below
from tests.networks.tiny import RAW, convolution

CLI = [sys.executable, "-c", "from actiscope.cli.main import run; run()", "index", "build"]


@pytest.mark.usefixtures("ray_begun")
def test_actors_that_die_are_begun_again_and_nothing_is_counted_twice(
    tiny, photos, whole, tmp_path
):
    killed = []

    def kill_all(progress):
        if progress.added == 1:
            for pid, command in processes_below(os.getpid()).items():
                if command.startswith("ray::MapWorker"):
                    os.kill(pid, signal.SIGKILL)
                    killed.append(pid)

    path = tmp_path / "index.db"
    runner = RayRunner(2)
    done = build(tiny, [photos], path, LAYERS, **OPTIONS, runner=runner, on_progress=kill_all)
    assert len(killed) == 2
    assert (done.added, done.copies, done.failed) == (60, 0, 0)
    assert digest(path) == digest(whole)


@pytest.mark.usefixtures("ray_begun")
def test_a_network_that_is_not_there_or_is_another_one_is_told(photos, tmp_path):
    model = tmp_path / "mine.onnx"
    onnx.save(convolution(), model)
    network = open_network(model, **RAW)
    onnx.save(convolution(stride=1), model)
    with pytest.raises(NetworkError, match=r"^on \S+: \S+mine.onnx is another network there"):
        build(network, [photos], tmp_path / "i.db", LAYERS, **OPTIONS, runner=RayRunner(1))
    model.unlink()
    with pytest.raises(NetworkError, match=r"^on \S+: there is no file \S+mine.onnx$"):
        build(network, [photos], tmp_path / "i.db", LAYERS, **OPTIONS, runner=RayRunner(1))
    assert not (tmp_path / "i.db").exists()


def test_a_module_of_this_process_cannot_be_sent(photos, tmp_path):
    import torch

    module = open_network(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3)), size=20)
    with pytest.raises(NetworkError, match=r"made in this process.*'file.py:function'"):
        build(module, [photos], tmp_path / "i.db", "all", runner=RayRunner(1))


@pytest.mark.usefixtures("ray_begun")
def test_a_process_joins_by_address_and_gives_the_same(model_path, photos, whole, tmp_path):
    import ray

    path = tmp_path / "index.db"
    address = ray.get_runtime_context().gcs_address
    command = [
        *CLI, str(photos), "--network", str(model_path), "--mean", "0", "--std", "1",
        "--pixel-scale", "1", "--layers", "conv,pool", "--size", "22x26", "--top", "7",
        "--per-image", "2", "--engine", "ray", "--workers", "2", "--address", address,
        "-o", str(path),
    ]  # fmt: skip
    ended = subprocess.run(command, capture_output=True, text=True)
    assert (ended.returncode, ended.stdout) == (0, "")
    note, layers, told = ended.stderr.splitlines()
    assert note.startswith("note: tiny does not say how pictures are prepared")
    assert told.startswith(f"{path}: 60 pictures; 60 new, 0 known, 0 copies, 0 failed")
    assert layers == "2 layers: conv, pool"
    assert digest(path) == digest(whole)


def test_an_interrupt_ends_it_and_ray(photos, tmp_path):
    folder, path = tmp_path / "photos", tmp_path / "index.db"
    folder.mkdir()
    one = (photos / "1" / "01.jpg").read_bytes()
    for number in range(2000):
        (folder / f"{number}.jpg").write_bytes(one + b"%d" % number)
    command = [*CLI, str(folder), "--engine", "ray", "--workers", "1", "-o", str(path)]
    with subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        begun = {}
        while not any(command.startswith("ray::MapWorker") for command in begun.values()):
            assert process.poll() is None
            time.sleep(0.1)
            begun = processes_below(process.pid)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        told = process.communicate(timeout=60)[1]
        assert told.startswith(f"\nactiscope: interrupted; {path} keeps all but")
        assert len(told.splitlines()) == 2
    assert process.returncode == 130
    deadline = time.monotonic() + 30
    while begun and time.monotonic() < deadline:
        begun = {pid: command for pid, command in begun.items() if runs(pid)}
        time.sleep(0.1)
    assert not begun


def runs(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def test_without_ray_the_command_that_installs_it_is_told(tiny, photos, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'actiscope\[ray\]'"):
        build(tiny, [photos], tmp_path / "i.db", LAYERS, **OPTIONS, runner=RayRunner(1))
    assert not (tmp_path / "i.db").exists()


@pytest.mark.usefixtures("ray_begun")
def test_more_workers_than_cores_are_refused(tiny, photos, tmp_path):
    with pytest.raises(ArgumentError, match="5 workers need a core each, and Ray has 4"):
        build(tiny, [photos], tmp_path / "i.db", LAYERS, **OPTIONS, runner=RayRunner(5))
