"""What every runner keeps to: it does not show in the index who did the work."""

import random
import shutil
import signal
import subprocess
import tarfile
import time
from pathlib import Path

import pytest
from PIL import Image

from actiscope.collection.build import build
from actiscope.collection.runners.reducing import Reducer
from actiscope.collection.store import Store
from tests.collection.conftest import LAYERS, OPTIONS, build_command, digest
from tests.collection.runners.conftest import RUNNERS


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_any_number_of_workers_gives_the_same_answer(tiny, photos, whole, tmp_path, kind, workers):
    path = tmp_path / "index.db"
    runner = RUNNERS[kind](workers)
    done = build(tiny, [photos], path, LAYERS, **OPTIONS, runner=runner, write_every=0.0)
    assert (done.added, done.copies, done.failed) == (60, 0, 0)
    assert digest(path) == digest(whole)


def test_a_build_that_is_killed_again_and_again_gives_the_same_answer(
    model_path, tiny, photos, whole, tmp_path, kind, runner
):
    path = tmp_path / "index.db"
    command = build_command(model_path, photos, path, kind)
    rng, counts = random.Random(0), [0]
    for _ in range({"local": 12, "processes": 6, "ray": 2}[kind]):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            for _ in range(rng.choice([1, 1, 2, 3]) if kind != "ray" else 12):
                process.stdout.readline()
            time.sleep(rng.uniform(0, 0.08))
            process.send_signal(signal.SIGKILL)
        if path.exists():
            with Store(path) as store:
                counts.append(store.rows("SELECT count(*) FROM images")[0][0])
    assert counts == sorted(counts)
    assert any(0 < count < 60 for count in counts)
    build(tiny, [photos], path, LAYERS, **OPTIONS, runner=runner)
    assert digest(path) == digest(whole)


def test_what_is_no_picture_is_told_and_does_not_stop_it(tiny, photos, tmp_path, runner):
    folder = tmp_path / "mixed"
    shutil.copytree(photos, folder / "photos")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "notes.txt").write_text("nothing to see")
    (folder / "cut.jpg").write_bytes((photos / "1" / "01.jpg").read_bytes()[:300])
    (folder / "gone.png").symlink_to("nowhere")
    Image.new("1", (20_000, 20_000)).save(folder / "huge.png")
    done = build(tiny, [folder], tmp_path / "index.db", LAYERS, **OPTIONS, runner=runner)
    assert (done.added, done.failed) == (60, 5)
    with Store(tmp_path / "index.db") as store:
        told = dict(store.rows("SELECT name, reason FROM failures"))
    reasons = {Path(name).name: reason for name, reason in told.items()}
    assert "is empty" in reasons["empty.jpg"]
    assert "it is a text" in reasons["notes.txt"]
    assert "damaged" in reasons["cut.jpg"]
    assert "cannot be read" in reasons["gone.png"]
    assert "too large" in reasons["huge.png"]
    assert all("\n" not in reason for reason in reasons.values())


def test_pictures_under_two_names_count_once_and_broken_ones_twice(tiny, photos, tmp_path, runner):
    one = photos / "0" / "00.png"
    shutil.copy(one, tmp_path / "copy.png")
    for name in ("broken.png", "again.png"):
        (tmp_path / name).write_bytes(b"broken")
    twice, once = tmp_path / "twice.db", tmp_path / "once.db"
    sources = [one, *sorted(tmp_path.glob("*.png"))]
    done = build(tiny, sources, twice, LAYERS, **OPTIONS, runner=runner)
    assert (done.added, done.copies, done.failed) == (1, 1, 2)
    build(tiny, [one], once, LAYERS, **OPTIONS)
    with Store(twice) as first, Store(once) as second:
        states = [[each.to_bytes() for each in store.accumulators()] for store in (first, second)]
        assert len(first.rows("SELECT * FROM failures")) == 2
    assert states[0] == states[1]
    (tmp_path / "copies").mkdir()
    shutil.copy(one, tmp_path / "copies")
    later = build(tiny, [tmp_path / "copies"], twice, LAYERS, **OPTIONS, runner=runner)
    assert (later.added, later.copies) == (0, 1)


def test_bytes_that_came_with_the_finding_are_not_kept(tiny, photos, tmp_path, monkeypatch, runner):
    with tarfile.open(tmp_path / "shard.tar.gz", "w:gz") as shard:
        shard.add(photos, "photos")
    files, write = [], Store.write

    def noted(store, batch, totals, *, last):
        files.extend(batch.files)
        write(store, batch, totals, last=last)

    monkeypatch.setattr(Store, "write", noted)
    path = tmp_path / "index.db"
    build(tiny, [tmp_path / "shard.tar.gz"], path, LAYERS, **OPTIONS, runner=runner)
    assert [item.data for item, _ in files] == [None] * 60


def test_large_files_are_taken_one_at_a_time(
    tiny, photos, whole, tmp_path, monkeypatch, kind, runner
):
    run, taken = Reducer.run, []

    def noted(reducer, files):
        taken.append(len(files))
        return run(reducer, files)

    monkeypatch.setattr(Reducer, "run", noted)
    limited = {"ray": "ray"}.get(kind, "crew")
    monkeypatch.setattr(f"actiscope.collection.runners.{limited}.LARGEST", 1)
    build(tiny, [photos], tmp_path / "index.db", LAYERS, **OPTIONS, runner=runner)
    assert set(taken) == ({1} if kind == "local" else set())  # others are other processes
    assert digest(tmp_path / "index.db") == digest(whole)


def test_errors_of_pictures_do_not_hold_them(tiny, whole):
    with Store(whole) as store:
        (error,) = Reducer(tiny, store.settings).run([b"no picture"])
    assert error.__traceback__ is error.__context__ is error.__cause__ is None
