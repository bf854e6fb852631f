"""Every address of `app.`, out of the resolver, for every kind of person and by every method.

A new address has to be listed here with who may do what; one that nobody listed fails.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from capture.domain.orders import NewOrder, place_order
from capture.domain.quotes import LineRequest
from storefront.models import CatalogItem, Category, MediaAsset
from tenants import scopes
from tenants.domain.tenants import (
    create_tenant,
    get_or_create_user,
    reactivate_tenant,
    suspend_tenant,
)
from tenants.enums import MfaPolicy
from tenants.identity.embedded.engine import grant, make_account_ready
from tenants.models import Invitation, Tenant, TenantMember, User
from tenants.queries.hosts import forget_hosts
from tests.isolation.test_statement_log import StatementLog
from tests.look.pages import address_names

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
ANYONE, PERSON = "anyone", "person"
EVERYBODY = ("owner", "admin", "staff")
MANAGERS = ("owner", "admin")
OWNER = ("owner",)


@dataclass(frozen=True)
class Address:
    """Who may send what: method → roles. Members not listed are refused (403), strangers find nothing
    (404), and methods not listed are not taken (405).
    """

    allowed: dict[str, tuple[str, ...]]
    arguments: dict[str, str] = field(default_factory=dict)
    #: Answers that are right as well: what the body should have named is missing.
    fine: tuple[int, ...] = ()


def page(*, get=EVERYBODY, post=(), **arguments):
    return Address({"GET": get, "HEAD": get, **({"POST": post} if post else {})}, arguments)


def api(*, arguments=None, **methods):
    return Address({name.upper(): roles for name, roles in methods.items()}, arguments or {})


#: The dashboards' addresses. `…` stands for a value that the fixture knows.
DASHBOARD = {
    "today": page(),
    "orders": page(),
    "order": page(number="order"),
    "order-transitions": page(post=EVERYBODY, number="order"),
    "items": page(),
    "items-export": page(),
    "item-import": page(post=EVERYBODY),
    # Another person's import is nobody's: they are shown the form to begin with.
    "item-import-look": page(post=EVERYBODY, import_id="unknown"),
    "item-new": page(post=EVERYBODY),
    "item-bulk": Address({"POST": EVERYBODY}),
    "item-categories": page(post=EVERYBODY),
    "item-category": page(post=EVERYBODY, category_id="category"),
    "item-category-delete": page(post=EVERYBODY, category_id="category"),
    "item-category-order": Address({"POST": EVERYBODY}),
    "item-order": page(post=EVERYBODY),
    "item-slug": page(),
    "item": replace(page(post=EVERYBODY, slug="item"), fine=(404,)),
    "item-delete": page(post=EVERYBODY, slug="item"),
    "settings": page(post=MANAGERS),
    "settings-contact": page(post=MANAGERS),
    "settings-payment": page(post=MANAGERS),
    "settings-legal": page(post=MANAGERS),
    "settings-address": page(post=OWNER),
    "settings-address-state": page(),
    "settings-preview": Address({"POST": MANAGERS}),
    "settings-colour": page(),
    "settings-theme": page(version="theme_version", colour="colour"),
    "team": page(),
    "team-invite": page(post=MANAGERS),
    "team-resend": page(post=MANAGERS, invitation_id="invitation"),
    "team-revoke": page(post=MANAGERS, invitation_id="invitation"),
    "team-leave": page(post=EVERYBODY),
    "team-hand-over": page(post=OWNER, member_id="member"),
    "team-remove": page(post=MANAGERS, member_id="member"),
    "team-role": page(post=MANAGERS, member_id="member"),
    "team-secure": page(post=OWNER),
    "staff-api:invitations": api(get=MANAGERS, post=MANAGERS),
    "staff-api:invitation": api(
        get=MANAGERS, delete=MANAGERS, arguments={"invitation_id": "invitation"}
    ),
    "staff-api:invitation-resend": api(post=MANAGERS, arguments={"invitation_id": "invitation"}),
    "staff-api:members": api(get=EVERYBODY),
    "staff-api:member": api(
        get=EVERYBODY, patch=MANAGERS, delete=MANAGERS, arguments={"member_id": "member"}
    ),
    "item-picture": page(media_id="media"),
    "item-picture-state": page(media_id="media"),
    "staff-api:categories": api(get=EVERYBODY, post=EVERYBODY),
    "staff-api:category": api(
        get=EVERYBODY,
        put=EVERYBODY,
        patch=EVERYBODY,
        delete=EVERYBODY,
        arguments={"category": "category"},
    ),
    "staff-api:category-order": api(post=EVERYBODY),
    "staff-api:items": api(get=EVERYBODY, post=EVERYBODY),
    "staff-api:item-bulk": api(post=EVERYBODY),
    "staff-api:item-order": api(post=EVERYBODY),
    "staff-api:item": api(
        get=EVERYBODY, put=EVERYBODY, patch=EVERYBODY, delete=EVERYBODY, arguments={"item": "item"}
    ),
    "staff-api:media": api(post=EVERYBODY),
    "staff-api:medium": api(
        get=EVERYBODY, patch=EVERYBODY, delete=EVERYBODY, arguments={"media_id": "media"}
    ),
    "staff-api:medium-complete": api(post=EVERYBODY, arguments={"media_id": "media"}),
    "staff-api:orders": api(get=EVERYBODY),
    "staff-api:order": api(get=EVERYBODY, arguments={"number": "order"}),
    "staff-api:order-transitions": api(post=EVERYBODY, arguments={"number": "order"}),
    "staff-api:storefront": api(get=EVERYBODY, patch=MANAGERS),
    "staff-api:schema": api(get=EVERYBODY),
    "staff-api:docs": api(get=EVERYBODY),
}
#: Those outside any tenant: who may come (a stranger is sent to log in, or gets 401).
APP = {
    "home": PERSON,
    "tenants": PERSON,
    "tenant-new": PERSON,
    "tenant-slug": PERSON,
    "account": PERSON,
    "account-email": PERSON,
    "account-email-code": PERSON,
    "account-password": PERSON,
    "logins-end": PERSON,
    "login-end": PERSON,
    "mfa-codes": PERSON,
    "mfa-off": PERSON,
    "invitation": ANYONE,
    "verify": ANYONE,
    "forgot": ANYONE,
    "reset": ANYONE,
    "oidc-begin": ANYONE,
    "oidc-callback": ANYONE,
    "language": ANYONE,
    "log-in": ANYONE,
    "log-out": ANYONE,
    "sign-up": ANYONE,
    "mfa": ANYONE,
    "media": PERSON,
    "uploads": ANYONE,
    "jwks": ANYONE,
    "mailbox": ANYONE,
    "mailbox-messages": ANYONE,
    "mailbox-message": ANYONE,
    "mailbox-message-html": ANYONE,
    "identity-api:sign-up": ANYONE,
    "identity-api:confirm": ANYONE,
    "identity-api:resend": ANYONE,
    "identity-api:log-in": ANYONE,
    "identity-api:challenge": ANYONE,
    "identity-api:refresh": ANYONE,
    "identity-api:log-out": ANYONE,
    "identity-api:forgot": ANYONE,
    "identity-api:reset": ANYONE,
    "identity-api:totp": PERSON,
    "identity-api:totp-confirm": PERSON,
    "identity-api:me": PERSON,
    "identity-api:tenants": PERSON,
    "identity-api:invitation-accept": PERSON,
    "identity-api:schema": ANYONE,
    "identity-api:docs": ANYONE,
}


#: Addresses under a suspended tenant's dashboard that its owner still sees.
OPEN_WHEN_SUSPENDED: set[str] = set()


class Place:
    """A tenant with a member in each role, and what the addresses speak of."""

    def __init__(self, at: Callable[..., Client]) -> None:
        self.at = at
        slug = f"m-{uuid4().hex[:10]}"
        self.tenant = create_tenant(
            slug=slug, name_ar="متجر", name_en="Shop", kind="shop", owner_email=f"o@{slug}.example"
        )
        self.people = {"owner": self._person(f"o@{slug}.example")}
        for role in ("admin", "staff"):
            self.people[role] = self._person(f"{role}@{slug}.example")
            with scopes.tenant(self.tenant.id):
                TenantMember.objects.create(tenant=self.tenant, user=self.people[role], role=role)
        self.people["stranger"] = self._person(f"stranger@{slug}.example")
        other = f"n-{uuid4().hex[:10]}"
        create_tenant(
            slug=other, name_ar="متجر", name_en="Shop", kind="shop",
            owner_email=self.people["stranger"].email,
        )  # fmt: skip

    @staticmethod
    def _person(email: str) -> User:
        with scopes.public():
            user = get_or_create_user(email)
            make_account_ready(user, "a-long-enough-password")
        return user

    def session(self, who: str) -> Client:
        """A browser of the person, logged in; "nobody" isn't."""
        client = self.at("app", **{"accept-language": "en"})
        if who in self.people:
            client.force_login(self.people[who])
        return client

    def bearer(self, who: str) -> Client:
        """A program of the person."""
        with scopes.public():
            token = grant(self.people[who], has_mfa=False).access_token
        return self.at("app", authorization=f"Bearer {token}")

    @staticmethod
    def unknown() -> UUID:
        """Of something that isn't there."""
        return uuid4()

    def item(self) -> str:
        with scopes.tenant(self.tenant.id):
            return str(
                CatalogItem.objects.create(
                    kind="product", slug=f"i-{uuid4().hex[:10]}", name_ar="عود", name_en="Oud",
                    price="1.000", status="published",
                ).slug
            )  # fmt: skip

    def media(self) -> UUID:
        with scopes.tenant(self.tenant.id):
            return MediaAsset.objects.create().id

    def order(self) -> str:
        slug = self.item()
        with scopes.tenant(self.tenant.id):
            line = LineRequest(CatalogItem.objects.get(slug=slug).id, 1)
            asked = NewOrder("Maryam", "+96550001234", "en", [line])
            return place_order(asked, is_open=True, now=timezone.now()).number

    def category(self) -> str:
        with scopes.tenant(self.tenant.id):
            fields = {"slug": f"c-{uuid4().hex[:10]}", "name_ar": "قسم", "name_en": "A part"}
            return str(Category.objects.create(**fields).id)

    def member(self) -> str:
        """Another colleague."""
        user = self._person(f"c-{uuid4().hex[:10]}@example.com")
        with scopes.tenant(self.tenant.id):
            return str(TenantMember.objects.create(tenant=self.tenant, user=user, role="staff").id)

    def invitation(self) -> str:
        now = timezone.now()
        with scopes.tenant(self.tenant.id):
            return str(
                Invitation.objects.create(
                    tenant=self.tenant, email=f"i-{uuid4().hex[:10]}@example.com", role="staff",
                    token_hash=uuid4().hex, sent_at=now, expires_at=now + timedelta(days=1),
                ).id
            )  # fmt: skip

    def restore(self) -> None:
        """Give the three their roles back, whatever they did."""
        with scopes.tenant(self.tenant.id):
            for role in EVERYBODY:
                TenantMember.objects.update_or_create(
                    tenant=self.tenant, user=self.people[role], defaults={"role": role}
                )

    def theme_version(self):
        return "1"

    def colour(self):
        return "1a7f5a"

    def path(self, name: str, known: Address) -> str:
        """The address, with things of its own that exist."""
        values = {part: getattr(self, kind)() for part, kind in known.arguments.items()}
        inner = reverse(name, urlconf=settings.DASHBOARD_URLCONF, kwargs=values or None)
        return f"/{self.tenant.slug}{inner}"


@pytest.fixture(scope="module")
def place(django_db_setup, django_db_blocker) -> Iterator[Place]:
    from tests.conftest import at

    with django_db_blocker.unblock():
        yield Place(at.__wrapped__())
        connections.close_all()


def ask(client: Client, method: str, path: str) -> Any:
    answer = client.generic(method, path, b"{}", content_type="application/json")
    if answer.streaming:  # nobody reads it
        answer.close()
    return answer


def has_docs(name: str) -> bool:
    """Whether the address is a page of documents, which DRF's OPTIONS doesn't know."""
    return name.endswith(":docs")


def is_api(name: str) -> bool:
    return ":" in name


def test_every_address_is_listed():
    assert set(address_names(settings.DASHBOARD_URLCONF)) == set(DASHBOARD)
    assert set(address_names(settings.SURFACE_URLCONFS["app"])) == set(APP)


@pytest.mark.parametrize("name", DASHBOARD)
def test_a_member_does_what_the_role_allows(place, name):
    """And PostgreSQL sees the tenant and the person named in front of each statement."""
    known, told = DASHBOARD[name], []
    for role in EVERYBODY:
        clients = [place.session(role), *([place.bearer(role)] if is_api(name) else [])]
        for client in clients:
            for method in METHODS:
                path = place.path(name, known)
                with StatementLog() as log:
                    status = ask(client, method, path).status_code
                if not right(known, name, role, method, status):
                    told.append((role, method, status))
                place.restore()
                assert log.unscoped() == []
                assert str(place.tenant.id) in log.tenants()

    assert told == []


def right(known: Address, name: str, role: str, method: str, status: int) -> bool:
    """Whether a member in this role is answered as the list says."""
    if method == "OPTIONS":
        return status == (200 if is_api(name) and not has_docs(name) else 405)
    offered = set(known.allowed) | ({"HEAD"} if is_api(name) and "GET" in known.allowed else set())
    if method not in offered or (method == "HEAD" and not known.allowed.get("GET")):
        return status == 405
    allowed = known.allowed.get(method) or known.allowed["GET"]
    if not allowed:
        return status == 405
    if role not in allowed:
        return status == 403
    return (status not in (401, 403, 404, 405) and status < 500) or status in known.fine


@pytest.mark.parametrize("name", DASHBOARD)
def test_a_stranger_finds_nothing_and_nobody_logs_in_first(place, name):
    known = DASHBOARD[name]
    for method in METHODS:
        path = place.path(name, known)
        if is_api(name):
            assert ask(place.session("nobody"), method, path).status_code == 401
            assert ask(place.bearer("stranger"), method, path).status_code == 404
        else:
            answer = ask(place.session("nobody"), method, path)
            assert (answer.status_code, answer.headers["Location"][:13]) == (302, "/login/?next=")
        assert ask(place.session("stranger"), method, path).status_code == 404


@pytest.mark.parametrize("name", DASHBOARD)
def test_a_suspended_tenant_is_closed_to_members_and_not_there_for_strangers(place, name):
    known = DASHBOARD[name]
    path = place.path(name, known)
    suspend_tenant(place.tenant.slug, reason="a test", now=timezone.now())
    try:
        for role in EVERYBODY:
            answer = ask(place.session(role), "GET", path)
            if role == "owner" and name in OPEN_WHEN_SUSPENDED:
                assert answer.status_code == 200
            else:
                assert answer.status_code == (403 if is_api(name) else 503)
        assert ask(place.session("stranger"), "GET", path).status_code == 404
    finally:
        reactivate_tenant(place.tenant.slug, now=timezone.now())


@pytest.mark.parametrize("policy", [MfaPolicy.ADMINS, MfaPolicy.EVERYONE])
@pytest.mark.parametrize("name", DASHBOARD)
def test_who_lacks_a_second_factor_sets_one_up_first(place, name, policy):
    path = place.path(name, DASHBOARD[name])
    asked = {"owner", "admin"} | ({"staff"} if policy == MfaPolicy.EVERYONE else set())
    set_policy(place.tenant, policy)
    try:
        for role in EVERYBODY:
            answer = ask(place.session(role), "GET", path)
            if role not in asked:
                refused = [403] if role not in DASHBOARD[name].allowed.get("GET", (role,)) else []
                assert answer.status_code in (200, 302, 405, *refused)
            elif is_api(name):
                assert (answer.status_code, answer.json()["code"]) == (403, "mfa_required")
                assert ask(place.bearer(role), "GET", path).json()["code"] == "mfa_required"
            else:
                assert answer.headers["Location"].startswith("/mfa/?")
    finally:
        set_policy(place.tenant, MfaPolicy.OFF)


def set_policy(tenant: Tenant, policy: str) -> None:
    with scopes.public():
        Tenant.objects.filter(id=tenant.id).update(mfa_policy=policy)
    forget_hosts()


@pytest.mark.parametrize("name", [name for name, who in APP.items() if who == PERSON])
def test_outside_a_tenant_nobody_comes_in_without_a_log_in(place, name):
    path = reverse(
        name, urlconf=settings.SURFACE_URLCONFS["app"], kwargs=app_arguments(place).get(name)
    )
    for method in ("GET", "POST"):
        answer = ask(place.session("nobody"), method, path)
        if is_api(name):
            assert answer.status_code == 401
            assert ask(place.bearer("stranger"), method, path).status_code != 401
        elif name == "media":
            assert answer.status_code in (404, 405)
        else:
            assert answer.status_code in (302, 405)
            assert answer.status_code == 405 or "/login/" in answer.headers["Location"]


def app_arguments(place: Place) -> dict[str, dict[str, Any]]:
    return {
        "media": {"tenant_id": place.tenant.id, "name": "x.webp"},
        "login-end": {"login_id": uuid4()},
    }
