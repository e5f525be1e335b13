"""The README's Python runs, and what it shows is there."""

import re
from pathlib import Path

import pytest
from PIL import Image

from actiscope.cli.main import run

README = Path(__file__).parents[1] / "README.md"


def test_python_examples_run(tmp_path, monkeypatch, a1, closed):
    monkeypatch.chdir(tmp_path)
    Image.fromarray(a1).save("face.png")
    Image.fromarray(closed).save("face-eye-closed.png")
    for kind in ("face", "ceiling"):
        (tmp_path / "photos" / kind).mkdir(parents=True)
    for number in range(6):
        for kind, view in (("face", a1[number:]), ("ceiling", a1[: 40 + number])):
            Image.fromarray(view).save(f"photos/{kind}/{number}.jpg")
    with pytest.raises(SystemExit, match="0"):
        run(["activations", "face.png", "--layer", "fire6-squeeze1x1", "-o", "slide.zarr"])
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    names = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert len(list(tmp_path.glob("*.png"))) == 11
    assert names["model"].score(names["files"], names["kinds"]) == 1


def test_pictures_are_there():
    pictures = re.findall(r"!\[.+?\]\((.+?)\)", README.read_text(encoding="utf-8"))
    assert pictures
    for picture in pictures:
        assert (README.parent / picture).exists()
