"""Every error of the server in one shape: {"error": {"type": ..., "message": one line}}."""

import logging
import re
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException as AnyHTTPException

from actiscope.errors import (
    ActiscopeError,
    ChannelError,
    LayerNotFoundError,
    MissingExtraError,
    OutputError,
    one_line,
)

_log = logging.getLogger(__name__)

_RETRY = {"Retry-After": "1"}
_CLIENT_GONE = 499


class PictureNotFoundError(ActiscopeError, LookupError):
    """A picture is not there, or not any more."""


class BusyError(ActiscopeError):
    """Too many requests wait already."""


class GoneError(ActiscopeError):
    """Nobody waits for the answer any more."""


class TooLargeError(HTTPException):
    """What was sent, or asked for, is more than the server takes on.

    Parameters
    ----------
    message : str
        What is too large, and what is not.
    """

    def __init__(self, message: str) -> None:
        super().__init__(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, message)


class CrowdedError(HTTPException):
    """Too much is being sent by all clients together.

    Parameters
    ----------
    message : str
        What to do.
    """

    def __init__(self, message: str) -> None:
        super().__init__(HTTPStatus.SERVICE_UNAVAILABLE, message, _RETRY)


_STATUS: dict[type[ActiscopeError], int] = {
    PictureNotFoundError: 404,
    LayerNotFoundError: 404,
    ChannelError: 404,
    BusyError: 503,
    GoneError: _CLIENT_GONE,
    MissingExtraError: 501,
    OutputError: 500,
    ActiscopeError: 422,
}

_KINDS: dict[type[Exception], str] = {TooLargeError: "too_large", CrowdedError: "busy"}

ERROR_RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {
        "description": description,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["error"],
                    "properties": {
                        "error": {
                            "type": "object",
                            "required": ["type", "message"],
                            "properties": {
                                "type": {"type": "string"},
                                "message": {"type": "string"},
                            },
                        }
                    },
                }
            }
        },
    }
    for status, description in (
        ("4XX", "What was wrong, what was expected, what to do."),
        ("503", "Too many requests wait already; try again later."),
    )
}
"""What an OpenAPI description says of errors."""


def describe_error(error: ActiscopeError) -> dict[str, dict[str, str]]:
    """Return a foreseen error in the one shape that all have.

    Parameters
    ----------
    error : ActiscopeError
        What went wrong.

    Returns
    -------
    dict
        Fit for JSON.
    """
    return _shape(_snake(type(error).__name__), one_line(error))


def error_response(
    kind: str, message: str, status: int, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return an error in the one shape that all have.

    Parameters
    ----------
    kind : str
        Which error: "layer_not_found", ...
    message : str
        One line.
    status : int
        The HTTP status.
    headers : dict of str to str, optional
        Further headers.

    Returns
    -------
    JSONResponse
        The response.
    """
    return JSONResponse(_shape(kind, message), status, headers)


def _shape(kind: str, message: str) -> dict[str, dict[str, str]]:
    return {"error": {"type": kind, "message": " ".join(message.split())}}


def unexpected(error: Exception) -> JSONResponse:
    """Return the response to an error that nobody foresaw; what it was goes to the log only."""
    _log.error("unexpected error", exc_info=error)
    if isinstance(error, MemoryError):
        return error_response("out_of_memory", "there is not enough memory for that", 503, _RETRY)
    return error_response("internal", "something went wrong in the server; its log says what", 500)


def http_error(_request: Request, error: Exception) -> Response:
    """Return the response to an error that has a status of its own."""
    assert isinstance(error, AnyHTTPException)  # noqa: S101 - for the type checker
    kind = _KINDS.get(type(error)) or HTTPStatus(error.status_code).name.lower()
    return error_response(kind, str(error.detail), error.status_code, dict(error.headers or {}))


def handle_errors(app: FastAPI) -> None:
    """Give an application the handlers of all errors that are foreseen."""
    app.add_exception_handler(ActiscopeError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(AnyHTTPException, http_error)


def _ours(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ActiscopeError)  # noqa: S101 - for the type checker
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    headers = _RETRY if isinstance(error, BusyError) else None
    return JSONResponse(describe_error(error), status, headers)


def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - for the type checker
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"][1:])) or first["loc"][0]
    return error_response("invalid_request", f"{where}: {first['msg']}", 422)


def _snake(name: str) -> str:
    """Write "LayerNotFoundError" as "layer_not_found"."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Error")).lower()
