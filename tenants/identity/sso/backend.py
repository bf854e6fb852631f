"""mozilla-django-oidc's code flow. By itself the library takes any audience and issuer, any userinfo,
and whoever has the same e-mail address, proved or not; here it logs nobody in, but says who is there.
"""

from typing import Any, NoReturn

from django.conf import settings
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend

from tenants.gateways.oidc import ProviderDownError, ProviderRefusedError, get_json, post_form
from tenants.identity.sso.claims import identity_of, verified_id_token
from tenants.identity.sso.port import SsoIdentity, SsoRefusedError, SsoUnavailableError
from tenants.identity.sso.provider import Provider


class SsoBackend(OIDCAuthenticationBackend):  # type: ignore[misc]  # untyped
    """One code flow with one provider. It stands in no setting: only `identify` is for others."""

    def __init__(self, provider: Provider) -> None:
        # Not the library's own: that wants each endpoint in a setting of its own.
        self.provider = provider
        self.OIDC_RP_CLIENT_ID = settings.OIDC_CLIENT_ID
        self.OIDC_RP_CLIENT_SECRET = settings.OIDC_CLIENT_SECRET
        self._refresh_token = ""

    def identify(self, request: HttpRequest, *, nonce: str, code_verifier: str) -> SsoIdentity:
        """Who comes back with the code in `request`. Raises SsoError."""
        try:
            found = self.authenticate(request, nonce=nonce, code_verifier=code_verifier)
        except ProviderRefusedError as error:
            raise SsoRefusedError(str(error)) from error
        except ProviderDownError as error:
            raise SsoUnavailableError(str(error)) from error
        if not isinstance(found, SsoIdentity):
            raise SsoRefusedError("there is no code")
        return found

    def get_token(self, payload: dict[str, str]) -> dict[str, Any]:
        """Swap the code for tokens, showing the client's secret the way that the provider takes it."""
        basic = None
        if not self.OIDC_RP_CLIENT_SECRET:
            payload = {name: value for name, value in payload.items() if name != "client_secret"}
        elif not self.provider.takes_form_secret:
            basic = (self.OIDC_RP_CLIENT_ID, payload.pop("client_secret"))
        tokens = post_form(self.provider.token_endpoint, payload, basic=basic)
        self._refresh_token = _text(tokens.get("refresh_token"))
        return tokens

    def verify_token(self, token: Any, **kwargs: Any) -> dict[str, Any]:
        """The claims of the ID token. Raises SsoRefusedError, SsoUnavailableError."""
        return verified_id_token(token, provider=self.provider, nonce=kwargs["nonce"])

    def get_userinfo(self, access_token: Any, id_token: Any, payload: Any) -> dict[str, Any]:
        """What the provider tells of the person; empty if it has no such endpoint."""
        if not self.provider.userinfo_endpoint:
            return {}
        if not _text(access_token):
            raise SsoRefusedError("no access token")
        return get_json(self.provider.userinfo_endpoint, bearer=access_token) or _nothing()

    def get_or_create_user(
        self, access_token: Any, id_token: Any, payload: dict[str, Any]
    ) -> SsoIdentity:
        """The library's last step. Which account this is, and whether it may be entered, is decided by
        `log_ins.py`.
        """
        about = self.get_userinfo(access_token, id_token, payload)
        return identity_of(
            payload, about, issuer=self.provider.issuer, refresh_token=self._refresh_token
        )


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value.isascii() and value.isprintable() else ""


def _nothing() -> NoReturn:
    raise SsoRefusedError("userinfo tells nothing")
