"""A build adds what is new, refuses what does not fit, and leaves an index that opens."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
import pytest

from actiscope import open_network
from actiscope.collection.build import build
from actiscope.collection.index import Index
from actiscope.collection.store import Store, find_settings
from actiscope.errors import ArgumentError, LayerNotFoundError, OutputError
from tests.collection.conftest import LAYERS, OPTIONS, build_command, digest
from tests.networks.tiny import RAW, convolution, opened


def test_any_order_and_split_of_the_sources_gives_the_same_answer(tiny, photos, whole, tmp_path):
    files = sorted(str(path) for path in photos.rglob("*.*"))
    random.Random(1).shuffle(files)
    for part in (files[:13], files[:40], files[40:], files):
        build(tiny, part, tmp_path / "index.db", LAYERS, **OPTIONS)
    assert digest(tmp_path / "index.db") == digest(whole)


def test_what_is_there_is_not_read_again_and_what_is_new_is_added(tiny, photos, tmp_path):
    folder = tmp_path / "photos"
    shutil.copytree(photos / "0", folder)
    path = tmp_path / "index.db"
    build(tiny, [folder], path, LAYERS, **OPTIONS)
    again = build(tiny, [folder], path, LAYERS, **OPTIONS)
    assert (again.known, again.added) == (15, 0)
    shutil.copytree(photos / "1", folder / "more")
    more = build(tiny, [folder], path, LAYERS, **OPTIONS)
    assert (more.known, more.added) == (15, 15)


def test_shards_give_what_the_folder_gives(tiny, photos, whole, tmp_path):
    with tarfile.open(tmp_path / "shard.tar", "w") as shard:
        shard.add(photos, "photos")
    path = tmp_path / "index.db"
    build(tiny, [tmp_path / "shard.tar"], path, LAYERS, **OPTIONS)
    with Store(path) as first, Store(whole) as second:
        for one, other in zip(first.accumulators(), second.accumulators(), strict=True):
            assert one.to_bytes() == other.to_bytes()


def test_files_whose_names_are_no_text_are_known_again_and_found_again(tiny, photos, tmp_path):
    folder, path = tmp_path / "photos", tmp_path / "index.db"
    shutil.copytree(photos / "0", folder)
    odd = os.fsdecode(b"caf\xe9.png")
    shutil.copy(photos / "1" / "01.jpg", folder / odd)
    assert build(tiny, [folder], path, LAYERS, **OPTIONS).added == 16
    assert build(tiny, [folder], path, LAYERS, **OPTIONS).known == 16
    (folder / odd).unlink()
    shutil.copy(photos / "1" / "05.jpg", folder / odd)
    assert build(tiny, [folder], path, LAYERS, **OPTIONS).added == 1
    with Index(path) as index:
        ids = [image for (image,) in index.store.rows("SELECT id FROM images")]
        found = [item for image in ids for item in index.items(image) if "udce9" in item.name]
        assert len(found) == 2  # what it holds now, and what it held
        assert found[0].read() == (photos / "1" / "05.jpg").read_bytes()


def test_a_file_that_is_mended_is_no_failure_any_more(tiny, photos, tmp_path):
    photo = tmp_path / "photo.png"
    photo.write_bytes(b"broken")
    path = tmp_path / "index.db"
    assert build(tiny, [photo], path, LAYERS, **OPTIONS).failed == 1
    shutil.copy(photos / "0" / "00.png", photo)
    assert build(tiny, [photo], path, LAYERS, **OPTIONS).added == 1
    with Store(path) as store:
        assert not store.rows("SELECT * FROM failures")


def test_the_index_may_lie_among_the_pictures(tiny, photos, tmp_path):
    shutil.copytree(photos / "0", tmp_path / "photos")
    done = build(tiny, [tmp_path / "photos"], tmp_path / "photos" / "i.db", LAYERS, **OPTIONS)
    assert (done.added, done.failed) == (15, 0)
    again = build(tiny, [tmp_path / "photos"], tmp_path / "photos" / "i.db", LAYERS, **OPTIONS)
    assert (again.total, again.known, again.failed) == (15, 15, 0)


def test_another_network_preparation_or_setting_is_refused(tiny, photos, whole, tmp_path):
    other = opened(tmp_path, convolution(stride=1))
    prepared = open_network(tmp_path / "model.onnx", **{**RAW, "mean": (5.0,)})
    for network, layers, options, message in (
        (other, LAYERS, OPTIONS, "another network, or another preparation, than model: tiny"),
        (prepared, LAYERS, OPTIONS, "another network, or another preparation"),
        (tiny, ["conv"], OPTIONS, "other layers: conv, pool"),
        (tiny, LAYERS, {**OPTIONS, "top": 8}, "top 7, this is 8"),
        (tiny, LAYERS, {**OPTIONS, "size": 30}, "size"),
    ):
        before = whole.read_bytes()
        with pytest.raises(ArgumentError, match=message):
            build(network, [photos], whole, layers, **options)
        assert whole.read_bytes() == before
    with pytest.raises(LayerNotFoundError):
        build(tiny, [photos], tmp_path / "new.db", ["nothing"])


def test_a_file_that_is_no_index_is_refused_and_left(tiny, photos, tmp_path):
    text, other = tmp_path / "notes.txt", tmp_path / "other.db"
    text.write_text("no database at all, but long enough to be one" * 50)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    for path, error in ((text, OutputError), (other, ArgumentError)):
        before = path.read_bytes()
        with pytest.raises(error):
            build(tiny, [photos], path, LAYERS, **OPTIONS)
        with pytest.raises(ArgumentError, match="is no index"):
            Store(path)
        assert path.read_bytes() == before
    with pytest.raises(ArgumentError, match="there is no index"):
        Store(tmp_path / "gone.db")
    (tmp_path / "begun.db").touch()  # as a full disk leaves it
    with pytest.raises(ArgumentError, match="is no index yet"):
        Store(tmp_path / "begun.db")
    assert build(tiny, [photos / "0"], tmp_path / "begun.db", LAYERS, **OPTIONS).added == 15


def test_a_full_disk_ends_with_one_line_and_an_index_that_opens(model_path, photos, tmp_path):
    path = tmp_path / "index.db"
    limited = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))\n"
    )
    command = build_command(model_path, photos, path, first=limited)
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 1
    assert f"OutputError: cannot write {path}: " in ended.stderr.splitlines()[-1]
    with Store(path) as store:
        assert 0 < store.rows("SELECT count(*) FROM images")[0][0] < 60


def test_a_store_that_cannot_be_written_is_told_and_can_be_read(
    model_path, photos, whole, tmp_path
):
    path = tmp_path / "index.db"
    shutil.copy(whole, path)
    (photos / "0" / "new.png").write_bytes(b"new")
    path.chmod(0o444)
    tmp_path.chmod(0o555)
    command = build_command(model_path, photos, path)
    try:
        ended = subprocess.run(as_nobody(command), capture_output=True, text=True)
    finally:
        (photos / "0" / "new.png").unlink()
        tmp_path.chmod(0o755)
    assert ended.returncode == 1
    assert f"OutputError: cannot write {path}: " in ended.stderr.splitlines()[-1]
    assert digest(path) == digest(whole)


def as_nobody(command):
    """Return a command as a user to whom permissions apply."""
    if os.getuid():
        return command
    if not shutil.which("setpriv"):
        pytest.skip("root may write anything")
    return ["setpriv", "--inh-caps=-all", "--bounding-set=-all", *command]


def test_progress_tells_how_far_it_is(tiny, photos, tmp_path):
    told = []
    build(
        tiny, [photos], tmp_path / "index.db", LAYERS, **OPTIONS,
        on_progress=lambda progress: told.append((progress.added, progress.seconds_left)),
    )  # fmt: skip
    assert [added for added, _ in told] == sorted(added for added, _ in told)
    assert told[-1] == (60, 0.0)
    assert np.isfinite([left for _, left in told]).all()


def test_progress_ends_where_it_said_that_it_would(tiny, photos, tmp_path):
    folder, path = tmp_path / "photos", tmp_path / "index.db"
    shutil.copytree(photos / "0", folder)
    (folder / "notes.png").write_text("no picture")
    (folder / "more").symlink_to(photos / "1")
    (folder / "gone.png").symlink_to("nowhere")
    totals = set()
    done = build(
        tiny, [folder], path, LAYERS, **OPTIONS,
        on_progress=lambda progress: totals.add(progress.total),
    )  # fmt: skip
    assert (done.total, done.done, done.failed) == (18, 18, 3)
    assert totals == {18}
    with Index(path) as index:
        assert index.failures[f"{folder}/more"].startswith("it is a link to a folder; name it")


def test_nothing_to_be_read_is_refused_and_makes_no_index(tiny, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken.tar").write_bytes(b"no tar file")
    for name, message in (
        ("empty", "empty$"),
        ("broken.tar", "broken.tar: it cannot be read as a tar file"),
    ):
        with pytest.raises(ArgumentError, match=f"there is no picture in .*{message}"):
            build(tiny, [tmp_path / name], tmp_path / "index.db", LAYERS, **OPTIONS)
    assert not (tmp_path / "index.db").exists()


def test_an_index_that_was_left_unfinished_is_not_read_without_its_end(whole, tmp_path):
    made, left = tmp_path / "made.db", tmp_path / "left" / "made.db"
    left.parent.mkdir()
    shutil.copy(whole, made)
    with Store(made, find_settings(made)) as store:
        store.rows("INSERT INTO failures VALUES ('new', 0, '', 'written last')")
        for suffix in ("", "-wal"):  # as a kill leaves it
            shutil.copy(f"{made}{suffix}", f"{left}{suffix}")
    script = (
        "import sys\nfrom actiscope.collection.index import Index\n"
        "with Index(sys.argv[1]) as index: print(*index.failures)"
    )
    command = as_nobody([sys.executable, "-c", script, str(left)])
    left.parent.chmod(0o555)
    try:
        ended = subprocess.run(command, capture_output=True, text=True)
    finally:
        left.parent.chmod(0o755)
    assert ended.returncode == 1
    assert "what it wrote last lies in made.db-wal; copy both" in ended.stderr.splitlines()[-1]
    with Index(left) as index:
        assert "new" in index.failures


def test_members_of_a_shard_with_one_name_are_each_known_again(tiny, photos, tmp_path):
    shard, path = tmp_path / "shard.tar", tmp_path / "index.db"
    with tarfile.open(shard, "w") as archive:
        archive.add(photos / "0" / "00.png", "same.png")
    build(tiny, [shard], path, LAYERS, **OPTIONS)
    known = shard.stat()
    with tarfile.open(shard, "a") as archive:
        archive.add(photos / "0" / "04.png", "same.png")
    with Store(
        path, find_settings(path)
    ) as store:  # as if the build had been killed after the first
        (row,) = store.rows("SELECT stamp FROM files")
        assert row[0] == f"{known.st_mtime_ns}:{known.st_size}"
        store.rows(
            "UPDATE files SET stamp = ?", f"{shard.stat().st_mtime_ns}:{shard.stat().st_size}"
        )
    again = build(tiny, [shard], path, LAYERS, **OPTIONS)
    assert (again.known, again.added) == (1, 1)


@pytest.mark.parametrize("order", [1, -1])
def test_a_broken_member_and_a_good_one_of_one_name_are_both_told(tiny, photos, tmp_path, order):
    shard, path, broken = (tmp_path / name for name in ("shard.tar", "index.db", "broken.png"))
    broken.write_bytes(b"broken")
    members = [broken, photos / "0" / "00.png"][::order]
    with tarfile.open(shard, "w") as archive:
        for member in members:
            archive.add(member, "same.png")
    done = build(tiny, [shard], path, LAYERS, **OPTIONS, write_every=0.0)
    assert (done.added, done.failed) == (1, 1)
    with Index(path) as index:
        assert [Path(name).name for name in index.failures] == ["same.png"]
    with tarfile.open(shard, "w") as archive:  # as broken, but elsewhere
        archive.add(photos / "0" / "12.png", "first.png")
        archive.add(broken, "same.png")
    build(tiny, [shard], path, LAYERS, **OPTIONS)
    with Store(path) as store:
        assert len(store.rows("SELECT * FROM failures")) == 1
    with tarfile.open(shard, "w") as archive:  # mended
        archive.add(photos / "0" / "04.png", "first.png")
        archive.add(photos / "0" / "08.png", "same.png")
    build(tiny, [shard], path, LAYERS, **OPTIONS)
    with Index(path) as index:
        assert not index.failures


def test_an_index_without_a_folder_is_refused(tiny, photos, tmp_path):
    path = tmp_path / "no" / "index.db"
    with pytest.raises(OutputError, match=r"^cannot write \S+: there is no folder \S+no$"):
        build(tiny, [photos], path, LAYERS, **OPTIONS)
