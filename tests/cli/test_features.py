"""``actiscope features``, as a person would use it."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image

from actiscope import open_network
from tests.cli.calling import caller


@pytest.fixture
def actiscope(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(1)
    (tmp_path / "photos").mkdir()
    for name in ("één", "deux", "três"):
        pixels = rng.integers(0, 256, (40, 50, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / "photos" / f"{name}.png")
    (tmp_path / "photos" / "notes.md").write_text("no picture")

    return caller(capsys, "features")


def test_rows_are_written_and_what_is_broken_is_told(actiscope, tmp_path):
    code, out, err = actiscope(
        "photos", "--layer", "pool1", "--pool", "max", "-o", "out.parquet", "--size", 60
    )
    assert (code, out) == (0, "")
    lines = err.splitlines()
    assert lines[0] == "out.parquet: 3 rows, 1 failed"
    assert lines[1].startswith("  photos/notes.md: the file is no picture that can be read")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["name"].to_pylist() == ["photos/deux.png", "photos/três.png", "photos/één.png"]
    answer = open_network().activations(tmp_path / "photos" / "deux.png", "pool1", size=60)
    np.testing.assert_array_equal(table["values"][0].as_py(), answer.values.max(axis=(1, 2)))
    code, out, _ = actiscope("photos", "--layer", "pool1", "-o", "out.npy", "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["rows"], list(told["failures"])) == (3, ["photos/notes.md"])
    assert np.load("out.npy").shape == (3, 64)


def test_what_fails_leaves_nothing(actiscope, tmp_path):
    for arguments, code, message in (
        (("photos/notes.md", "-o", "out.npy"), 2, "there is no picture that can be read"),
        (("photos", "-o", "out.csv"), 2, "must end in .npy or .parquet or .zarr"),
        (("gone", "-o", "out.zarr"), 2, "there is no file or folder gone"),
        (("photos", "-o", "gone/out.zarr"), 1, "there is no folder gone"),
    ):
        ended, out, err = actiscope(*arguments, "--layer", "pool1")
        assert (ended, out) == (code, "")
        assert message in err.splitlines()[-1]
    assert [path.name for path in tmp_path.iterdir()] == ["photos"]
