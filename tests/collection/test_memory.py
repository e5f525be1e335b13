"""Memory that the C library keeps, or gives back."""

import platform
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="it is glibc's")

TAKE = """
import resource
import numpy as np
from actiscope.collection.memory import give_back, keep_free

def pages_taken(megabytes):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    pictures = [np.ones(megabytes << 17) for _ in range(15)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

pages_taken(2)
usual = pages_taken(2)
keep_free()
pages_taken(3)
kept = pages_taken(3)
give_back()
print(usual, kept, pages_taken(3))
"""


def test_what_is_freed_is_kept_until_it_is_given_back():
    done = subprocess.run([sys.executable, "-c", TAKE], capture_output=True, check=True)
    usual, kept, given_back = map(int, done.stdout.split())
    assert min(usual, given_back) > 10 * kept
