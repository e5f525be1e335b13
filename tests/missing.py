"""Python where a package is not installed."""

import subprocess
import sys
from pathlib import Path

import numpy as np

import actiscope


def run_without(missing: str, folder: Path, code: str, *arguments: str):
    """Run code where all packages are installed but one; `folder` is filled with links."""
    for entry in Path(np.__file__).parents[1].iterdir():
        if entry.name != missing and entry.suffix != ".pth":
            (folder / entry.name).symlink_to(entry)
    places = [str(Path(actiscope.__file__).parents[1]), str(folder)]
    begin = "import sys; sys.path[:0] = sys.argv[1:3]; del sys.argv[1:3]\n"
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", begin + code, *places, *arguments],
        capture_output=True,
        text=True,
    )
