"""Which organisations a person sees, and where they are led."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants import scopes
from tenants.domain.tenants import suspend_tenant
from tenants.enums import TenantStatus
from tenants.models import Tenant, TenantMember

pytestmark = pytest.mark.usefixtures("real_db")


@pytest.fixture
def client(at, user):
    client = at("app", **{"accept-language": "en"})
    with scopes.public():
        client.force_login(user)
    return client


def join(user, *tenants, role="staff"):
    for tenant in tenants:
        with scopes.tenant(tenant.id):
            TenantMember.objects.create(tenant=tenant, user=user, role=role)


@pytest.mark.parametrize("path", ["/", "/tenants/"])
def test_a_stranger_logs_in_first(at, path):
    assert at("app").get(path).headers["Location"] == f"/login/?next={path}"


def test_nobody_sees_what_they_do_not_belong_to(client, user, tenant_a, tenant_b):
    join(user, tenant_a, role="admin")

    page = client.get("/tenants/").text

    assert f'href="/{tenant_a.slug}/"' in page
    assert "Shop · Admin" in page
    assert tenant_b.slug not in page
    assert "oud-house" not in page


def test_the_only_organisation_opens_at_once(client, user, tenant_a):
    join(user, tenant_a)

    assert client.get("/").headers["Location"] == f"/{tenant_a.slug}/"
    assert client.get("/tenants/").status_code == 200


def test_several_are_chosen_from(client, user, tenant_a, tenant_b):
    join(user, tenant_a, tenant_b)

    page = client.get("/")

    assert page.status_code == 200
    assert f"/{tenant_a.slug}/" in page.text
    assert f"/{tenant_b.slug}/" in page.text


def test_a_suspended_one_is_marked_and_leads_nowhere(client, user, tenant_a):
    join(user, tenant_a)
    suspend_tenant(tenant_a.slug, reason="unpaid", now=timezone.now())

    page = client.get("/")

    assert page.status_code == 200
    assert "Suspended" in page.text
    assert f'href="/{tenant_a.slug}/"' not in page.text


def test_a_closed_one_is_gone(client, user, tenant_a):
    join(user, tenant_a)
    with scopes.public():
        Tenant.objects.filter(id=tenant_a.id).update(status=TenantStatus.CLOSED)

    page = client.get("/")

    assert page.status_code == 200
    assert "No organisation yet" in page.text


def test_who_belongs_nowhere_is_told_what_to_do(client, user):
    page = client.get("/")

    assert page.status_code == 200
    assert user.email in page.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_whatever_its_length(client, user, new_tenant, count):
    join(user, *(new_tenant() for _ in range(count)))

    with CaptureQueriesContext(connection) as queries:
        response = client.get("/tenants/")

    assert response.text.count('class="list-row"') == count
    assert len(queries) == 3  # session, person, memberships
