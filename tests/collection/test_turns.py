"""One build at a time, which says how far it came."""

import shutil
from types import SimpleNamespace

import pytest

from actiscope.collection import ledger
from actiscope.collection.build import build
from actiscope.collection.index import Index
from actiscope.collection.runners.local import LocalRunner
from actiscope.collection.settings import Batch
from actiscope.collection.store import Store, find_settings
from actiscope.collection.turns import lock_of, one_build
from actiscope.errors import ArgumentError, OutputError
from tests.collection.conftest import LAYERS, OPTIONS, digest


def test_two_builds_at_a_time_do_not_spoil_the_index(tiny, photos, tmp_path):
    path, refused = tmp_path / "index.db", []

    def other_build(_progress):
        if not refused:
            with pytest.raises(OutputError, match="another build is at it") as error:
                build(tiny, [photos / "1"], path, LAYERS, **OPTIONS)
            refused.append(error)

    build(tiny, [photos / "0"], path, LAYERS, **OPTIONS, on_progress=other_build)
    assert refused
    assert [file.name for file in tmp_path.iterdir()] == ["index.db"]
    assert build(tiny, [photos], path, LAYERS, **OPTIONS).added == 45


def test_what_a_store_did_not_see_being_written_is_not_written_over(whole, tmp_path):
    path = tmp_path / "index.db"
    shutil.copy(whole, path)
    settings = find_settings(path)
    with Store(path, settings) as first, Store(path, settings) as second:
        first.write(Batch.empty(settings), first.accumulators())
        with pytest.raises(OutputError, match="by another build at the same time"):
            second.write(Batch.empty(settings), second.accumulators())


def test_where_writing_takes_long_it_is_for_several_batches(
    tiny, photos, whole, tmp_path, monkeypatch
):
    now, sizes, write = [0.0], [], Store.write

    def slow_write(store, batch, totals, *, last):
        now[0] += 1
        sizes.append(len(batch.files))
        write(store, batch, totals, last=last)

    monkeypatch.setattr(Store, "write", slow_write)
    monkeypatch.setattr(ledger, "time", SimpleNamespace(monotonic=lambda: now[0]))
    path = tmp_path / "index.db"
    build(tiny, [photos], path, LAYERS, **OPTIONS, runner=LocalRunner(1), write_every=0.0)
    assert (len(sizes), sum(sizes)) == (2, 60)
    assert digest(path) == digest(whole)


def test_a_build_that_is_stopped_leaves_an_index_that_says_so(tiny, photos, tmp_path):
    path = tmp_path / "index.db"

    def stop(progress):
        if progress.added == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tiny, [photos], path, LAYERS, **OPTIONS, on_progress=stop, write_every=0.0)
    with Index(path) as index:
        assert (0 < index.images < 60, index.finished) == (True, False)
    assert [file.name for file in tmp_path.iterdir()] == ["index.db"]
    for _ in range(2):  # the second has nothing to do
        build(tiny, [photos], path, LAYERS, **OPTIONS)
        with Index(path) as index:
            assert (index.images, index.finished) == (60, True)


@pytest.mark.parametrize("before", ["no index", "an index that is finished"])
def test_an_index_is_not_finished_before_its_build_is(tiny, photos, tmp_path, before):
    path = tmp_path / "index.db"
    if before == "an index that is finished":
        build(tiny, [photos / "0"], path, LAYERS, **OPTIONS)

    def look(progress):
        if progress.done < 60:
            with Index(path) as index:
                assert not index.finished

    build(tiny, [photos], path, LAYERS, **OPTIONS, on_progress=look, write_every=60.0)


@pytest.mark.parametrize("name", ["link.db", "other/index.db", "two.db/../index.db"])
def test_an_index_has_one_build_by_whatever_name(tiny, photos, tmp_path, name):
    path = tmp_path / "index.db"
    (tmp_path / "link.db").symlink_to(path)
    (tmp_path / "other").symlink_to(tmp_path)
    (tmp_path / "two.db").mkdir()
    with one_build(path), pytest.raises(OutputError, match="another build is at it"):
        build(tiny, [photos], tmp_path / name, LAYERS, **OPTIONS)
    assert not lock_of(path).exists()
    assert build(tiny, [photos], tmp_path / name, LAYERS, **OPTIONS).added == 60


def test_a_file_in_the_way_of_a_build_stays(tiny, photos, tmp_path):
    path = tmp_path / "index.db"
    lock_of(path).write_text("mine")
    with pytest.raises(OutputError, match=r"index.db-building is in the way"):
        build(tiny, [photos], path, LAYERS, **OPTIONS)
    assert lock_of(path).read_text() == "mine"
    lock_of(path).write_bytes(b"")  # as a kill leaves it
    assert build(tiny, [photos], path, LAYERS, **OPTIONS).added == 60
    assert not lock_of(path).exists()


def test_a_path_that_leads_nowhere_is_told(tiny, photos, tmp_path):
    path = tmp_path / "loop.db"
    path.symlink_to(path)
    with pytest.raises(OutputError, match="cannot write"):
        build(tiny, [photos], path, LAYERS, **OPTIONS)


def test_an_index_among_its_pictures_is_no_picture_by_whatever_name(tiny, photos, tmp_path):
    folder = tmp_path / "photos"
    shutil.copytree(photos / "0", folder)
    (tmp_path / "link.db").symlink_to(folder / "real.db")
    (folder / "again.db").symlink_to(folder / "real.db")
    for added in (15, 0):
        done = build(tiny, [folder], tmp_path / "link.db", LAYERS, **OPTIONS)
        assert (done.added, done.failed) == (added, 0)


def test_what_was_mended_is_no_failure_any_more_and_other_failures_stay(tiny, photos, tmp_path):
    folder, other, path = tmp_path / "set", tmp_path / "other", tmp_path / "index.db"
    shutil.copytree(photos / "0", folder)
    other.mkdir()
    for broken in (folder / "cut.tar", folder / "gone.jpg", other / "bad.jpg"):
        broken.write_bytes(b"broken")
    build(tiny, [folder, other], path, LAYERS, **OPTIONS)
    with Index(path) as index:
        assert len(index.failures) == 3
    (folder / "gone.jpg").unlink()
    (folder / "cut.tar").unlink()
    shutil.make_archive(str(folder / "cut"), "tar", photos / "1")
    assert build(tiny, [folder], path, LAYERS, **OPTIONS).added == 15
    with Index(path) as index:
        assert list(index.failures) == [str(other / "bad.jpg")]


def test_an_index_of_another_network_is_told_before_its_layers_are_looked_for(tiny, net, whole):
    with pytest.raises(ArgumentError, match="was built with another network, or another prep"):
        build(net, ["anything"], whole)
    assert tiny.name == "tiny"
