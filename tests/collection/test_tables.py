"""Rows and names come back from every format, and nothing is left of a file that fails."""

import subprocess
import sys

import numpy as np
import pyarrow.parquet as pq
import pytest
import zarr

from actiscope.collection import tables
from actiscope.collection.tables import write_table
from actiscope.errors import ArgumentError, OutputError
from tests.missing import run_without

SUFFIXES = [".npy", ".parquet", ".zarr"]
NAMES = ["a.jpg", "Zoë/写真 1.png", "with \\udce9 and 'quotes'", "😀.jpg", "last"]


def make_rows(shape, names=NAMES):
    rng = np.random.default_rng(0)
    return [(name, rng.normal(size=shape).astype(np.float32)) for name in names]


def read(path):
    """Return names and values of a file, by what its readers have."""
    if path.suffix == ".npy":
        values = np.load(path)
        return path.with_suffix(".txt").read_text().splitlines(), values, None
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        assert table.column_names == ["name", "values"]
        values = table["values"].combine_chunks()
        flat = values.flatten().to_numpy().reshape(len(values), -1)
        return table["name"].to_pylist(), flat, table.schema.metadata
    group = zarr.open_group(path, mode="r")
    return list(group["names"][:]), group["values"][:], dict(group.attrs)


@pytest.mark.parametrize("block", [1, 100, 1 << 22])
@pytest.mark.parametrize("shape", [(7,), (2, 3, 4)])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rows_and_names_come_back(tmp_path, monkeypatch, suffix, shape, block):
    monkeypatch.setattr(tables, "_BLOCK", block)
    rows, path = make_rows(shape), tmp_path / f"out{suffix}"
    assert write_table(rows, path, {"layer": "conv"}) == 5
    names, values, about = read(path)
    assert names == NAMES
    wanted = np.stack([row for _, row in rows])
    assert values.dtype == np.float32
    np.testing.assert_array_equal(values, wanted if suffix == ".zarr" else wanted.reshape(5, -1))
    if suffix == ".parquet":
        assert (about[b"layer"], about[b"shape"]) == (b"conv", f"{list(shape)}".encode())
    if suffix == ".zarr":
        assert about == {"layer": "conv"}


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    write_table(make_rows((3,)), path)
    before = sorted(path.parent.rglob("*"))
    broken = [*make_rows((3,)), ("other", np.zeros(2, dtype=np.float32))]
    with pytest.raises(ArgumentError, match="other gives 2 values, those before it 3"):
        write_table(broken, path)
    with pytest.raises(ArgumentError, match="no picture"):
        write_table([], path)
    assert sorted(path.parent.rglob("*")) == before
    assert read(path)[0] == NAMES
    assert write_table(make_rows((2, 1, 1), ["one"]), path) == 1
    assert read(path)[0] == ["one"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_cannot_be_written_is_told(tmp_path, suffix):
    with pytest.raises(OutputError, match="no folder"):
        write_table(make_rows((2,)), tmp_path / "gone" / f"out{suffix}")
    (tmp_path / f"mine{suffix}").mkdir()
    (tmp_path / f"mine{suffix}" / "kept").touch()
    with pytest.raises(OutputError, match="cannot write"):
        write_table(make_rows((2,)), tmp_path / f"mine{suffix}")
    assert (tmp_path / f"mine{suffix}" / "kept").exists()
    assert len(list(tmp_path.iterdir())) == 1
    with pytest.raises(ArgumentError, match=r"must end in .npy, .parquet, .zarr"):
        write_table(make_rows((2,)), tmp_path / "out.csv")


def test_a_list_is_not_replaced_by_the_names_of_rows(tmp_path):
    (tmp_path / "photos.txt").write_text("a.jpg")
    with pytest.raises(OutputError, match=r"photos\.txt is there, where the names of"):
        write_table(make_rows((2,)), tmp_path / "photos.npy")
    assert (tmp_path / "photos.txt").read_text() == "a.jpg"


MEMORY = """
import resource, sys
import numpy as np
from actiscope.collection.tables import write_table
count, path = int(sys.argv[1]), sys.argv[2]
write_table(((f"{n:0200}", np.full(1000, n, dtype=np.float32)) for n in range(count)), path)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_memory_does_not_grow_with_the_number_of_rows(tmp_path, suffix):
    peaks = []
    for count in (5_000, 50_000):
        command = [sys.executable, "-c", MEMORY, str(count), str(tmp_path / f"out{suffix}")]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peaks.append(int(done.stdout))
    assert peaks[1] < 1.3 * peaks[0], peaks


@pytest.mark.parametrize(("missing", "suffix"), [("pyarrow", ".parquet"), ("zarr", ".zarr")])
def test_without_the_extra_its_installation_is_told(tmp_path, missing, suffix):
    command = ["features", str(tmp_path), "--layer", "pool10", "-o", str(tmp_path / f"out{suffix}")]
    told = run_without(missing, tmp_path, "from actiscope.cli.main import run; run()", *command)
    assert told.returncode == 1
    assert told.stderr == (
        f"actiscope: {missing} is needed for that and not installed: "
        f"`pip install 'actiscope[{suffix[1:]}]'`\n"
    )
