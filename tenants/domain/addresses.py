"""Absolute addresses of our surfaces."""

from django.conf import settings

_USUAL_PORTS = {"http": 80, "https": 443}


def surface_address(label: str, path: str = "/", *, host: str = "") -> str:
    """`path` on the host `label.` of this installation, with the port that `host` was asked on; without
    a `host` (a worker has no request) with the installation's own.
    """
    if host:
        _, colon, port = host.rpartition(":")
        suffix = f":{port}" if colon and port.isdecimal() else ""
    else:
        usual = _USUAL_PORTS.get(settings.SOUQNA_SCHEME)
        suffix = "" if usual == settings.SOUQNA_PORT else f":{settings.SOUQNA_PORT}"
    return f"{settings.SOUQNA_SCHEME}://{label}.{settings.SOUQNA_DOMAIN}{suffix}{path}"
