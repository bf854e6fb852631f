"""The list of items and their form."""

import re
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from capture.models import OrderLine
from storefront.domain.items import ItemContent, delete_item
from storefront.models import CatalogItem, MediaAsset
from tenants import scopes
from tenants.models import AuditEntry
from tests.dashboards.conftest import counted, order, put

NEW = {
    "kind": "product",
    "slug": "white-musk",
    "name_ar": "مسك أبيض",
    "name_en": "White musk",
    "description_ar": "",
    "description_en": "",
    "price": "4.500",
    "stock": "",
    "max_quantity": "",
    "goal": "",
    "status": "published",
}


def items_of(tenant):
    with scopes.tenant(tenant.id):
        return {item.slug: ItemContent.of(item) for item in CatalogItem.objects.all()}


def shown(desk, slug="oud-oil"):
    """The fields of an item's form, as a browser would send them back."""
    form = desk.see(f"items/{slug}/").context["form"]
    values = {name: form[name].value() for name in form.fields if name != "pictures"}
    return {name: "" if value is None else value for name, value in values.items()}


def rows(response):
    return re.findall(r'list-row"\s+href="/[^"]*/items/([^"/]*)/"', response.text)


def audited(tenant):
    with scopes.tenant(tenant.id):
        entries = AuditEntry.objects.filter(action__startswith="item.")
        return sorted((entry.action, entry.actor_id) for entry in entries)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["oud-oil", "mabkhara", "old-blend"]),
        ({"status": "published"}, ["oud-oil"]),
        ({"status": "draft"}, ["mabkhara"]),
        ({"search": "مبخرة"}, ["mabkhara"]),
        ({"search": "BLEND old"}, ["old-blend"]),
        ({"search": "oil", "status": "archived"}, []),
        ({"status": "no-such"}, ["oud-oil", "mabkhara", "old-blend"]),
        ({"search": "\x00"}, ["oud-oil", "mabkhara", "old-blend"]),
    ],
)
def test_the_list_is_narrowed(desk, shop, query, expected):
    put(shop)
    put(shop, "mabkhara", name_ar="مبخرة", name_en="Burner", status="draft", stock=0)
    put(shop, "old-blend", name_en="Old blend", status="archived", price=None)

    response = desk.see("items/", **query)

    assert rows(response) == expected
    counts = re.findall(r'class="tab-count">(\d+)<', response.text)
    assert len(counts) == 4
    if not query:
        assert counts == ["3", "1", "1", "1"]
        assert "Sold out" in response.text
        assert "Price on request" in response.text


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_whatever_its_length(desk, shop, count):
    picture = {"name": "items/a.webp", "width": 320, "height": 320, "content_type": "image/webp"}
    for number in range(count):
        item = put(shop, f"item-{number}")
        with scopes.tenant(shop.id):
            MediaAsset.objects.create(item=item, renditions=[picture])

    with counted(7):  # session, person, member; rows, pictures, counts; settings
        response = desk.see("items/")

    assert len(rows(response)) == count
    assert response.text.count('loading="lazy"') == count


def test_a_long_list_has_pages(desk, shop):
    for number in range(51):
        put(shop, f"item-{number}", position=number, status="draft")
    put(shop, "other", position=99)

    for query, expected in {
        "?page=2&status=draft&search=item": ["item-50"],
        "?page=2": ["item-50", "other"],
        "?page=99": ["item-50", "other"],
        "?page=0": [f"item-{number}" for number in range(50)],
        f"?page={'9' * 5000}": [f"item-{number}" for number in range(50)],
    }.items():
        with counted(7):
            response = desk.get(desk.path(f"items/{query}"))
        assert rows(response) == expected

    first = desk.see("items/", status="draft", search="item").text
    assert "Page 1 of 2" in first
    assert 'href="?page=2&amp;status=draft&amp;search=item"' in first
    last = desk.see("items/", page=2, status="draft", search="item").text
    assert 'href="?page=1&amp;status=draft&amp;search=item"' in last
    assert 'href="?status=published&amp;search=item"' in last


def test_an_empty_list_leads_to_the_form(desk):
    assert f'href="{desk.path("items/new/")}"' in desk.see("items/").text


def test_a_new_item_is_written(desk, shop):
    response = desk.send("items/new/", NEW)

    assert response.headers["Location"] == desk.path("items/white-musk/")
    content = items_of(shop)["white-musk"]
    assert (content.name_ar, str(content.price), content.status) == (
        "مسك أبيض",
        "4.500",
        "published",
    )
    assert (content.stock, content.max_quantity, content.goal) == (None, None, None)
    assert audited(shop) == [("item.created", desk.user.id)]
    assert "Saved: White musk" in desk.see("items/white-musk/").text


@pytest.mark.parametrize(
    ("typed", "field", "kept"),
    [
        ({"price": "١٢٫٥٠٠"}, "price", "12.500"),
        ({"price": "١٬٢٥٠"}, "price", "1250.000"),
        ({"price": " 7 "}, "price", "7.000"),
        ({"price": ""}, "price", "None"),
        ({"stock": "٢٥", "max_quantity": "۵"}, "stock", "25"),
        ({"slug": "", "name_en": "Rose & Musk, No. 5!"}, "slug", "rose-musk-no-5"),
        ({"slug": "", "name_en": "x" * 160}, "slug", "x" * 40),
        ({"slug": "", "name_en": "١٢", "name_ar": "دار العود"}, "slug", "dar-al-ud"),
        ({"slug": "", "name_en": "«»"}, "slug", "msk-abid"),
        ({"kind": "project", "price": "", "goal": "٩٠٠"}, "goal", "900.000"),
        ({"name_en": "  Much   space "}, "name_en", "Much space"),
        ({"description_en": "one\r\ntwo"}, "description_en", "one\ntwo"),
    ],
)
def test_what_people_type_is_understood(desk, shop, typed, field, kept):
    response = desk.send("items/new/", {**NEW, **typed})

    assert response.status_code == 302
    (content,) = items_of(shop).values()
    assert str(getattr(content, field)) == kept


WRONG = [
    ({"price": "12,500"}, "price"),
    ({"price": "-1"}, "price"),
    ({"price": "NaN"}, "price"),
    ({"price": "1e3"}, "price"),
    ({"price": "1.0005"}, "price"),
    ({"stock": "-1"}, "stock"),
    ({"stock": "many"}, "stock"),
    ({"stock": "99999999999"}, "stock"),
    ({"max_quantity": "0"}, "max_quantity"),
    ({"goal": "5"}, "goal"),
    ({"kind": "project"}, "price"),
    ({"kind": "no-such"}, "kind"),
    ({"kind": ""}, "kind"),
    ({"status": "gone"}, "status"),
    ({"slug": "Not A Slug"}, "slug"),
    ({"slug": "new"}, "slug"),
    ({"slug": "oud-oil"}, "slug"),
    ({"name_ar": ""}, "name_ar"),
    ({"name_ar": "\u202e"}, "name_ar"),
    ({"name_en": "x" * 161}, "name_en"),
    ({"name_en": "a\x00b"}, "name_en"),
    ({"description_ar": "ا" * 10_001}, "description_ar"),
]


@pytest.mark.parametrize(("typed", "field"), WRONG)
def test_what_is_wrong_is_told_at_its_field_and_kept(desk, shop, typed, field):
    put(shop)
    musk = put(shop, "white-musk")
    before = items_of(shop)

    new = desk.send(
        "items/new/", {**NEW, **({"slug": "other"} if "slug" not in typed else {}), **typed}
    )
    old = desk.send("items/white-musk/", {**NEW, "item": str(musk.id), "version": 1, **typed})

    for response in (new, old):
        assert response.status_code == 400
        assert list(response.context["form"].errors) == [field]
        assert "error-summary" in response.text
        for name, value in typed.items():
            assert response.context["form"][name].value() == value
    assert items_of(shop) == before
    assert audited(shop) == []


def test_an_item_is_changed_by_its_own_form(desk, shop):
    put(shop, stock=5, max_quantity=2, description_en="Old\n\nwords")
    fields = shown(desk)

    desk.send("items/oud-oil/", fields)
    assert audited(shop) == []

    response = desk.send("items/oud-oil/", {**fields, "slug": "best-oil", "price": ""})

    assert response.headers["Location"] == desk.path("items/best-oil/")
    assert items_of(shop)["best-oil"].price is None
    assert audited(shop) == [("item.updated", desk.user.id)]
    assert desk.see("items/oud-oil/").status_code == 404


def test_stock_that_was_sold_meanwhile_stays_sold(desk, shop):
    item = put(shop, stock=10)
    fields = shown(desk)
    order(shop, item, 3)

    desk.send("items/oud-oil/", {**fields, "name_en": "Oil"})
    assert items_of(shop)["oud-oil"].stock == 7

    fields = shown(desk)
    order(shop, item, 2)
    desk.send("items/oud-oil/", {**fields, "stock": "20"})
    assert items_of(shop)["oud-oil"].stock == 18


def test_a_change_of_what_somebody_else_changed_has_to_be_meant(desk, staff_of, shop):
    put(shop)
    mine, theirs = shown(desk), staff_of(shop)
    theirs.send("items/oud-oil/", {**shown(theirs), "price": "13.000"})

    refused = desk.send("items/oud-oil/", {**mine, "price": "14.000", "description_en": "Mine"})

    assert refused.status_code == 409
    assert "Someone else changed this item meanwhile." in refused.text
    assert "Now it says: 13.000" in refused.text
    assert 'value="14.000"' in refused.text
    assert "Mine</textarea>" in refused.text
    assert str(items_of(shop)["oud-oil"].price) == "13.000"

    form = refused.context["form"]
    again = {name: form[name].value() or "" for name in mine}
    assert desk.send("items/oud-oil/", again).status_code == 302
    assert str(items_of(shop)["oud-oil"].price) == "14.000"
    assert items_of(shop)["oud-oil"].description_en == "Mine"


def test_an_item_whose_address_somebody_else_changed_is_still_that_item(desk, staff_of, shop):
    put(shop)
    mine, theirs = shown(desk), staff_of(shop)
    theirs.send("items/oud-oil/", {**shown(theirs), "slug": "best-oil"})
    put(shop, "oud-oil", name_en="Another")

    refused = desk.send("items/oud-oil/", {**mine, "name_en": "Mine"})

    assert refused.status_code == 409
    assert "Someone else changed this item meanwhile." in refused.text
    assert "Now it says: best-oil" in refused.text
    assert 'value="Mine"' in refused.text
    form = refused.context["form"]
    again = {**{name: form[name].value() or "" for name in mine}, "slug": "best-oil"}
    response = desk.send("items/oud-oil/", again)
    assert response.headers["Location"] == desk.path("items/best-oil/")
    assert items_of(shop)["best-oil"].name_en == "Mine"
    assert items_of(shop)["oud-oil"].name_en == "Another"


@pytest.mark.parametrize("item_id", ["", "x", "\x00", "00000000-0000-4000-8000-000000000001"])
def test_a_form_that_names_no_item_is_not_found(desk, shop, item_id):
    put(shop)
    before = items_of(shop)

    response = desk.send("items/oud-oil/", {**shown(desk), "name_en": "Other", "item": item_id})

    assert response.status_code == 404
    assert items_of(shop) == before


def test_a_form_that_names_another_tenants_item_is_not_found(desk, shop, tenant_b):
    put(shop)
    theirs = put(tenant_b)

    response = desk.send("items/oud-oil/", {**shown(desk), "price": "1", "item": str(theirs.id)})

    assert response.status_code == 404
    assert {str(item.price) for item in items_of(tenant_b).values()} == {"12.500"}
    assert str(items_of(shop)["oud-oil"].price) == "12.500"


@pytest.mark.parametrize("version", ["", "x", "0", "99", "-1"])
def test_a_form_without_the_right_version_changes_nothing(desk, shop, version):
    put(shop)

    response = desk.send("items/oud-oil/", {**shown(desk), "price": "1", "version": version})

    assert response.status_code in {400, 409}
    assert str(items_of(shop)["oud-oil"].price) == "12.500"


def test_a_form_sent_twice_is_one_change(desk, shop):
    put(shop, stock=5)
    fields = {**shown(desk), "stock": "9", "name_en": "Oil"}

    for _ in range(2):
        assert desk.send("items/oud-oil/", fields).status_code == 302

    assert items_of(shop)["oud-oil"].stock == 9
    assert audited(shop) == [("item.updated", desk.user.id)]


def test_two_at_once_lose_nothing(staff_of, shop):
    put(shop)
    desks = [staff_of(shop), staff_of(shop)]
    fields = shown(desks[0])
    meet = Barrier(2, timeout=10)

    def save(desk, name):
        try:
            meet.wait()
            return desk.send("items/oud-oil/", {**fields, "name_en": name}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        statuses = list(threads.map(save, desks, ["One", "Two"]))

    assert sorted(statuses) == [302, 409]
    assert items_of(shop)["oud-oil"].name_en == ["One", "Two"][statuses.index(302)]


def test_deleting_asks_first_and_leaves_the_orders(desk, shop):
    order(shop, put(shop))

    page = desk.see("items/oud-oil/delete/").text
    assert "Past orders keep its name and price." in page
    assert "oud-oil" in items_of(shop)

    response = desk.send("items/oud-oil/delete/", {})

    assert response.headers["Location"] == desk.path("items/")
    assert items_of(shop) == {}
    assert audited(shop) == [("item.deleted", desk.user.id)]
    with scopes.tenant(shop.id):
        assert OrderLine.objects.get().item_id is None
    assert desk.send("items/oud-oil/delete/", {}).status_code == 404


def test_what_somebody_else_deletes_at_the_same_time_is_not_found(monkeypatch, desk, shop):
    put(shop)

    def delete_twice(**asked):
        delete_item(**asked)
        delete_item(**asked)

    monkeypatch.setattr("storefront.domain.items.delete_item", delete_twice)

    assert desk.send("items/oud-oil/delete/", {}).status_code == 404
    assert audited(shop) == [("item.deleted", desk.user.id)]


@pytest.mark.parametrize("path", ["items/no-such/", "items/no-such/delete/", "items/%00/"])
def test_an_unknown_item_is_not_found(desk, path):
    assert desk.see(path).status_code == 404
    assert desk.send(path, NEW).status_code == 404


@pytest.mark.parametrize("path", ["items/new/", "items/oud-oil/", "items/oud-oil/delete/"])
def test_another_tenants_items_are_out_of_reach(desk, tenant_b, path):
    put(tenant_b)
    before = items_of(tenant_b)

    response = desk.post(f"/{tenant_b.slug}/{path}", {**NEW, "version": 1})

    assert response.status_code == 404
    assert items_of(tenant_b) == before


def test_a_published_item_leads_to_its_page(desk, shop):
    put(shop)
    put(shop, "hidden", status="draft")

    assert f"http://{shop.slug}.localhost/en/items/oud-oil/" in desk.see("items/oud-oil/").text
    assert "/en/items/" not in desk.see("items/hidden/").text
