"""Pictures elsewhere are found and read: a real web server, zip files and memory, by fsspec."""

import functools
import gzip
import http.server
import itertools
import socket
import tarfile
import threading
import zipfile

import fsspec
import pytest

from actiscope.collection.build import build
from actiscope.collection.features import features
from actiscope.collection.sources import Item, count_items, fetched, find_items, remote
from actiscope.collection.sources.items import _LARGEST_AHEAD
from actiscope.collection.store import Store
from actiscope.errors import ArgumentError, ImageError, MissingExtraError
from tests.collection.conftest import LAYERS
from tests.missing import run_without

SIZE = (22, 26)


@pytest.fixture
def serve():
    """Serve a folder; what was asked for is kept in `asked`."""
    servers = []

    def start(folder):
        class Handler(http.server.SimpleHTTPRequestHandler):
            def log_message(self, *_):
                asked.append(f"{self.command} {self.path}")

        asked = []
        handler = functools.partial(Handler, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}", asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def silent():
    """The address of a server that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def found_in(*sources):
    told = {}
    items = list(find_items(sources, told.__setitem__))
    return items, told


def pack(photos, path, mode):
    with tarfile.open(path, mode) as shard:
        shard.add(photos, "photos")


def states(path):
    with Store(path) as store:
        return [each.to_bytes() for each in store.accumulators()]


@pytest.fixture(scope="module")
def whole(tiny, photos, tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "index.db"
    build(tiny, [photos], path, LAYERS, size=SIZE)
    return path


def test_a_web_server_gives_what_the_folder_gives_and_is_not_asked_twice(
    tiny, photos, whole, tmp_path, serve
):
    address, asked = serve(photos)
    path = tmp_path / "index.db"
    done = build(tiny, [f"{address}/"], path, LAYERS, size=SIZE)
    assert (done.added, done.failed, done.total) == (60, 0, 60)
    assert states(path) == states(whole)
    assert sum("png" in each or "jpg" in each for each in asked) == 60
    asked.clear()
    again = build(tiny, [f"{address}/"], path, LAYERS, size=SIZE)
    assert (again.known, again.added) == (60, 0)
    assert not any("png" in each or "jpg" in each for each in asked)


def test_shards_of_a_web_server_are_streamed_and_read_again(tiny, photos, whole, tmp_path, serve):
    pack(photos, tmp_path / "a.tar.gz", "w:gz")
    pack(photos, tmp_path / "b.tar", "w")
    address, asked = serve(tmp_path)
    for name in ("a.tar.gz", "b.tar"):
        path = tmp_path / f"{name}.db"
        asked.clear()
        done = build(tiny, [f"{address}/{name}"], path, LAYERS, size=SIZE)
        assert (done.added, done.failed, done.total) == (60, 0, 60)
        assert states(path) == states(whole)
        assert len([each for each in asked if each.startswith("GET")]) == 1
        item = found_in(f"{address}/{name}")[0][17]
        assert item.located().read() == item.data == item.read()
        assert item.located().data is None


def test_zip_files_and_memory_are_read(photos, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    memory = fsspec.filesystem("memory")
    with zipfile.ZipFile("photos.zip", "w") as archive:
        for path in sorted(photos.rglob("*.*")):
            name = str(path.relative_to(photos))
            archive.write(path, name)
            memory.pipe(f"/photos/{name}", path.read_bytes())
    try:
        wanted = [path.read_bytes() for path in sorted(photos.rglob("*.png"))]
        for source in ("zip://**/*.png::photos.zip", "memory://photos/*/*.png"):
            items, told = found_in(source)
            assert [item.read() for item in items] == wanted
            assert not told
        for source in ("zip://::photos.zip", "memory://photos"):
            items, told = found_in(source)
            assert len(items) == 60 == count_items([source])
            assert [item.stamp for item in items] == [item.stamp for item in found_in(source)[0]]
            assert all(remote.is_url(item.path) and item.stamp for item in items)
        before = {item.name: item.stamp for item in items}
        memory.pipe("/photos/0/00.png", b"changed")
        after = {item.name: item.stamp for item in found_in("memory://photos")[0]}
        assert [name for name in before if before[name] != after[name]] == [
            "memory:///photos/0/00.png"
        ]
    finally:
        memory.rm("/photos", recursive=True)


def test_a_zip_file_of_a_web_server_is_read(photos, tmp_path, serve):
    with zipfile.ZipFile(tmp_path / "photos.zip", "w") as archive:
        archive.write(photos / "0" / "00.png", "in/00.png")
    address, _ = serve(tmp_path)
    (item,), _ = found_in(f"zip://::simplecache::{address}/photos.zip")
    assert item.name == f"zip://in/00.png::simplecache::{address}/photos.zip"
    assert item.read() == (photos / "0" / "00.png").read_bytes()
    with pytest.raises(ArgumentError, match="doesn't appear to support range requests"):
        found_in(f"zip://::{address}/photos.zip")


def test_lists_name_urls_here_and_elsewhere(tmp_path, serve):
    address, _ = serve(tmp_path)
    (tmp_path / "é.png").write_bytes(b"mine")
    (tmp_path / "some.txt").write_text(f"é.png\n{address}/é.png\n{address}/gone.png\n", "utf-8-sig")
    items, told = found_in(tmp_path / "some.txt")
    assert [item.path for item in items[:2]] == [f"{tmp_path}/é.png", f"{address}/é.png"]
    assert [item.read() for item in items[:2]] == [b"mine", b"mine"]
    with pytest.raises(ImageError, match="it cannot be read: there is no such file"):
        items[2].read()
    (tmp_path / "other.txt").write_text(f"é.png\n/etc/passwd\nfile://{tmp_path}/é.png\n")
    items, told = found_in(f"{address}/other.txt")
    assert all(item.path.startswith(address) for item in items)
    assert items[0].read() == b"mine"
    assert not told


def test_what_is_fetched_ahead_stays_in_order_and_tells_why_it_failed(tmp_path, serve):
    address, _ = serve(tmp_path)
    (tmp_path / "here").write_bytes(b"here")
    items = []
    for number in range(40):
        (tmp_path / f"{number}").write_bytes(b"%d" % number)
        there = number % 7 != 3
        items.append(Item("x", f"{address}/{number if there else 'gone'}", 0, -1, ""))
        if number % 10 == 5:
            items.append(Item("x", str(tmp_path / "here"), 0, 4, ""))
    for before, after in zip(items, fetched(items), strict=True):
        assert before == after
        if "gone" in after.path:
            with pytest.raises(ImageError, match="there is no such file"):
                after.read()
        else:
            assert after.data is not None or after.path.endswith("here")
    assert len(list(itertools.islice(fetched(itertools.cycle(items[:2])), 5))) == 5


def test_what_is_large_is_not_fetched_before_it_is_used(tmp_path, serve):
    sizes = [10, _LARGEST_AHEAD + 1, 10]
    for number, size in enumerate(sizes):
        (tmp_path / f"{number}.jpg").write_bytes(bytes(size))
    address, _ = serve(tmp_path)
    items = [Item(str(n), f"{address}/{n}.jpg", 0, size, "") for n, size in enumerate(sizes)]
    found = list(fetched(items))
    assert [item.data is None for item in found] == [False, True, False]
    assert [len(item.read()) for item in found] == sizes


def test_what_cannot_be_reached_is_told_in_one_line(tiny, tmp_path, serve, silent, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        closed = f"http://127.0.0.1:{listening.getsockname()[1]}"
    address, _ = serve(tmp_path)
    monkeypatch.setattr(remote, "_SILENT", 0.3)
    for source, message in (
        (f"{closed}/a.jpg", "Connect call failed"),
        (f"{closed}/photos/", "Connect call failed"),
        (f"{closed}/a.tar.gz", "Connect call failed"),
        (f"{silent}/a.jpg", "did not answer in time"),
        (f"{silent}/photos/", "did not answer in time"),
        (f"{address}/gone.jpg", "the server answers 404"),
        (f"{address}/gone/", "the server answers 404"),
        (f"{address}/*.jpg", "no file matches"),
        ("nothing://a", "Protocol not known"),
        ("zip://::gone.zip", "there is no such file"),
    ):
        with pytest.raises(ArgumentError, match=message) as told:
            next(features(tiny, [source], "conv", on_problem=lambda *_: None))
        assert source in str(told.value)
        assert "\n" not in str(told.value)
    with pytest.raises(MissingExtraError, match="Install s3fs"):
        next(features(tiny, ["s3://bucket/a.jpg"], "conv", on_problem=lambda *_: None))


def test_a_list_goes_on_after_what_cannot_be_reached(
    tiny, photos, tmp_path, serve, silent, monkeypatch
):
    address, _ = serve(photos)
    monkeypatch.setattr(remote, "_SILENT", 0.3)
    lines = ["s3://bucket/a.jpg", f"{silent}/a.jpg", f"{silent}/a.tar", f"{address}/0/00.png"]
    (tmp_path / "some.txt").write_text("\n".join(lines))
    done = build(tiny, [tmp_path / "some.txt"], tmp_path / "i.db", LAYERS, size=SIZE)
    assert (done.added, done.failed) == (1, 3)


def test_a_shard_that_ends_early_gives_what_came_before(photos, tmp_path, serve):
    pack(photos, tmp_path / "a.tar.gz", "w:gz")
    data = (tmp_path / "a.tar.gz").read_bytes()
    (tmp_path / "a.tar.gz").write_bytes(data[: len(data) // 2])
    address, _ = serve(tmp_path)
    for source in (f"{address}/a.tar.gz", str(tmp_path / "a.tar.gz")):
        items, told = found_in(source)
        assert 0 < len(items) < 60
        assert list(told) == [source]
        assert "it cannot be read as a tar file" in told[source]


@pytest.mark.parametrize("size", [1, 511, 512, 700, 1024])
def test_a_tar_that_breaks_off_anywhere_is_told(photos, tmp_path, size):
    pack(photos, tmp_path / "a.tar", "w")
    with tarfile.open(tmp_path / "a.tar") as archive:
        second = [each for each in archive if each.isfile()][1].offset
    data = (tmp_path / "a.tar").read_bytes()[: second + size]
    for name, packed in (("b.tar", data), ("b.tar.gz", gzip.compress(data))):
        (tmp_path / name).write_bytes(packed)
        items, told = found_in(str(tmp_path / name))
        assert len(items) in (1, 2)
        assert list(told) == [str(tmp_path / name)]


def test_without_fsspec_its_installation_is_told(tmp_path):
    code = "from actiscope.cli.main import run; run()"
    command = [
        "features",
        "https://127.0.0.1/a.jpg",
        "--layer",
        "pool1",
        "-o",
        str(tmp_path / "a.npy"),
    ]
    told = run_without("fsspec", tmp_path, code, *command)
    assert told.stderr == (
        "actiscope: fsspec is needed for that and not installed: "
        "`pip install 'actiscope[fsspec]'`\n"
    )
    assert told.returncode == 1
