"""Who asks: a member by access token and by session, and a stranger, at one address of a dashboard's API.

There is nothing at that address, so what a member's request costs beyond a stranger's is the chain alone:
token or session → person → tenant → member. Both are answered with a small document.
"""

from typing import Any

from django.conf import settings
from django.utils import timezone

from tenants import scopes
from tenants.domain.seeds import DEMO_PASSWORD, DEMO_TENANTS
from tenants.enums import LoginKind, Surface
from tenants.gateways.sessions import SessionStore
from tenants.identity import accounts
from tenants.identity.accounts import Client
from tenants.identity.embedded.engine import make_account_ready
from tenants.identity.tokens import verified
from tenants.models import User
from tests.bench.side import cost, recorded
from tests.bench.visits import ask

SLUG = DEMO_TENANTS[0].slug
_PASSWORD = DEMO_PASSWORD
_PATH = f"/{SLUG}/api/v1/nothing/"
_STRANGER: dict[str, str] = {"HTTP_ACCEPT": "application/json"}


def enter() -> dict[str, dict[str, str]]:
    """Log the shop's owner in both ways. Returns what each way's requests carry."""
    with scopes.public():
        owner = User.objects.get(email=f"owner@{SLUG}.example")
        make_account_ready(owner, _PASSWORD)
    token = _log_in(owner, LoginKind.API).grant.access_token
    login = _log_in(owner, LoginKind.BROWSER).login
    with scopes.public():
        session = SessionStore(surface=Surface.APP.value)
        session.update({"login": str(login.id), "sub": login.user.cognito_sub})
        session.save()
    return {
        "bearer": {**_STRANGER, "HTTP_AUTHORIZATION": f"Bearer {token}"},
        "session": {
            **_STRANGER,
            "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={session.session_key}",
        },
    }


def _log_in(owner: User, kind: LoginKind) -> Any:
    client = Client(kind, Surface.APP, "bench")
    return accounts.log_in(email=owner.email, password=_PASSWORD, client=client, now=timezone.now())


def statements(carried: dict[str, str]) -> int:
    """How many statements a member's request takes."""
    _member(carried)  # keeps what is kept
    with recorded() as found:
        _member(carried)
    return len(found)


def strangers_statements() -> int:
    """How many statements a stranger's request takes."""
    with recorded() as found:
        _stranger()
    return len(found)


def members(carried: dict[str, str], times: int) -> int:
    """CPU of `times` requests of a member."""
    return cost(lambda: _member(carried), times)


def strangers(times: int) -> int:
    """CPU of `times` requests of a stranger."""
    return cost(_stranger, times)


def verifications(carried: dict[str, str], times: int) -> int:
    """CPU of verifying an access token `times` times."""
    token = carried["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    return cost(lambda: verified(token), times)


def _member(carried: dict[str, str]) -> None:
    _expect("404 Not Found", carried)


def _stranger() -> None:
    _expect("401 Unauthorized", _STRANGER)


def _expect(status: str, carried: dict[str, str]) -> None:
    answer = ask(f"app.{settings.SOUQNA_DOMAIN}", _PATH, **carried)
    if answer["status"] != status:
        raise RuntimeError(f"{answer['status']}: {answer['body'][:500]!r}")
