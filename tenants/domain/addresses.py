"""Absolute addresses of our surfaces."""

from django.conf import settings


def surface_address(label: str, path: str = "/", *, host: str = "") -> str:
    """`path` on the host `label.` of this installation, with the port that `host` was asked on."""
    _, colon, port = host.rpartition(":")
    suffix = f":{port}" if colon and port.isdecimal() else ""
    return f"{settings.SOUQNA_SCHEME}://{label}.{settings.SOUQNA_DOMAIN}{suffix}{path}"
