"""The order of items: moved one by one and together, by two at once, and in ten thousand."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from storefront.domain import ordering
from storefront.domain.items import UnknownItemError
from storefront.domain.ordering import arrange_items, place_item, step_item
from storefront.models import CatalogItem
from tenants import scopes
from tenants.models import AuditEntry

ACTOR = uuid4()


@pytest.fixture
def tenant(tenant_a):
    with scopes.tenant(tenant_a.id):
        yield tenant_a


@pytest.fixture
def ids(tenant):
    """Five items by name, their positions with a gap, a repeat and a nought."""
    return {name: shelve(name, place) for name, place in zip("abcde", [0, 1, 1, 5, 9], strict=True)}


def shelve(name, place):
    fields = {"kind": "product", "slug": f"item-{name}", "name_ar": name, "name_en": name}
    return CatalogItem.objects.create(position=place, **fields).id


def order():
    return "".join(CatalogItem.objects.values_list("name_en", flat=True))


def places():
    return list(CatalogItem.objects.values_list("position", flat=True))


@pytest.mark.parametrize(
    ("name", "by", "expected"),
    [
        ("a", 1, "bacde"),
        ("c", -1, "acbde"),
        ("c", 1, "abdce"),
        ("e", -4, "eabcd"),
        ("b", 99, "acdeb"),
        ("a", -1, "abcde"),
        ("e", 1, "abcde"),
    ],
)
def test_an_item_steps_over_its_neighbours(ids, name, by, expected):
    moved = step_item(item_id=ids[name], by=by, actor_id=ACTOR)

    assert (order(), moved) == (expected, expected != "abcde")
    assert places() == [1, 2, 3, 4, 5]
    assert AuditEntry.objects.filter(action="items.ordered").count() == moved


@pytest.mark.parametrize(
    ("name", "beside", "is_after", "expected"),
    [
        ("a", "d", False, "bcade"),
        ("a", "d", True, "bcdae"),
        ("e", "b", False, "aebcd"),
        ("e", "b", True, "abecd"),
        ("b", "a", True, "abcde"),
        ("b", "c", False, "abcde"),
        ("b", "b", True, "abcde"),
        ("a", "e", True, "bcdea"),
    ],
)
def test_an_item_is_put_beside_another(ids, name, beside, is_after, expected):
    place_item(item_id=ids[name], beside=ids[beside], is_after=is_after, actor_id=ACTOR)

    assert order() == expected
    assert places() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("edcba", "edcba"), ("db", "adcbe"), ("cac", "cbade"), ("abcde", "abcde"), ("c", "abcde")],
)
def test_items_share_their_places_anew(ids, wanted, expected):
    arrange_items(ids=[ids[name] for name in wanted], actor_id=ACTOR)

    assert order() == expected
    assert places() == [1, 2, 3, 4, 5]


def test_what_is_gone_is_not_moved(ids):
    with pytest.raises(UnknownItemError):
        step_item(item_id=uuid4(), by=1, actor_id=ACTOR)
    with pytest.raises(UnknownItemError):
        place_item(item_id=ids["a"], beside=uuid4(), is_after=True, actor_id=ACTOR)
    with pytest.raises(UnknownItemError):
        arrange_items(ids=[ids["b"], ids["a"], uuid4()], actor_id=ACTOR)

    assert order() == "abcde"
    assert AuditEntry.objects.count() == AuditEntry.objects.filter(action="tenant.created").count()


def _both(tenant, ids):
    """Two people move at the same moment; answers the order that comes of it."""
    meet = Barrier(2, timeout=10)

    def move(name):
        with scopes.tenant(tenant.id):
            try:
                meet.wait()
                for _ in range(6):
                    step_item(item_id=ids[name], by=4 if order()[0] == name else -4, actor_id=ACTOR)
            finally:
                connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(move, "ae"))
    return places()


def test_two_people_at_once_lose_no_place(tenant, ids):
    assert _both(tenant, ids) == [1, 2, 3, 4, 5]
    assert sorted(order()) == list("abcde")


def test_two_people_at_once_would_lose_places_without_taking_turns(tenant, ids, monkeypatch):
    step_item(item_id=ids["a"], by=1, actor_id=ACTOR)
    meet = Barrier(2, timeout=10)
    position = ordering._position

    def late(item_id):
        found = position(item_id)
        meet.wait()
        return found

    monkeypatch.setattr(ordering, "take_turn", lambda _name: None)
    monkeypatch.setattr(ordering, "_position", late)

    def move(by):
        with scopes.tenant(tenant.id):
            try:
                step_item(item_id=ids["c"], by=by, actor_id=ACTOR)
            finally:
                connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(move, [2, -2]))

    assert places() != [1, 2, 3, 4, 5]


def test_moving_between_neighbours_writes_two_rows_of_ten_thousand(tenant):
    CatalogItem.objects.bulk_create(
        CatalogItem(kind="product", slug=f"item-{n}", name_ar=f"{n}", name_en=f"{n}", position=n)
        for n in range(1, 10_001)
    )
    item = CatalogItem.objects.get(position=5000)

    with CaptureQueriesContext(connection) as queries:
        step_item(item_id=item.id, by=1, actor_id=ACTOR)

    updates = [query["sql"] for query in queries if query["sql"].startswith("UPDATE")]
    assert len(updates) == 1
    assert "BETWEEN 5000 AND 5001" in updates[0]
    found = CatalogItem.objects.filter(position__range=(4999, 5002))
    assert list(found.values_list("name_en", flat=True)) == ["4999", "5001", "5000", "5002"]


def test_a_shelf_of_ten_thousand_is_numbered_in_one_statement(tenant):
    CatalogItem.objects.bulk_create(
        CatalogItem(kind="product", slug=f"item-{n}", name_ar=f"{n}", name_en=f"{n}")
        for n in range(10_000)
    )
    first = CatalogItem.objects.first()

    with CaptureQueriesContext(connection) as queries:
        step_item(item_id=first.id, by=10_000, actor_id=ACTOR)

    assert len([query for query in queries if query["sql"].startswith("UPDATE")]) == 2
    assert CatalogItem.objects.last() == first
    assert places() == list(range(1, 10_001))
