"""Talking to an OpenID provider: JSON over HTTP, bounded in time and size, following nobody elsewhere."""

import json
import time
from collections.abc import Callable
from typing import Any

import requests
from django.conf import settings
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError

#: Bytes of the largest answer that is read.
LARGEST = 256 * 1024
_PIECE = 16 * 1024
_Auth = Callable[[Any], Any]


class ProviderDownError(Exception):
    """The provider can't be reached, is too slow, or answers what can't be made sense of."""


class ProviderRefusedError(Exception):
    """The provider understood, and says no (4xx)."""


def get_json(url: str, *, bearer: str = "") -> dict[str, Any]:
    """The JSON object at `url`, asked for with an access token if there is one. Raises
    ProviderDownError, ProviderRefusedError.
    """
    return _ask("GET", url, auth=_Bearer(bearer))


def post_form(
    url: str, form: dict[str, str], *, basic: tuple[str, str] | None = None
) -> dict[str, Any]:
    """The JSON object that answers a form. `basic` is a user with a password. Raises
    ProviderDownError, ProviderRefusedError.
    """
    return _ask("POST", url, auth=HTTPBasicAuth(*basic) if basic else _Bearer(""), data=form)


class _Bearer:
    """An `Authorization` header, or none. Given in any case: `requests` would look into ~/.netrc."""

    def __init__(self, token: str) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        if self.token:
            request.headers["Authorization"] = f"Bearer {self.token}"
        return request


def _ask(
    method: str, url: str, *, auth: _Auth, data: dict[str, str] | None = None
) -> dict[str, Any]:
    until = time.monotonic() + settings.OIDC_TIMEOUT
    try:
        with requests.request(
            method,
            url,
            data=data,
            auth=auth,
            # Not compressed: a small answer could unpack to a large one.
            headers={"Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=settings.OIDC_TIMEOUT,
            allow_redirects=False,
            stream=True,
        ) as answer:
            body = _read(answer.raw, until)
    except (requests.RequestException, HTTPError, OSError, UnicodeError) as error:
        raise ProviderDownError(f"{url}: {type(error).__name__}") from error
    return _understood(url, answer.status_code, body)


def _read(raw: Any, until: float) -> bytes:
    """The body, piece by piece: the time-out of a socket is for each of them, and starts anew."""
    body = b""
    while piece := raw.read1(_PIECE):
        body += piece
        if len(body) > LARGEST or time.monotonic() > until:
            raise ProviderDownError("the answer is too large or too slow")
    return body


def _understood(url: str, status: int, body: bytes) -> dict[str, Any]:
    if 400 <= status < 500:  # noqa: PLR2004 (the client's fault, says HTTP)
        raise ProviderRefusedError(f"{url}: {status}")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ProviderDownError(f"{url}: no JSON") from error
    if status != requests.codes.ok or not isinstance(document, dict):
        raise ProviderDownError(f"{url}: {status}")
    return document
