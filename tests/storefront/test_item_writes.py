"""Items written, changed and deleted: rules, races and what the audit log keeps."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connections
from django.utils import timezone

from capture.domain.orders import NewOrder, place_order
from capture.domain.quotes import LineRequest
from capture.models import OrderLine
from storefront.domain.items import (
    ItemContent,
    SlugTakenError,
    StaleItemError,
    UnknownItemError,
    create_item,
    delete_item,
    update_item,
)
from storefront.models import CatalogItem
from storefront.queries.items import published_item, published_items
from storefront.queries.shelves import count_by_kind
from storefront.queries.visibility import visible
from tenants import scopes
from tenants.models import AuditEntry

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACTOR = uuid4()
OIL = ItemContent(
    kind="product",
    slug="oil",
    name_ar="دهن عود",
    name_en="Oud oil",
    price=Decimal("12.500"),
    stock=10,
    status="published",
)


@pytest.fixture
def tenant(tenant_a):
    with scopes.tenant(tenant_a.id):
        yield tenant_a


def create(content=OIL):
    return create_item(content=content, actor_id=ACTOR, now=NOW)


def update(item, content, *, seen=OIL, version=None):
    return update_item(
        item_id=item.id, content=content, seen=seen, actor_id=ACTOR, now=NOW, version=version
    )


def stored(item):
    return ItemContent.of(CatalogItem.objects.get(id=item.id))


def audited():
    return {(entry.action, entry.actor_id) for entry in AuditEntry.objects.all()} - {
        ("tenant.created", None)
    }


def test_an_item_is_written_with_its_audit_entry(tenant):
    item = create(replace(OIL, name_en="  Oud \u202e oil ", description_en="One\r\ntwo"))

    assert stored(item) == replace(OIL, description_en="One\ntwo")
    assert (item.version, item.created_at) == (1, NOW)
    assert audited() == {("item.created", ACTOR)}


def test_a_change_is_kept_with_what_it_was(tenant):
    item = create()

    update(item, replace(OIL, price=None, description_ar="طويل"), version=1)

    assert stored(item) == replace(OIL, price=None, description_ar="طويل")
    entry = AuditEntry.objects.get(action="item.updated")
    assert entry.detail["changes"] == {"price": ["12.500", None], "description_ar": []}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_ar": "  "}, "name_ar"),
        ({"name_en": "x" * 161}, "name_en"),
        ({"name_en": "a\x00b"}, "name_en"),
        ({"description_en": "a\x00b"}, "description_en"),
        ({"description_ar": "ا" * 10_001}, "description_ar"),
        ({"slug": "Oud Oil"}, "slug"),
        ({"slug": "new"}, "slug"),
        ({"publish_at": datetime(2200, 1, 1, tzinfo=UTC)}, "publish_at"),
        ({"ends_on": date(2027, 1, 1)}, "ends_on"),
        ({"kind": "project", "price": None, "stock": None, "ends_on": date(1999, 1, 1)}, "ends_on"),
        ({"kind": "thing"}, "kind"),
        ({"status": "gone"}, "status"),
        ({"price": Decimal("-0.001")}, "price"),
        ({"price": Decimal("0.0001")}, "price"),
        ({"price": Decimal("NaN")}, "price"),
        ({"price": Decimal(1000000000)}, "price"),
        ({"stock": -1}, "stock"),
        ({"stock": 2**31}, "stock"),
        ({"max_quantity": 0}, "max_quantity"),
        ({"max_quantity": 1000}, "max_quantity"),
        ({"goal": Decimal(5)}, "goal"),
        ({"kind": "project", "stock": None}, "price"),
        ({"kind": "project", "price": None}, "stock"),
        ({"kind": "project", "price": None, "stock": None, "goal": Decimal(0)}, "goal"),
    ],
)
def test_a_broken_rule_is_told_at_its_field(tenant, changed, field):
    item = create(replace(OIL, slug="other"))
    before = stored(item)

    with pytest.raises(ValidationError) as new:
        create(replace(OIL, **changed))
    with pytest.raises(ValidationError) as old:
        update(item, replace(before, **changed), seen=before)

    assert list(new.value.message_dict) == list(old.value.message_dict) == [field]
    assert stored(item) == before
    assert CatalogItem.objects.count() == 1
    assert audited() == {("item.created", ACTOR)}


def test_a_project_has_a_goal(tenant):
    content = replace(OIL, kind="project", price=None, stock=None, goal=Decimal("900.000"))

    assert stored(create(content)) == content


def test_a_slug_is_taken_once(tenant):
    create()
    other = create(replace(OIL, slug="other"))

    with pytest.raises(SlugTakenError):
        create()
    with pytest.raises(SlugTakenError):
        update(other, OIL, seen=replace(OIL, slug="other"))

    assert CatalogItem.objects.count() == 2
    assert stored(other).slug == "other"
    assert AuditEntry.objects.filter(action="item.updated").count() == 0


@pytest.mark.parametrize(
    ("names", "slugs"),
    [
        ({"name_en": "Rose oil"}, ["rose-oil", "rose-oil-2", "rose-oil-3"]),
        ({"name_en": "«»", "name_ar": "دار العود"}, ["dar-al-ud", "dar-al-ud-2", "dar-al-ud-3"]),
        ({"name_en": "دار"}, ["dar", "dar-2", "dar-3"]),
        ({"name_en": "«»", "name_ar": "«»"}, ["item", "item-2", "item-3"]),
        ({"name_en": "New"}, ["new-2", "new-3", "new-4"]),
    ],
)
def test_a_suggested_slug_gets_a_number(tenant, names, slugs):
    made = [create(replace(OIL, slug="", **names)) for _ in slugs]

    assert [item.slug for item in made] == slugs
    # An item's own slug doesn't stand in its way.
    again = update(made[1], replace(OIL, slug="", **names), seen=stored(made[1]))
    assert again.slug == slugs[1]


def test_two_suggestions_at_once_both_get_a_slug(tenant):
    meet = Barrier(2, timeout=10)

    def make(_):
        with scopes.tenant(tenant.id):
            try:
                meet.wait()
                return create(replace(OIL, slug="")).slug
            finally:
                connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert sorted(threads.map(make, range(2))) == ["oud-oil", "oud-oil-2"]


@pytest.mark.parametrize(
    ("status", "after", "is_seen"),
    [
        ("published", None, True),
        ("published", timedelta(), True),
        ("published", timedelta(seconds=1), False),
        ("draft", timedelta(days=-1), False),
        ("archived", None, False),
    ],
)
def test_visitors_see_what_is_published_from_its_time_on(tenant, status, after, is_seen):
    item = create(replace(OIL, status=status, publish_at=after if after is None else NOW + after))

    assert CatalogItem.objects.filter(visible(NOW)).exists() is is_seen
    assert item.is_visible(NOW) is is_seen


def test_what_is_to_be_shown_tomorrow_is_in_no_list(tenant):
    create(replace(OIL, publish_at=timezone.now() + timedelta(days=1)))

    assert published_items().count() == 0
    assert published_item("oil") is None
    assert count_by_kind() == {}


def test_a_change_of_what_somebody_else_changed_is_refused(tenant):
    item = create()
    update(item, replace(OIL, price=Decimal("13.000")), version=1)

    with pytest.raises(StaleItemError):
        update(item, replace(OIL, name_en="Oil"), version=1)

    assert stored(item) == replace(OIL, price=Decimal("13.000"))


def test_the_same_change_twice_is_one(tenant):
    item = create()
    wanted = replace(OIL, price=Decimal("13.000"), stock=20)

    first = update(item, wanted, version=1)
    second = update(item, wanted, version=1)

    assert (first.version, second.version) == (2, 2)
    assert stored(item) == wanted
    assert AuditEntry.objects.filter(action="item.updated").count() == 1


def test_stock_that_was_sold_meanwhile_stays_sold(tenant):
    item = create()
    _order(item, 3)

    update(item, replace(OIL, name_en="Oil"), version=1)
    assert stored(item).stock == 7

    seen = replace(OIL, name_en="Oil")
    update(item, replace(seen, stock=15), seen=seen, version=2)
    assert stored(item).stock == 12

    update(item, replace(seen, stock=0), seen=seen)
    assert stored(item).stock == 2


@pytest.mark.parametrize(("was", "becomes"), [(10, None), (None, 4)])
def test_counting_begins_and_ends(tenant, was, becomes):
    seen = replace(OIL, stock=was)
    item = create(seen)

    update(item, replace(OIL, stock=becomes), seen=seen)

    assert stored(item).stock == becomes


def test_a_deleted_item_leaves_its_lines(tenant):
    item = create()
    _order(item, 2)

    delete_item(item_id=item.id, actor_id=ACTOR)

    line = OrderLine.objects.get()
    assert (line.item_id, line.name_en, line.total) == (None, "Oud oil", Decimal("25.000"))
    assert ("item.deleted", ACTOR) in audited()
    with pytest.raises(UnknownItemError):
        delete_item(item_id=item.id, actor_id=ACTOR)


def test_two_at_once_lose_nothing(tenant):
    item = create()
    meet = Barrier(2, timeout=10)

    def change(content):
        with scopes.tenant(tenant.id):
            try:
                meet.wait()
                update(item, content, version=1)
                return content
            except StaleItemError:
                return None
            finally:
                connections.close_all()

    wishes = [replace(OIL, name_en="One"), replace(OIL, name_en="Two")]
    with ThreadPoolExecutor(2) as threads:
        done = [content for content in threads.map(change, wishes) if content]

    assert len(done) == 1
    assert stored(item) == done[0]


def _order(item, quantity):
    request = NewOrder(
        customer_name="Noura",
        customer_phone="+96550001234",
        language="ar",
        lines=[LineRequest(item.id, quantity)],
    )
    return place_order(request, is_open=True, now=NOW)
