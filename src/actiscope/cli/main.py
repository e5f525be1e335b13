"""The command line: what runs, and how an error is told."""

import io
import logging
import os
import sys
from typing import NoReturn

import click

from actiscope import __version__
from actiscope.cli import (
    activations,
    analyze,
    attribute,
    classify,
    compare,
    dissect,
    explore,
    features,
    index,
    layers,
    occlude,
    report,
    show,
    strongest,
    study,
    tour,
    visualize,
)
from actiscope.cli.options import EXAMPLES
from actiscope.errors import ActiscopeError, ArgumentError, ChannelError, LayerNotFoundError

FAILED = 1
WRONG_USE = 2
INTERRUPTED = 130

_WRONG_USE_ERRORS = (ArgumentError, ChannelError, LayerNotFoundError)


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=EXAMPLES("actiscope tour", "actiscope show face.jpg --layer conv1 -o conv1.png"),
)
@click.version_option(__version__)
def main() -> None:
    """See what a convolutional network sees.

    Channels, rows and columns count from 0. IMAGE is a file, or - for standard input.
    `actiscope COMMAND --help` shows examples. Exit codes: 0 done, 1 failed, 2 wrong use,
    130 interrupted.
    """


_COMMANDS = (
    tour,
    explore,
    report,
    layers,
    analyze,
    show,
    strongest,
    compare,
    occlude,
    attribute,
    visualize,
    dissect,
    study,
    index,
    features,
    activations,
    classify,
)
for _module in _COMMANDS:
    main.add_command(_module.command)


def run(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line, and exit.

    Parameters
    ----------
    arguments : list of str, optional
        Those of the process by default.
    """
    sys.exit(_run(arguments))


def _run(arguments: list[str] | None) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names that its encoding does not have
    try:
        code = main.main(arguments, prog_name="actiscope", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
        return int(code or 0)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return WRONG_USE
    except click.UsageError as error:
        where = error.ctx.command_path if error.ctx else "actiscope"
        message = error.format_message().rstrip(".")
        return _tell(f"{message}; see '{where} --help'", WRONG_USE)
    except click.ClickException as error:
        return _tell(error.format_message(), FAILED)
    except ActiscopeError as error:
        return _tell(str(error), WRONG_USE if isinstance(error, _WRONG_USE_ERRORS) else FAILED)
    except (click.Abort, KeyboardInterrupt) as error:
        logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # what it left undone is no news
        return _tell(f"interrupted; {error}".rstrip("; "), INTERRUPTED)
    except BrokenPipeError:
        _drop_output()
        return FAILED
    except OSError as error:
        _drop_output()
        return _tell(f"cannot write the output: {error.strerror or error}", FAILED)
    except MemoryError:
        return _tell("there is not enough memory for that", FAILED)
    except Exception as error:
        if "ACTISCOPE_DEBUG" in os.environ:
            raise
        kind = type(error).__name__
        return _tell(f"internal error, {kind}: {error} (ACTISCOPE_DEBUG=1 tells more)", FAILED)


def _drop_output() -> None:
    """Keep Python from trying to write the rest when it exits."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(message: str, code: int) -> int:
    print(f"actiscope: {' '.join(message.split())}", file=sys.stderr)
    return code
