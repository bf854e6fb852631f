"""The look-up of hosts: nothing stale, whoever changes what, and no end to how long it lasts."""

import time

import pytest
from django.utils import timezone

from tenants import scopes
from tenants.domain.tenants import suspend_tenant
from tenants.gateways import announcements, valkey
from tenants.queries import hosts


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """A loaded machine may answer late: that is not what is tested here."""
    monkeypatch.setattr(hosts, "_away", hosts._Away())


def look(tenant):
    return hosts.tenant_of_host(f"{tenant.slug}.localhost")


def test_a_known_host_asks_nobody(tenant_a, django_assert_num_queries, monkeypatch):
    look(tenant_a)
    monkeypatch.setattr(valkey, "hosts", lambda: pytest.fail("asked Valkey"))

    with django_assert_num_queries(0):
        for _ in range(5):
            assert look(tenant_a).slug == tenant_a.slug


def test_a_change_by_another_process_is_seen_by_the_next_look(tenant_a):
    assert not look(tenant_a).is_suspended

    valkey.hosts().incr("hosts:generation")  # as another process does, in `forget_hosts`
    with scopes.public():
        type(tenant_a).objects.filter(id=tenant_a.id).update(status="suspended")
    announcements.announce("hosts:changed")
    time.sleep(0.05)

    assert look(tenant_a).is_suspended


def test_our_own_change_is_seen_at_once(tenant_a):
    look(tenant_a)

    suspend_tenant(tenant_a.slug, reason="x", now=timezone.now())

    assert look(tenant_a).is_suspended


def test_a_subscription_is_renewed_any_number_of_times(tenant_a, django_assert_num_queries):
    look(tenant_a)

    with django_assert_num_queries(0):
        for _ in range(300):
            hosts._announcements._until = 0.0
            look(tenant_a)

    assert hosts._away.until == 0.0
