"""Key sets of issuers, kept in the process, and asked for no more often than is good for anybody."""

import time
from typing import Any

import jwt
import redis
from django.db import DatabaseError
from django.utils import timezone
from jwt.exceptions import PyJWKClientConnectionError

from tenants.gateways.announcements import Announcements
from tenants.gateways.oidc import ProviderDownError, ProviderRefusedError, get_json
from tenants.identity.embedded.keys import CHANGED, published_keys

#: Seconds in which no key that nobody knows, and no failure, leads to another question.
COOLDOWN = 10
_LIFESPAN = 300
#: Should an announcement be lost.
_OWN_LIFESPAN = 10
_PAUSE = 2.0


class RemoteKeySet(jwt.PyJWKClient):
    """An issuer's keys over HTTP: kept for five minutes; one that is away is left alone for a while."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri, lifespan=_LIFESPAN, cooldown_duration=COOLDOWN)
        self._failed_at = -float(COOLDOWN)

    def fetch_data(self) -> Any:
        """The key set. Raises PyJWKClientConnectionError."""
        if time.monotonic() < self._failed_at + COOLDOWN:
            raise PyJWKClientConnectionError("the issuer did not answer a moment ago")
        try:
            keys = get_json(self.uri)
            jwt.PyJWKSet.from_dict(keys)  # one without any good key counts as a failure
        except (ProviderDownError, ProviderRefusedError, jwt.PyJWTError) as error:
            self._failed_at = time.monotonic()
            raise PyJWKClientConnectionError(str(error)) from error
        self._last_successful_fetch = time.monotonic()
        return keys


class EmbeddedKeySet(jwt.PyJWKClient):
    """Our own keys, out of the database: kept until a rotation is announced, ten seconds at most."""

    def __init__(self, uri: str) -> None:
        super().__init__(uri, lifespan=_OWN_LIFESPAN, cooldown_duration=COOLDOWN)
        self._announcements = Announcements(CHANGED)
        self._epoch = -1
        self._away_until = 0.0

    def fetch_data(self) -> Any:
        """The key set. Raises PyJWKClientConnectionError."""
        try:
            keys = published_keys(timezone.now())
        except DatabaseError as error:
            raise PyJWKClientConnectionError(str(error)) from error
        return {"keys": keys}

    def get_jwk_set(self, refresh: bool = False) -> jwt.PyJWKSet:  # noqa: FBT001, FBT002 (the library's signature)
        """The key set, read anew once a rotation was announced."""
        return super().get_jwk_set(self._is_outdated() or refresh)

    def _is_outdated(self) -> bool:
        if time.monotonic() < self._away_until:
            return False
        try:
            epoch = self._announcements.epoch()
        except redis.RedisError:
            self._away_until = time.monotonic() + _PAUSE
            return False
        is_outdated, self._epoch = epoch != self._epoch, epoch
        return is_outdated
