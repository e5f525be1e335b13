"""Nobody is told what is run."""

import os
import subprocess
import sys

RUN = """
import numpy as np
from actiscope import open_network

open_network().activations(np.zeros((227, 227, 3), np.uint8), "conv1")
"""


def test_the_engine_leaves_no_word_of_what_it_ran(tmp_path):
    hidden = {"ORT_DISABLE_TELEMETRY", "CI", "XDG_CACHE_HOME", "ORT_RUNNING_UNIT_TESTS"}
    own = {name: value for name, value in os.environ.items() if name not in hidden}
    subprocess.run(
        [sys.executable, "-c", RUN],
        env=own | {"HOME": str(tmp_path)},
        check=True,
    )
    assert not list(tmp_path.rglob("*"))
