"""A tenant takes another slug: what leads where, who may have what, and two who want one."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier, BrokenBarrierError
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from tenants import scopes
from tenants.domain import renaming, seeding
from tenants.domain.onboarding import Standing, standing_of
from tenants.domain.permissions import PermissionDeniedError
from tenants.domain.renaming import (
    MOST_RENAMES,
    TooManyRenamesError,
    had_slug,
    rename_tenant,
)
from tenants.domain.tenants import (
    SlugAlikeError,
    SlugTakenError,
    TenantRefusedError,
    create_tenant,
    get_or_create_user,
    suspend_tenant,
)
from tenants.models import AuditEntry, Domain, OutboxEvent, Tenant, TenantMember
from tenants.queries.hosts import forget_hosts


def owner_of(tenant):
    with scopes.tenant(tenant.id):
        return TenantMember.objects.get(role="owner")


def rename(tenant, slug, *, actor=None, now=None):
    with scopes.tenant(tenant.id):
        return rename_tenant(slug=slug, actor=actor or owner_of(tenant), now=now or timezone.now())


def slug_of(tenant):
    with scopes.public():
        return Tenant.objects.get(id=tenant.id).slug


def hosts_of(tenant):
    with scopes.public():
        return dict(Domain.objects.filter(tenant=tenant).values_list("domain", "is_primary"))


def a_slug():
    return f"t-{uuid4().hex[:10]}"


@pytest.fixture
def moved(tenant_a):
    """A tenant that has moved, with its old slug."""
    old, new = tenant_a.slug, a_slug()
    rename(tenant_a, new)
    tenant_a.old, tenant_a.slug = old, new
    return tenant_a


def test_the_new_host_is_the_storefronts_and_the_old_one_says_so(moved, at):
    assert at(moved.slug).get("/en/").status_code == 200
    assert hosts_of(moved) == {f"{moved.old}.localhost": False, f"{moved.slug}.localhost": True}

    response = at(moved.old).get("/en/items/?search=%D8%B9%D9%88%D8%AF&page=2")
    assert response.status_code == 308
    assert response.headers["Location"] == (
        f"http://{moved.slug}.localhost/en/items/?search=%D8%B9%D9%88%D8%AF&page=2"
    )
    assert response.headers["Cache-Control"] == "max-age=3600"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "path", ["/", "/media/x.webp", "/nonsense/", "//evil.example/", "/a%20b/", "/en/%0d%0aX: y/"]
)
def test_any_path_moves_and_stays_on_our_host(moved, at, path):
    location = at(moved.old).get(path).headers["Location"]

    assert location.startswith(f"http://{moved.slug}.localhost/")
    assert "\n" not in location


def test_the_port_is_kept(moved, at):
    response = at(moved.old).get("/en/", headers={"host": f"{moved.old}.localhost:8111"})

    assert response.headers["Location"] == f"http://{moved.slug}.localhost:8111/en/"


def test_the_api_moves_with_its_method(moved, at):
    response = at(moved.old).post("/api/v1/orders/", {}, content_type="application/json")

    assert response.status_code == 308
    assert response.headers["Location"] == f"http://{moved.slug}.localhost/api/v1/orders/"


def test_a_preflight_to_the_old_host_is_answered(moved, at, settings):
    settings.CORS_ALLOWED_ORIGINS = ["https://client.example"]
    headers = {"origin": "https://client.example", "access-control-request-method": "POST"}
    response = at(moved.old).options("/api/v1/orders/", headers=headers)

    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "https://client.example"
    answer = at(moved.old).get("/api/v1/storefront/", headers={"origin": headers["origin"]})
    assert answer.status_code == 308
    assert answer.headers["Access-Control-Allow-Origin"] == "https://client.example"


def test_health_is_answered_anywhere(moved, at):
    assert at(moved.old).get("/livez").status_code == 200


def test_a_domain_of_the_tenants_own_is_no_former_slug(moved, at, client):
    with scopes.public():
        Domain.objects.create(tenant=moved, domain="oud.example", is_primary=False)
        alias = f"{a_slug()}.localhost"
        Domain.objects.create(tenant=moved, domain=alias, is_primary=True)
    forget_hosts()

    assert client.get("/en/", headers={"host": "oud.example"}).status_code == 200
    assert client.get("/en/", headers={"host": alias}).status_code == 200
    rename(moved, a_slug())
    assert client.get("/en/", headers={"host": "oud.example"}).status_code == 200
    assert client.get("/en/", headers={"host": alias}).status_code == 200


def test_a_domain_of_the_tenants_own_stays_primary(tenant_a):
    old, new, own = tenant_a.slug, a_slug(), f"{a_slug()}.example"
    with scopes.public():
        Domain.objects.create(tenant=tenant_a, domain=own, is_primary=True)

    rename(tenant_a, new)
    assert hosts_of(tenant_a) == {
        own: True, f"{old}.localhost": False, f"{new}.localhost": True,
    }  # fmt: skip
    rename(tenant_a, old)
    assert hosts_of(tenant_a) == {
        own: True, f"{old}.localhost": True, f"{new}.localhost": False,
    }  # fmt: skip


def test_a_former_slug_is_told_from_others(moved, tenant_b):
    for tenant, expected in [(moved, [True, False, False]), (tenant_b, [False] * 3)]:
        with scopes.tenant(tenant.id):
            assert [had_slug(slug) for slug in (moved.old, moved.slug, a_slug())] == expected


def test_a_chain_of_moves_leads_to_the_last_at_once(moved, at):
    last = a_slug()
    rename(moved, last)

    for host in (moved.old, moved.slug):
        location = at(host).get("/en/").headers["Location"]
        assert location == f"http://{last}.localhost/en/"


def test_a_suspended_tenant_moves_too(moved, at):
    suspend_tenant(moved.slug, reason="x", now=timezone.now())

    assert at(moved.old).get("/en/").status_code == 308
    assert at(moved.slug).get("/en/").status_code == 503


def member_at(at, tenant):
    client = at("app")
    with scopes.public():
        user = get_or_create_user(f"m-{uuid4().hex[:8]}@example.com")
        client.force_login(user)
    if tenant is not None:
        with scopes.tenant(tenant.id):
            TenantMember.objects.create(tenant=tenant, user=user, role="staff")
    return client


def test_a_member_is_led_to_the_dashboard_others_find_nothing(moved, at, tenant_b):
    response = member_at(at, moved).get(f"/{moved.old}/items/?status=draft")

    assert response.status_code == 308
    assert response.headers["Location"] == f"/{moved.slug}/items/?status=draft"
    assert response.headers["Cache-Control"] == "private, max-age=3600"
    for stranger in (member_at(at, None), member_at(at, tenant_b)):
        assert stranger.get(f"/{moved.old}/items/").status_code == 404
        assert stranger.get(f"/{moved.old}/api/v1/items/").status_code == 404
    login = at("app").get(f"/{moved.old}/items/")
    assert login.headers["Location"].startswith("/login/")
    assert at("app").get(f"/{moved.old}/api/v1/items/").status_code == 401


def test_a_slug_is_held_for_its_tenant_for_ever(moved, tenant_b, user):
    with pytest.raises(SlugTakenError):
        rename(tenant_b, moved.old)
    with pytest.raises(SlugTakenError):
        create_tenant(slug=moved.old, name_ar="س", name_en="x", kind="shop", owner_email=user.email)
    assert standing_of(moved.old) is Standing.TAKEN
    assert standing_of(moved.old, own=moved.id) is Standing.FREE

    assert rename(moved, moved.old).slug == moved.old
    assert hosts_of(moved) == {f"{moved.old}.localhost": True, f"{moved.slug}.localhost": False}


def test_look_alikes_of_others_are_refused_ones_own_are_not(tenant_a, tenant_b):
    name = f"oud{uuid4().hex[:8].translate(str.maketrans('015i', '2346'))}"
    rename(tenant_b, f"{name}-l")
    with pytest.raises(SlugAlikeError):
        rename(tenant_a, f"{name}-1")
    with pytest.raises(SlugAlikeError):
        rename(tenant_a, f"{name}1")

    assert rename(tenant_b, f"{name}-1").slug == f"{name}-1"


@pytest.mark.parametrize("slug", ["ab", "Oud", "admin", "adm1n", "my-souqna", "a--b", "a" * 64])
def test_what_may_not_be_asked_for_changes_nothing(tenant_a, slug):
    with pytest.raises(TenantRefusedError):
        rename(tenant_a, slug)

    assert slug_of(tenant_a) == tenant_a.slug


@pytest.mark.parametrize("role", ["admin", "staff"])
def test_owners_only(tenant_a, user, role):
    with scopes.tenant(tenant_a.id):
        actor = TenantMember.objects.create(tenant=tenant_a, user=user, role=role)
    with pytest.raises(PermissionDeniedError):
        rename(tenant_a, a_slug(), actor=actor)

    assert slug_of(tenant_a) == tenant_a.slug


def test_it_is_written_down_and_told(moved):
    with scopes.tenant(moved.id):
        entry = AuditEntry.objects.get(action="tenant.renamed")
        event = OutboxEvent.objects.get(kind="tenant.renamed")

    assert entry.detail == {"slug": moved.slug, "before": moved.old}
    assert event.payload["slug"] == moved.slug
    # The same again is no change.
    rename(moved, moved.slug)
    with scopes.tenant(moved.id):
        assert AuditEntry.objects.filter(action="tenant.renamed").count() == 1


def test_five_times_in_thirty_days(tenant_a):
    for _ in range(MOST_RENAMES):
        rename(tenant_a, a_slug())
    last = slug_of(tenant_a)
    with pytest.raises(TooManyRenamesError):
        rename(tenant_a, a_slug())
    assert slug_of(tenant_a) == last

    rename(tenant_a, a_slug(), now=datetime.now(UTC) + timedelta(days=31))


def contest(tenants, slugs):
    """What comes of all renaming at once: the new slug, or the refusal's name."""

    def attempt(tenant, slug):
        try:
            return rename(tenant, slug).slug
        except TenantRefusedError as error:
            return type(error).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(slugs)) as pool:
        return sorted(pool.map(attempt, tenants, slugs))


def meeting(monkeypatch):
    """Have both look at what is free before either writes, if nothing makes them wait."""
    meet = Barrier(2)
    check = renaming.check_free

    def checked_together(slug, **options):
        check(slug, **options)
        with suppress(BrokenBarrierError):  # the other waits for the lock: it hasn't looked yet
            meet.wait(timeout=2)

    monkeypatch.setattr(renaming, "check_free", checked_together)


def alike():
    name = f"oud{uuid4().hex[:8].translate(str.maketrans('015i', '2346'))}"
    return [f"{name}-1", f"{name}-l"]


def test_of_two_who_want_slugs_that_look_alike_one_gets_it(tenant_a, tenant_b, monkeypatch):
    meeting(monkeypatch)
    slugs = alike()
    outcomes = contest([tenant_a, tenant_b], slugs)

    assert len(set(outcomes) & set(slugs)) == 1
    assert "SlugAlikeError" in outcomes


def test_without_the_lock_both_would(tenant_a, tenant_b, monkeypatch):
    """The negative control: what the test above sees is the lock's doing."""
    meeting(monkeypatch)
    monkeypatch.setattr(renaming, "lock_skeleton", lambda _slug: None)
    slugs = alike()

    assert contest([tenant_a, tenant_b], slugs) == sorted(slugs)


def test_of_two_who_want_one_slug_one_gets_it(tenant_a, tenant_b):
    slug = a_slug()
    outcomes = contest([tenant_a, tenant_b], [slug, slug])

    assert outcomes == sorted(["SlugTakenError", slug])


def test_a_renamed_tenant_is_listed_by_its_new_slug(moved, capsys):
    call_command("list_tenants")

    listed = capsys.readouterr().out
    assert moved.slug in listed
    assert moved.old not in listed


def test_the_demo_knows_its_tenants_by_whatever_slug(moved, monkeypatch):
    demo = replace(seeding.DEMO_TENANTS[0], slug=moved.old)
    monkeypatch.setattr(seeding, "DEMO_TENANTS", (demo,))

    assert seeding.seed_tenants() == []
    assert seeding.seeded_ids() == {moved.old: moved.id}
