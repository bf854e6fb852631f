"""One cache server, one name, two tenants."""

import pytest
from django.core.cache import cache

from tenants import scopes
from tenants.gateways import valkey

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture(autouse=True)
def emptied(a, b):
    for side in (a, b):
        with side.scope():
            cache.clear()


def test_the_same_key_holds_each_tenants_own_value(a, b):
    for side in (a, b):
        with side.scope():
            assert cache.get("key") is None
            cache.set("key", side.name)
    for side in (a, b):
        with side.scope():
            assert cache.get("key") == side.name
            assert cache.get_many(["key"]) == {"key": side.name}


@pytest.mark.parametrize(
    "act",
    [
        lambda: cache.delete("key"),
        lambda: cache.delete_many(["key"]),
        lambda: cache.incr("count"),
        lambda: cache.incr_version("key"),
        lambda: cache.touch("key", 0),
        lambda: cache.set_many({"key": "changed"}),
        lambda: cache.add("new", "changed"),
        lambda: cache.clear(),
    ],
)
def test_a_write_in_one_tenant_keeps_the_others(a, b, act):
    for side in (a, b):
        with side.scope():
            cache.set_many({"key": side.name, "count": 1})

    with a.scope():
        act()

    with b.scope():
        assert cache.get_many(["key", "count", "new"]) == {"key": "B", "count": 1}


def test_a_key_cant_be_spelled_into_the_others(a, b):
    with b.scope():
        cache.set("key", "B")

    with a.scope():
        for forged in (f"{b.id}:1:key", f"../{b.id}:1:key", f":{b.id}:1:key"):
            assert cache.get(forged) is None
        assert cache.get("key", version=f"1:{b.id}") is None


def test_clearing_empties_ones_own(a):
    with a.scope():
        cache.set("key", "A")
        cache.clear()

        assert cache.get("key") is None


def test_every_key_begins_with_the_tenants_id(a):
    with a.scope():
        cache.set("key", "A")

    assert valkey.cache().exists(f"{a.id}:1:key")


def test_public_and_platform_are_apart_as_well(a):
    with scopes.public():
        cache.set("key", "public")
    with scopes.platform():
        assert cache.get("key") is None
    with a.scope():
        assert cache.get("key") is None


@pytest.mark.parametrize(
    "act",
    [
        lambda: cache.get("key"),
        lambda: cache.set("key", 1),
        lambda: cache.delete("key"),
        lambda: cache.get_many(["key"]),
        lambda: cache.clear(),
        lambda: cache.get_or_set("key", 1),
    ],
)
def test_in_no_scope_there_is_no_cache(act):
    with pytest.raises(scopes.NoScopeError):
        act()
