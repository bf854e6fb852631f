"""Free TCP ports on the loopback addresses."""

import random
import socket
from collections.abc import Container

# Below Linux's and macOS's ephemeral ranges: an outgoing connection can't take a remembered port.
RANGE = range(20000, 32000)


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` of `host` now."""
    try:
        listening_socket(port, host, listen=False).close()
    except OSError:
        return False
    return True


def free_port(*, avoid: Container[int | None] = ()) -> int:
    """A port of 127.0.0.1 that nobody listens on and that isn't in `avoid`."""
    while True:
        port = random.choice(RANGE)  # noqa: S311 (no secret)
        if port not in avoid and is_free(port):
            return port


def listening_socket(port: int, host: str, *, listen: bool = True) -> socket.socket:
    """A socket bound to `port` of `host`. Raises OSError when the port can't be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Without it, connections that a stopped server left in TIME_WAIT would count as "in use".
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        if listen:
            bound.listen(2048)
    except OSError:
        bound.close()
        raise
    return bound


def has_ipv6_loopback() -> bool:
    """Whether `::1` can be bound at all on this machine."""
    return socket.has_ipv6 and is_free(0, "::1")
