"""The explorer's server."""

from actiscope.errors import MissingExtraError

try:
    import fastapi  # noqa: F401
    import uvicorn  # noqa: F401
except ImportError:
    raise MissingExtraError(
        "the explorer needs FastAPI and uvicorn: `pip install 'actiscope[web]'`"
    ) from None

from actiscope.report.explorer.slides import Slide
from actiscope.web.app import create_app
from actiscope.web.limits import Limits

__all__ = ["Limits", "Slide", "create_app"]
