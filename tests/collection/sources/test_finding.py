"""Pictures are found in folders, lists, globs and tar files; what cannot be read is told."""

import io
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from actiscope.collection.sources import Item, content_id, count_items, find_items
from actiscope.errors import ArgumentError, ImageError


def found_in(*sources):
    told = {}
    items = list(find_items(sources, told.__setitem__))
    return items, told


def write_tar(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


@pytest.fixture
def folder(tmp_path):
    for name in ("b/two.jpg", "b/one.png", "a.jpg", ".hidden/x.jpg", "b/.DS_Store"):
        path = tmp_path / "photos" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path / "photos"


def test_a_folder_is_read_with_all_below_it_in_order(folder):
    items, told = found_in(folder)
    assert [os.path.relpath(item.name, folder) for item in items] == [
        "a.jpg", "b/one.png", "b/two.jpg",
    ]  # fmt: skip
    assert [item.read() for item in items] == [b"a.jpg", b"b/one.png", b"b/two.jpg"]
    assert not told


def test_a_glob_and_a_list_name_files(folder, tmp_path):
    items, _ = found_in(f"{folder}/**/*.jpg")
    assert [item.read() for item in items] == [b"a.jpg", b"b/two.jpg"]
    listing = tmp_path / "some.txt"
    listing.write_text("photos/b/two.jpg\n\nphotos/gone.jpg\nphotos/a.jpg\n")
    items, told = found_in(listing)
    assert [item.read() for item in items] == [b"b/two.jpg", b"a.jpg"]
    assert list(told) == [f"{tmp_path}/photos/gone.jpg"]


def test_pictures_are_read_out_of_shards(tmp_path):
    shard = tmp_path / "shard-000.tar"
    hidden = {"0/._a.jpg": b"what macOS adds"}
    write_tar(shard, {"0/a.jpg": b"first", "0/a.cls": b"7", **hidden, "0/b.png": b"second"})
    items, told = found_in(shard)
    assert [item.name for item in items] == [f"{shard}/0/a.jpg", f"{shard}/0/b.png"]
    assert [item.read() for item in items] == [b"first", b"second"]
    assert not told


def test_what_cannot_be_read_is_told_and_the_rest_is_found(folder):
    (folder / "broken.tar").write_bytes(b"no archive" * 100)
    (folder / "link.jpg").symlink_to("nowhere")
    os.mkfifo(folder / "pipe")
    items, told = found_in(folder)
    assert len(items) == 3
    assert {Path(name).name for name in told} == {"broken.tar", "link.jpg", "pipe"}
    assert all(told.values())


def test_what_does_not_exist_is_refused(tmp_path):
    for source, message in (("gone", "no file or folder"), ("*.jpg", "no file matches")):
        with pytest.raises(ArgumentError, match=message):
            found_in(tmp_path / source)
    with pytest.raises(ArgumentError, match="at least one"):
        found_in()


def test_a_file_that_has_gone_or_is_too_large_is_told_when_it_is_read(tmp_path):
    with pytest.raises(ImageError, match="cannot be read"):
        Item("x", str(tmp_path / "x"), 0, 1, "").read()
    with pytest.raises(ImageError, match="too large"):
        Item("x", str(tmp_path / "x"), 0, 1 << 40, "").read()


def test_an_id_is_that_of_the_bytes():
    assert content_id(b"a") == content_id(b"a") != content_id(b"b")
    assert -(2**63) <= content_id(b"a") < 2**63


@pytest.mark.parametrize("suffix", [".tar.gz", ".tgz", ".tar.bz2", ".tar.xz"])
def test_packed_shards_are_streamed(tmp_path, suffix):
    shard, plain = tmp_path / f"shard{suffix}", tmp_path / "shard.tar"
    members = {f"{n}.jpg": bytes([n]) * n * 100 for n in range(50)} | {"notes.txt": b"no picture"}
    write_tar(shard, members, "w:" + {"tgz": "gz"}.get(suffix[1:], suffix[5:]))
    write_tar(plain, members)
    items, told = found_in(shard)
    assert not told
    assert [item.data for item in items] == [item.read() for item in found_in(plain)[0]]
    assert [item.located().read() for item in items] == [item.data for item in items]
    assert (count_items([shard]), count_items([plain])) == (None, 50)
    assert [item.stamp for item in items] == [item.stamp for item in found_in(shard)[0]]
    shard.write_bytes(shard.read_bytes()[: shard.stat().st_size // 2])
    items, told = found_in(shard)
    assert list(told) == [str(shard)]


@pytest.mark.skipif(not shutil.which("tar"), reason="no tar here")
@pytest.mark.parametrize("form", ["gnu", "posix"])
def test_members_that_were_packed_without_their_holes_are_read_whole(tmp_path, form):
    data = b"begin" + bytes(1 << 20) + b"end"
    with (tmp_path / "a.png").open("wb") as file:
        file.write(data[:5])
        file.seek(len(data) - 3)
        file.write(data[-3:])
    (tmp_path / "b.png").write_bytes(b"plain")
    pack = ["tar", "--sparse", f"--format={form}", "-cf", "shard.tar", "a.png", "b.png"]
    done = subprocess.run(pack, cwd=tmp_path, capture_output=True, check=False)
    if done.returncode or (tmp_path / "shard.tar").stat().st_size > len(data):
        pytest.skip("this tar, or this disk, knows no holes")
    items, told = found_in(tmp_path / "shard.tar")
    assert not told
    assert [item.read() for item in items] == [data, b"plain"]


@pytest.mark.skipif(sys.version_info >= (3, 14), reason="it unpacks zstd")
def test_a_shard_that_this_python_cannot_unpack_is_told(tmp_path):
    (tmp_path / "shard.tar.zst").write_bytes(bytes.fromhex("28b52ffd") + bytes(99))
    _, told = found_in(tmp_path / "shard.tar.zst")
    assert "Python 3.14 or later unpacks zstd" in told[f"{tmp_path}/shard.tar.zst"]


def test_odd_names_are_told_as_text_and_read(tmp_path):
    names = [b"caf\xe9.jpg", "写真 😀.jpg".encode(), b"two\nlines.jpg", b"back\\slash.jpg"]
    names.append("red \x1b[31m\x9b\u2028.jpg".encode())
    for name in names:
        Path(tmp_path, os.fsdecode(name)).write_bytes(name)
    items, _ = found_in(tmp_path)
    assert {item.read() for item in items} == set(names)
    assert {Path(item.name).name for item in items} == {
        "caf\\udce9.jpg", "写真 😀.jpg", "two\\nlines.jpg", "back\\slash.jpg",
        "red \\x1b[31m\\x9b\\u2028.jpg",
    }  # fmt: skip
    listing = tmp_path / "some.txt"
    listing.write_bytes(b"\xef\xbb\xbf" + names[0] + b"\r\n \n" + names[1] + b"\n")
    assert [item.read() for item in found_in(listing)[0]] == names[:2]
    listing.write_bytes(bytes(100))
    assert found_in(listing)[1] == {
        str(listing): "it cannot be read as a list of files: it is no text"
    }
