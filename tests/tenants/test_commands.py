"""`manage.py` as operators and scripts use it: exit codes, one line, clean JSON."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connections

from tenants import scopes
from tenants.domain.tenants import SlugTakenError, create_tenant
from tenants.models import AuditEntry, Domain, Tenant, TenantMember, User


@pytest.fixture(autouse=True)
def _database(real_db):
    """Commands enter their own scopes."""


def run(*arguments: str) -> tuple[str, str]:
    """Run a command: stdout and stderr."""
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def create(slug: str, *more: str) -> tuple[str, str]:
    return run(
        "create_tenant", slug, "--name-ar", "متجر", "--name-en", "Shop", "--kind", "shop",
        "--owner", "Owner@Example.com", *more,
    )  # fmt: skip


def test_a_tenant_is_created_with_all_that_belongs_to_it():
    slug = f"new-{uuid4().hex[:8]}"

    create(slug)

    with scopes.public():
        tenant = Tenant.objects.get(slug=slug)
        assert Domain.objects.get(tenant=tenant).domain == f"{slug}.localhost"
    with scopes.tenant(tenant.id):
        assert list(TenantMember.objects.values_list("role", flat=True)) == ["owner"]
        assert AuditEntry.objects.filter(action="tenant.created").exists()


def test_people_are_found_whatever_the_case_of_their_address():
    slugs = [f"case-{uuid4().hex[:8]}" for _ in range(2)]
    for slug in slugs:
        create(slug)

    with scopes.public():
        ids = list(Tenant.objects.filter(slug__in=slugs).values_list("id", flat=True))
    members = []
    for tenant_id in ids:
        with scopes.tenant(tenant_id):
            members.append(TenantMember.objects.get().user_id)
    assert members[0] == members[1]


@pytest.mark.parametrize(
    "slug",
    ["www", "admin", "login", "-a", "a-", "a", "ab", "a--b", "xn--abc", "A-B", "a.b", "متجر", "a" * 64,
     "оud", "a_b", "a b", "oud-house"],
)  # fmt: skip
def test_a_slug_that_can_not_be_is_refused_and_changes_nothing(slug):
    with scopes.public():
        before = Tenant.objects.count()

    with pytest.raises(CommandError) as refused:
        create(slug)

    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)
    with scopes.public():
        assert Tenant.objects.count() == before


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("--owner", ""),
        ("--owner", "not-an-address"),
        ("--owner", f"{'a' * 250}@example.com"),
        ("--name-ar", ""),
        ("--name-en", "  "),
        ("--name-en", "x" * 121),
    ],
)
def test_bad_names_and_addresses_are_refused_in_one_line(option, value):
    with pytest.raises(CommandError) as refused:
        create(f"bad-{uuid4().hex[:8]}", option, value)

    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)


def test_a_suspension_needs_a_reason(tenant_a):
    with pytest.raises(CommandError, match="reason"):
        run("suspend_tenant", tenant_a.slug, "--reason", " ")


def test_one_slug_and_one_new_owner_by_many_at_once():
    slug, owner = f"race-{uuid4().hex[:8]}", f"{uuid4().hex[:8]}@example.com"

    def attempt(number: int) -> str:
        try:
            create_tenant(
                slug=slug if number % 2 else f"{slug}-{number}",
                name_ar="أ", name_en="A", kind="shop", owner_email=owner,
            )  # fmt: skip
        except SlugTakenError:
            return "taken"
        finally:
            connections.close_all()
        return "made"

    with ThreadPoolExecutor(8) as threads:
        results = list(threads.map(attempt, range(16)))

    assert results[1::2].count("made") == 1
    assert results[0::2] == ["made"] * 8
    with scopes.public():
        assert User.objects.filter(email=owner).count() == 1


@pytest.mark.parametrize("command", ["migrate", "delete_tenant", "clone_tenant", "rename_schema"])
def test_commands_that_go_around_the_isolation_are_refused(command):
    with pytest.raises(CommandError, match="migrate_schemas"):
        run(command)


def test_the_list_is_one_json_document():
    out, _ = run("list_tenants", "--json")

    listed = {tenant["slug"]: tenant for tenant in json.loads(out)}
    assert set(listed["oud-house"]) == {
        "id", "slug", "name_ar", "name_en", "kind", "status", "schema_name", "created_at",
    }  # fmt: skip
    assert listed["ghaith"]["kind"] == "charity"
    assert listed["ghaith"]["status"] == "active"


def test_suspending_and_reactivating_can_be_repeated(tenant_a, at):
    def page() -> int:
        return at(tenant_a.slug).get("/en/").status_code

    assert page() == 200
    assert "is suspended" in run("suspend_tenant", tenant_a.slug, "--reason", "unpaid")[1]
    assert page() == 503
    assert "already" in run("suspend_tenant", tenant_a.slug, "--reason", "unpaid")[1]
    assert "is active" in run("reactivate_tenant", tenant_a.slug)[1]
    assert page() == 200
    assert "already" in run("reactivate_tenant", tenant_a.slug)[1]
    with pytest.raises(CommandError, match="there is no tenant"):
        run("suspend_tenant", "nobody-at-all", "--reason", "x")
    with scopes.tenant(tenant_a.id):
        actions = AuditEntry.objects.order_by("created_at").values_list("action", flat=True)
        assert [one for one in actions if one != "tenant.welcomed"] == [
            "tenant.created", "tenant.suspended", "tenant.active",
        ]  # fmt: skip


def test_a_suspended_tenant_says_so_in_both_languages_and_to_the_api(tenant_a, at):
    run("suspend_tenant", tenant_a.slug, "--reason", "unpaid")

    english, arabic = (at(tenant_a.slug).get(path) for path in ("/en/", "/ar/"))
    api = at(tenant_a.slug).get("/api/v1/storefront/")

    assert (english.status_code, arabic.status_code, api.status_code) == (503, 503, 403)
    assert "unavailable" in english.text
    assert "غير متاح" in arabic.text
    assert api.json()["code"] == "tenant_suspended"
    assert api.headers["Content-Type"] == "application/problem+json"


def test_the_demo_can_be_seeded_again_and_not_everywhere(settings):
    assert "already" in run("seed_demo")[1]
    settings.SOUQNA_DEMO = False
    with pytest.raises(CommandError, match="refused"):
        run("seed_demo")


def test_roles_and_migrations_that_are_there_are_said_to_be():
    assert "already" in run("bootstrap_database")[1]
    assert "already" in run("migrate_schemas")[1]
