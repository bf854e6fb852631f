"""Writes of several steps: announced once, at their end, and not at all if they are refused."""

from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone

from storefront.domain.categories import CategoryContent, create_category
from storefront.domain.media import arrange_media
from storefront.domain.pages import NotInTransactionError, one_change, pages_changed
from storefront.gateways import pages
from storefront.models import CatalogItem, Category, MediaAsset
from tenants import scopes
from tests.storefront.dressing import dress
from tests.storefront.uploads import asset, drawn, process

ACTOR = uuid4()


@pytest.fixture
def begun(monkeypatch):
    """The tenants of which a change was begun."""
    told = []
    begin = pages.begin_change

    def tell(tenant_id, now):
        told.append(tenant_id)
        return begin(tenant_id, now=now)

    monkeypatch.setattr(pages, "begin_change", tell)
    return told


def make_category(name="gifts"):
    create_category(content=CategoryContent(name, name, name), actor_id=ACTOR)


def test_several_writes_are_announced_once_and_last(tenant_a, begun):
    with scopes.tenant(tenant_a.id):
        with one_change():
            make_category()
            with one_change():
                make_category("others")
            assert begun == []

        assert begun == [tenant_a.id]
        with transaction.atomic():
            pages_changed()
    assert begun == [tenant_a.id] * 2


def test_what_is_undone_is_not_announced_and_what_comes_after_it_is(tenant_a, begun):
    with scopes.tenant(tenant_a.id):
        with pytest.raises(ZeroDivisionError), one_change():
            make_category()
            raise ZeroDivisionError
        assert begun == []
        assert not Category.objects.exists()

        make_category()
    assert begun == [tenant_a.id]


def test_nothing_written_is_nothing_announced(tenant_a, begun):
    with scopes.tenant(tenant_a.id), one_change():
        pass

    assert begun == []


def test_another_tenants_change_is_its_own(tenant_a, tenant_b, begun):
    with scopes.tenant(tenant_a.id), one_change(), scopes.tenant(tenant_b.id):
        pages_changed()

    assert begun == [tenant_b.id]


def test_outside_of_a_transaction_it_is_refused_as_before(tenant_a):
    with scopes.tenant(tenant_a.id):
        with one_change():
            pass
        with pytest.raises(NotInTransactionError):
            pages_changed()


def test_an_item_refused_for_its_picture_is_not_announced(up, put, tenant_a, begun):
    put(slug="oil", name_en="Oil")

    refused = up.api("patch", "items/oil/", {"name_en": "Another", "media": [str(uuid4())]})

    assert refused.status_code == 400
    assert begun == []
    with scopes.tenant(tenant_a.id):
        assert CatalogItem.objects.get().name_en == "Oil"


def test_pictures_put_where_they_are_change_nothing(put, tenant_a, begun):
    item = put(pictures=2)
    with scopes.tenant(tenant_a.id):
        ids = list(item.media.order_by("position").values_list("id", flat=True))
        arrange_media(item=item, media=ids, now=timezone.now())
        assert begun == []

        for order in (ids[::-1], ids[:1], []):
            arrange_media(item=item, media=order, now=timezone.now())
            assert list(item.media.order_by("position").values_list("id", flat=True)) == order
            assert begun.pop() == tenant_a.id
        assert not MediaAsset.objects.filter(loose_since=None).exists()


@pytest.mark.parametrize("place", ["nowhere", "item", "logo"])
def test_a_picture_that_is_ready_is_announced_where_it_is_shown(up, put, tenant_a, begun, place):
    content = drawn()
    announced = up.announce(content)
    up.put(announced, content)
    up.complete(announced["id"])
    found = asset(tenant_a, announced["id"])
    if place == "item":
        item = put()
        with scopes.tenant(tenant_a.id):
            MediaAsset.objects.filter(id=found.id).update(item=item)
    if place == "logo":
        dress(tenant_a, logo=found)

    process(announced["id"])

    assert up.state(announced["id"])["status"] == "ready"
    assert begun == ([] if place == "nowhere" else [tenant_a.id])
