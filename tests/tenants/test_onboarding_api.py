"""People open organisations of their own over the API: once, within limits, at addresses of their own."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from tenants import scopes
from tenants.domain import onboarding
from tenants.domain.onboarding import NewTenant, TooManyTenantsError, start_tenant
from tenants.domain.tenants import SlugTakenError, get_or_create_user
from tenants.enums import TenantStatus
from tenants.gateways import valkey
from tenants.models import AuditEntry, Domain, Tenant, TenantMember
from tests.identity.conftest import Program, member, stranger

__all__ = ["member", "stranger"]
pytestmark = pytest.mark.usefixtures("real_db")
OFFERS = {
    "shop": ["orders"],
    "charity": ["donations", "pledges"],
    "project": ["orders", "donations", "pledges"],
}


@pytest.fixture(autouse=True)
def no_limits_from_before(real_db):
    valkey.counters().flushdb()


@pytest.fixture
def person(user, at):
    """Somebody's browser on `app.`, its API calls with the session's CSRF token."""
    client = at("app", **{"accept-language": "en"})
    with scopes.public():
        client.force_login(user)
    return Program(client, email=user.email)


def a_slug():
    return f"x-{uuid4().hex[:12]}"


def asked(slug=None, **fields):
    return {
        "name_ar": "بيت التمر",
        "name_en": "Date House",
        "slug": a_slug() if slug is None else slug,
        "kind": "shop",
        **fields,
    }


def owned_by(user):
    with scopes.public(user_id=user.id):
        return TenantMember.objects.filter(user_id=user.id).count()


@pytest.mark.parametrize("kind", OFFERS)
def test_a_storefront_is_open_at_once(member, at, kind):
    program, slug = member(), a_slug()

    answer = program.post("tenants/", asked(slug, kind=kind), **program.bearer())

    assert answer.status_code == 201
    shown = answer.json()
    assert shown == {
        "id": shown["id"],
        "slug": slug,
        "name_ar": "بيت التمر",
        "name_en": "Date House",
        "kind": kind,
        "status": "active",
        "role": "owner",
        "dashboard_url": shown["dashboard_url"],
        "storefront_url": shown["storefront_url"],
    }
    assert shown["dashboard_url"] == f"http://app.localhost/{slug}/"
    assert shown["storefront_url"] == f"http://{slug}.localhost/"
    assert answer.headers["Location"] == shown["dashboard_url"]
    visit = at(slug)
    assert visit.get("/ar/").status_code == 200
    storefront = visit.get("/api/v1/storefront/").json()
    assert storefront["accepts"] == OFFERS[kind]
    assert (storefront["languages"], storefront["default_language"]) == (["ar", "en"], "ar")
    mine = program.get("me/", **program.bearer()).json()["memberships"]
    assert mine == [{"tenant": slug, "role": "owner"}]
    assert program.client.get(f"/{slug}/api/v1/items/", headers=program.bearer()).status_code == 200
    with scopes.tenant(_id(slug)):
        entry = AuditEntry.objects.get(action="tenant.created")
        assert entry.detail == {"slug": slug, "owner": program.email}
        assert str(entry.actor_id) == program.get("me/", **program.bearer()).json()["id"]


def _id(slug):
    with scopes.public():
        return Tenant.objects.get(slug=slug).id


def test_languages_and_colour_are_the_owners(member, at):
    program, slug = member(), a_slug()
    choice = {"languages": ["en"], "default_language": "en", "accent": "#FFEE00"}

    assert program.post("tenants/", asked(slug, **choice), **program.bearer()).status_code == 201

    storefront = at(slug).get("/api/v1/storefront/").json()
    assert (storefront["languages"], storefront["default_language"]) == (["en"], "en")
    assert storefront["colors"]["accent"] == "#ffee00"
    assert at(slug).get("/", headers={"accept-language": "ar"}).headers["Location"] == "/en/"


def test_the_first_language_is_the_default(member, at):
    program, slug = member(), a_slug()

    program.post("tenants/", asked(slug, languages=["en", "ar"]), **program.bearer())

    storefront = at(slug).get("/api/v1/storefront/").json()
    assert (storefront["languages"], storefront["default_language"]) == (["en", "ar"], "en")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"name_ar": ""}, "name_ar"),
        ({"name_ar": "  \u200f "}, "name_ar"),
        ({"name_en": "\u3164"}, "name_en"),
        ({"name_en": "x" * 121}, "name_en"),
        ({"name_en": "a\x00b"}, "name_en"),
        ({"name_en": None}, "name_en"),
        ({"name_ar": ["x"]}, "name_ar"),
        ({"slug": ""}, "slug"),
        ({"slug": "ab"}, "slug"),
        ({"slug": "a" * 64}, "slug"),
        ({"slug": "xn--80ak6aa92e"}, "slug"),
        ({"slug": "a--b"}, "slug"),
        ({"slug": "Oud"}, "slug"),
        ({"slug": "oud.house"}, "slug"),
        ({"slug": "оud-hоuse"}, "slug"),
        ({"slug": "www"}, "slug"),
        ({"slug": "api"}, "slug"),
        ({"slug": "a-p-i"}, "slug"),
        ({"slug": "souqna-support"}, "slug"),
        ({"slug": "official"}, "slug"),
        ({"slug": "oud-house"}, "slug"),
        ({"slug": "oudhouse"}, "slug"),
        ({"slug": "oud-h0use"}, "slug"),
        ({"kind": "bank"}, "kind"),
        ({"kind": None}, "kind"),
        ({"languages": []}, "languages"),
        ({"languages": ["fr"]}, "languages"),
        ({"languages": "ar"}, "languages"),
        ({"default_language": "fr"}, "default_language"),
        ({"languages": ["en"], "default_language": "ar"}, "default_language"),
        ({"accent": "red"}, "accent"),
        ({"accent": "#12345"}, "accent"),
        ({"accent": "#1234567"}, "accent"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(person, user, fields, wrong):
    answer = person.post("tenants/", asked(**fields))

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert list(answer.json()["errors"]) == [wrong]
    assert owned_by(user) == 0


def test_nothing_is_missing_silently(person):
    answer = person.post("tenants/", {})

    assert set(answer.json()["errors"]) == {"name_ar", "name_en", "slug", "kind"}


def test_a_session_needs_its_token_and_a_stranger_is_sent_away(person, stranger, user, at):
    person.client.handler.enforce_csrf_checks = True

    assert person.post("tenants/", asked()).json()["code"] == "csrf_failed"
    nobody = stranger()
    assert nobody.post("tenants/", asked()).json()["code"] == "not_authenticated"
    assert nobody.get("tenants/").json()["code"] == "not_authenticated"
    bad = nobody.post("tenants/", asked(), authorization="Bearer no.good.token")
    assert bad.json()["code"] == "invalid_token"
    assert owned_by(user) == 0
    token = str(person.client.get("/tenants/new/").context["csrf_token"])
    assert person.post("tenants/", asked(), **{"x-csrftoken": token}).status_code == 201


def test_a_person_sees_their_own(person, user, tenant_a, tenant_b):
    with scopes.tenant(tenant_a.id):
        TenantMember.objects.create(tenant=tenant_a, user=user, role="staff")
    person.post("tenants/", asked(f"a-{tenant_a.slug}"))

    listed = person.get("tenants/").json()

    assert (listed["next"], listed["previous"]) == (None, None)
    assert [(one["slug"], one["role"]) for one in listed["results"]] == [
        (f"a-{tenant_a.slug}", "owner"),
        (tenant_a.slug, "staff"),
    ]


def test_a_double_click_opens_one(person, user):
    sent = asked()

    first = person.post("tenants/", sent)
    second = person.post("tenants/", sent)
    other = person.post("tenants/", {**sent, "name_en": "Other"})

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert (other.status_code, list(other.json()["errors"])) == (400, ["slug"])
    assert owned_by(user) == 1


def new(slug="", **fields):
    return NewTenant(slug=slug or a_slug(), name_ar="بيت", name_en="House", kind="shop", **fields)


def test_a_minute_later_the_address_is_taken(user):
    sent = new()
    start_tenant(sent, owner=user, now=timezone.now())

    with pytest.raises(SlugTakenError):
        start_tenant(sent, owner=user, now=timezone.now() + timedelta(seconds=61))
    with scopes.public(), pytest.raises(SlugTakenError):
        start_tenant(sent, owner=get_or_create_user(f"{a_slug()}@example.com"), now=timezone.now())
    assert owned_by(user) == 1


def at_once(attempts):
    """What each attempt yields or raises, all begun at one moment."""
    start = Barrier(len(attempts))

    def run(attempt):
        try:
            start.wait(10)
            return attempt()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(attempts)) as threads:
        return list(threads.map(run, attempts))


def test_one_address_claimed_by_many_at_once(stranger, at):
    slug = a_slug()
    people = []
    for _ in range(6):
        client = at("app", **{"accept-language": "en"})
        with scopes.public():
            client.force_login(get_or_create_user(f"{a_slug()}@example.com"))
        people.append(Program(client))
    spellings = [slug, slug, slug, slug.replace("-", ""), slug.replace("-", ""), slug]

    answers = at_once(
        [
            lambda p=p, s=s: p.post("tenants/", asked(s))
            for p, s in zip(people, spellings, strict=True)
        ]
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [400] * 5
    refused = [answer.json()["errors"] for answer in answers if answer.status_code == 400]
    assert all(list(errors) == ["slug"] for errors in refused)
    with scopes.public():
        held = Tenant.objects.filter(slug__in=set(spellings))
        assert held.count() == 1
        assert Domain.objects.filter(tenant=held.get()).count() == 1


@pytest.fixture
def few_allowed(monkeypatch):
    monkeypatch.setattr(onboarding, "MOST_OWNED", 2)


def test_a_person_may_own_so_many(person, user, few_allowed):
    answers = [person.post("tenants/", asked()) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 403]
    assert answers[2].json()["code"] == "permission_denied"
    assert "You own 2 organisations" in answers[2].json()["detail"]
    with scopes.public():
        Tenant.objects.filter(id=answers[0].json()["id"]).update(status=TenantStatus.CLOSED)
    assert person.post("tenants/", asked()).status_code == 201


def attempts_of_one(user, count=6):
    return at_once(
        [
            lambda: start_tenant(new(), owner=user, now=timezone.now()).slug
            for _ in range(count)
        ]
    )  # fmt: skip


def test_the_limit_holds_at_once(user, few_allowed):
    results = attempts_of_one(user)

    assert sum(isinstance(one, TooManyTenantsError) for one in results) == 4
    assert owned_by(user) == 2


def test_without_the_lock_it_would_not(user, few_allowed, monkeypatch):
    """The negative control: what the test above sees is the lock's doing."""
    together = Barrier(6)
    count = onboarding.count_owned

    def counted_together(owner):
        found = count(owner)
        together.wait(10)
        return found

    monkeypatch.setattr(onboarding, "count_owned", counted_together)
    monkeypatch.setattr(onboarding, "_lock_person", lambda _owner: None)

    attempts_of_one(user)

    assert owned_by(user) == 6


def test_look_alikes_at_once_without_their_lock(user, monkeypatch):
    """Another control: the unique slug alone lets two look-alikes in."""
    with scopes.public():
        other = get_or_create_user(f"{a_slug()}@example.com")
    together, slug = Barrier(2), a_slug()
    check = onboarding.check_free

    def checked_together(asked_slug):
        check(asked_slug)
        together.wait(10)

    monkeypatch.setattr(onboarding, "check_free", checked_together)
    monkeypatch.setattr(onboarding, "lock_skeleton", lambda _slug: None)
    sent = [(new(slug), user), (new(slug.replace("-", "")), other)]

    results = at_once(
        [lambda n=n, o=o: start_tenant(n, owner=o, now=timezone.now()).slug for n, o in sent]
    )

    assert sorted(results) == sorted([slug, slug.replace("-", "")])


def test_attempts_are_counted(person, user):
    answers = [person.post("tenants/", asked("oud-house")) for _ in range(21)]

    assert {answer.status_code for answer in answers[:20]} == {400}
    assert (answers[20].status_code, answers[20].json()["code"]) == (429, "rate_limited")
    assert 1 <= int(answers[20].headers["Retry-After"]) <= 3600
    assert owned_by(user) == 0
