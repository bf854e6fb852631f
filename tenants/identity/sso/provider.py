"""The provider as it describes itself (OpenID Connect Discovery 1.0), asked when first needed."""

import threading
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from tenants.gateways.oidc import ProviderDownError, ProviderRefusedError, get_json
from tenants.identity.key_sets import COOLDOWN, RemoteKeySet
from tenants.identity.sso.port import SsoUnavailableError

_LIFESPAN = 3600.0
_WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Provider:
    """Where to ask what. `userinfo_endpoint` may be empty; `takes_form_secret`: whether the client's
    secret may stand in the form that asks for tokens.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    takes_form_secret: bool
    keys: RemoteKeySet


def is_configured() -> bool:
    """Whether this installation has a provider."""
    return bool(settings.OIDC_ISSUER and settings.OIDC_CLIENT_ID)


def provider() -> Provider:
    """The provider of `OIDC_ISSUER`. Raises SsoUnavailableError."""
    return _directory(settings.OIDC_ISSUER).provider()


@lru_cache(maxsize=4)
def _directory(issuer: str) -> "_Directory":
    return _Directory(issuer)


class _Directory:
    """One issuer's description: kept for an hour, and not asked for again right after a failure."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer
        self._lock = threading.Lock()
        self._found: Provider | None = None
        self._until = 0.0
        self._failed_until = 0.0

    def provider(self) -> Provider:
        """The description. Raises SsoUnavailableError."""
        with self._lock:  # one asks, the others wait for what it hears
            now = time.monotonic()
            if self._found is not None and now < self._until:
                return self._found
            if now < self._failed_until:
                raise SsoUnavailableError("the provider did not answer a moment ago")
            try:
                self._found = _described(self._issuer, get_json(self._issuer + _WELL_KNOWN))
            except (ProviderDownError, ProviderRefusedError, SsoUnavailableError) as error:
                self._failed_until = time.monotonic() + COOLDOWN
                raise SsoUnavailableError(str(error)) from error
            self._until = time.monotonic() + _LIFESPAN
            return self._found


def _described(issuer: str, document: dict[str, Any]) -> Provider:
    own = document.get("issuer")
    # Some write their name with a slash at the end, and so it stands in their tokens.
    if not isinstance(own, str) or own.rstrip("/") != issuer:
        raise SsoUnavailableError(f"{issuer} describes another issuer")
    methods = document.get("token_endpoint_auth_methods_supported")
    return Provider(
        issuer=own,
        authorization_endpoint=_endpoint(document, "authorization_endpoint"),
        token_endpoint=_endpoint(document, "token_endpoint"),
        userinfo_endpoint=_endpoint(document, "userinfo_endpoint", is_needed=False),
        takes_form_secret=isinstance(methods, list) and "client_secret_post" in methods,
        keys=RemoteKeySet(_endpoint(document, "jwks_uri")),
    )


def _endpoint(document: dict[str, Any], name: str, *, is_needed: bool = True) -> str:
    """An address over https; a provider that is itself on http (a laptop's) may have others there."""
    address = document.get(name)
    if address is None and not is_needed:
        return ""
    schemes = {"https", urlsplit(settings.OIDC_ISSUER).scheme}
    try:
        if isinstance(address, str) and urlsplit(address).scheme in schemes:
            return address
    except ValueError:
        pass
    raise SsoUnavailableError(f"no good {name} is described")
