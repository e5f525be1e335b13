"""``python -m actiscope``."""

from actiscope.cli.main import run

run()
