"""Whether a request says that another site's page sent it."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest

_OURS = frozenset({"same-origin", "none"})


def is_foreign(request: HttpRequest) -> bool:
    """Whether the request says of itself that it comes from elsewhere. Without `Sec-Fetch-Site` and
    `Origin` it says nothing: it is no browser's, so it carries nobody's cookies.
    """
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site not in _OURS:
        return True
    # A page with `Referrer-Policy: no-referrer` sends its own forms with the origin "null".
    if origin is None or (origin == "null" and site is not None):
        return False
    return _told_apart(origin) != _told_apart(f"{settings.SOUQNA_SCHEME}://{request.get_host()}")


def _told_apart(origin: str) -> tuple[str, str]:
    """Scheme and authority, as the surface middleware normalises hosts."""
    try:
        parts = urlsplit(origin.lower())
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "", ""
    return parts.scheme, (parts.hostname or "").rstrip(".") + port
