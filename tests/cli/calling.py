"""The command line, called as a process would call it."""

import pytest

from actiscope.cli.main import run


def caller(capsys, command):
    """Return a function that runs a command, and gives its exit code and what it wrote."""

    def call(*arguments):
        with pytest.raises(SystemExit) as ended:
            run([command, *map(str, arguments)])
        told = capsys.readouterr()
        return ended.value.code, told.out, told.err

    return call
