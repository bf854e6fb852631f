"""Hearing that something shared has changed, at the price of one glance at a socket.

Asking Valkey at each request costs a tenth of a page: the round trip itself, and two switches between
processes. An announcement is pushed instead, and lies in the socket's buffer when the next request
looks.
"""

import os
import threading
import time
from typing import Any

import redis

from tenants.gateways import valkey

#: A subscription that a network lost without a word is renewed after so many seconds.
RENEWED = 10.0


def announce(channel: str) -> None:
    """Tell every process that listens. Raises redis.RedisError."""
    valkey.hosts().publish(channel, "")


class Announcements:
    """One process's subscription to a channel."""

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self._lock = threading.Lock()
        self._connection: Any = None
        self._process = 0
        self._until = 0.0
        self._epoch = 0

    def epoch(self) -> int:
        """A number that differs from an earlier one if there may have been an announcement since.

        What is read after this call may be kept under the number. Raises redis.RedisError when
        nothing can be heard.
        """
        with self._lock:
            if not self._is_quiet():
                self._subscribe()
            return self._epoch

    def _is_quiet(self) -> bool:
        if self._process != os.getpid() or time.monotonic() > self._until:
            return False
        try:
            return not self._connection.can_read(timeout=0)
        except redis.RedisError:
            return False

    def _subscribe(self) -> None:
        """Begin anew, whatever was heard: the message says nothing but that there is one."""
        # Before the attempt: should it fail, nothing kept so far is valid any more.
        self._epoch += 1
        self._until = 0.0
        if self._process == os.getpid():
            # The same one again: the pool counts each that it makes, for ever, and makes a hundred.
            self._connection.disconnect()
        else:
            self._connection = valkey.hosts().connection_pool.make_connection()
            self._process = os.getpid()
        self._connection.send_command("SUBSCRIBE", self._channel)
        self._connection.read_response(push_request=True)
        self._until = time.monotonic() + RENEWED
