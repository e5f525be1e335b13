import stat

import pytest

from actiscope.errors import OutputError
from actiscope.files import write_file, write_folder


def test_file_is_written_and_replaced(tmp_path):
    target = tmp_path / "a.bin"
    write_file(target, b"one")
    write_file(target, b"two")
    assert target.read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["a.bin"]


def test_new_file_has_the_mode_that_open_would_give(tmp_path):
    (tmp_path / "plain").write_bytes(b"")
    write_file(tmp_path / "ours", b"")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert len(modes) == 1


def test_links_are_written_through_and_long_names_work(tmp_path):
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_file(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    write_file(tmp_path / ("x" * 255), b"")


@pytest.mark.parametrize(
    ("place", "reason"),
    [("nowhere/a.png", "no folder"), ("file/a.png", "not a folder"), ("folder", "it is a folder")],
)
def test_unwritable_places_are_refused_and_left_alone(tmp_path, place, reason):
    (tmp_path / "file").write_bytes(b"kept")
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError, match=reason):
        write_file(tmp_path / place, b"new")
    assert (tmp_path / "file").read_bytes() == b"kept"
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "folder"]


def test_folder_is_filled_at_the_end(tmp_path):
    target = tmp_path / "above" / "here"
    with write_folder(target) as beside:
        (beside / "one").write_bytes(b"1")
        assert not target.exists()
    assert [path.name for path in target.iterdir()] == ["one"]
    assert [path.name for path in target.parent.iterdir()] == ["here"]


def test_failure_leaves_the_folder_as_it_was(tmp_path):
    target = tmp_path / "here"
    target.mkdir()
    (target / "one").write_bytes(b"old")

    def fail():
        with write_folder(target) as beside:
            (beside / "one").write_bytes(b"new")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (target / "one").read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_a_file_in_the_way_of_a_folder(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for place in ("file", "file/below"):
        with (
            pytest.raises(OutputError, match="a file is in the way"),
            write_folder(tmp_path / place),
        ):
            pass
