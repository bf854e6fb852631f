"""Many items changed at once: all or none."""

from dataclasses import replace
from datetime import UTC, datetime
from threading import Thread
from uuid import uuid4

import pytest
from django.db import connections, transaction

from storefront.domain.bulk import UnknownItemsError, change_items
from storefront.domain.categories import (
    CategoryContent,
    UnknownCategoryError,
    create_category,
    delete_category,
)
from storefront.domain.items import ItemContent, create_item
from storefront.enums import BulkAction
from storefront.models import CatalogItem, ItemCategory, MediaAsset
from tenants import scopes
from tenants.models import AuditEntry
from tests.capture.test_placing import somebody_waits

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACTOR = uuid4()
OIL = ItemContent(kind="product", slug="", name_ar="دهن", name_en="Oil")


@pytest.fixture
def tenant(tenant_a):
    with scopes.tenant(tenant_a.id):
        yield tenant_a


@pytest.fixture
def category(tenant):
    return create_category(content=CategoryContent("الدهون", "Oils"), actor_id=ACTOR).id


def put(**fields):
    return create_item(content=replace(OIL, **fields), actor_id=ACTOR, now=NOW)


def act(action, *ids, category=None):
    return change_items(
        ids=ids, action=BulkAction(action), category_id=category, actor_id=ACTOR, now=NOW
    )


def stored():
    return [ItemContent.of(item) for item in CatalogItem.objects.order_by("slug")]


@pytest.mark.parametrize(
    ("action", "field", "was", "becomes"),
    [
        ("publish", "status", "draft", "published"),
        ("archive", "status", "published", "archived"),
        ("draft", "status", "archived", "draft"),
        ("feature", "is_featured", False, True),
        ("unfeature", "is_featured", True, False),
    ],
)
def test_items_that_are_so_already_are_not_written(tenant, action, field, was, becomes):
    first, second = put(**{field: was}), put(**{field: becomes})
    other = put(**{field: was})

    assert act(action, second.id, first.id, first.id) == 1
    assert act(action, first.id) == 0

    rows = CatalogItem.objects.in_bulk()
    assert getattr(rows[first.id], field) == getattr(rows[second.id], field) == becomes
    assert getattr(rows[other.id], field) == was
    assert [rows[one.id].version for one in (first, second, other)] == [2, 1, 1]
    entry = AuditEntry.objects.get(action=f"items.{action}")
    assert (entry.detail["items"], entry.actor_id) == ([str(first.id)], ACTOR)


def test_items_join_a_category_and_leave_it(tenant, category):
    first, second = put(categories=(category,)), put()

    assert act("add_category", first.id, second.id, category=category) == 1
    assert [content.categories for content in stored()] == [(category,), (category,)]
    assert act("remove_category", first.id, category=category) == 1
    assert act("remove_category", first.id, category=category) == 0
    assert [content.categories for content in stored()] == [(), (category,)]


def test_items_are_deleted_with_their_pictures(tenant):
    first, second, third = put(), put(), put()
    MediaAsset.objects.create(item=first, renditions=[])

    assert act("delete", first.id, second.id) == 2

    assert list(CatalogItem.objects.values_list("id", flat=True)) == [third.id]
    assert MediaAsset.objects.count() == 0


@pytest.mark.parametrize("whole", ["items", "category"])
def test_deletions_that_meet_lock_what_they_share_in_one_order(tenant, category, whole):
    ids = sorted((put().id for _ in range(2)), reverse=True)
    rows = {
        item_id: ItemCategory.objects.create(item_id=item_id, category_id=category).id
        for item_id in ids
    }

    def delete():
        with scopes.tenant(tenant.id):
            try:
                if whole == "items":
                    act("delete", *ids)
                else:
                    delete_category(category_id=category, actor_id=ACTOR)
            finally:
                connections.close_all()

    deleter = Thread(target=delete)
    with transaction.atomic():
        ItemCategory.objects.select_for_update().get(id=rows[min(ids)])
        deleter.start()
        somebody_waits()
        # Whoever waits for the first holds no other.
        ItemCategory.objects.select_for_update(nowait=True).get(id=rows[max(ids)])
    deleter.join()

    assert ItemCategory.objects.count() == 0


@pytest.mark.parametrize("action", BulkAction.values)
def test_one_that_is_gone_stops_them_all(tenant, category, action):
    item = put(status="published")
    before, gone = stored(), [uuid4(), uuid4()]

    with pytest.raises(UnknownItemsError) as refused:
        act(action, gone[0], item.id, gone[1], category=category)

    assert refused.value.ids == gone
    assert stored() == before
    assert AuditEntry.objects.filter(action__startswith="items.").count() == 0


@pytest.mark.parametrize("gone", [None, uuid4()])
@pytest.mark.parametrize("action", ["add_category", "remove_category"])
def test_a_category_that_is_gone_stops_them_all(tenant, action, gone):
    item = put()

    with pytest.raises(UnknownCategoryError):
        act(action, item.id, category=gone)

    assert CatalogItem.objects.get().version == 1
