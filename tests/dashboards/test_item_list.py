"""Many items: narrowed, changed at once, put in order; and the categories' pages."""

from uuid import uuid4

import pytest

from storefront.domain.categories import CategoryContent, create_category
from storefront.models import CatalogItem, Category, ItemCategory
from tenants import scopes
from tests.dashboards.conftest import counted, put
from tests.dashboards.test_items import rows


def make(shop, name, *items):
    with scopes.tenant(shop.id):
        content = CategoryContent(name_ar=f"قسم {name}", name_en=name)
        category = create_category(content=content, actor_id=shop.id)
        for item in items:
            ItemCategory.objects.create(item=item, category=category)
    return category


def stored(shop):
    with scopes.tenant(shop.id):
        return {item.slug: item for item in CatalogItem.objects.all()}


def order(shop):
    with scopes.tenant(shop.id):
        return list(CatalogItem.objects.values_list("slug", flat=True))


def names(shop):
    with scopes.tenant(shop.id):
        return list(Category.objects.values_list("name_en", flat=True))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"kind": "project"}, ["well"]),
        ({"category": "oils"}, ["oud-oil", "musk"]),
        ({"category": "oils", "status": "draft"}, ["musk"]),
        ({"category": "none"}, ["oud-oil", "musk", "well"]),
        ({"kind": "product", "category": "oils", "search": "musk"}, ["musk"]),
        ({"page": "99999999999999999999"}, ["oud-oil", "musk", "well"]),
    ],
)
def test_the_list_is_narrowed(desk, shop, query, expected):
    oil, musk = put(shop, position=1), put(shop, "musk", status="draft", position=2)
    put(shop, "well", kind="project", price=None, position=3)
    make(shop, "Oils", oil, musk)

    assert rows(desk.see("items/", **query)) == expected


def test_what_is_narrowed_stays_so(desk, shop):
    items = [put(shop, f"oil-{n:02}", position=n) for n in range(51)]
    make(shop, "Oils", *items)

    text = desk.see("items/", category="oils", kind="product").text

    assert "?page=2&amp;kind=product&amp;category=oils" in text
    assert "status=published" in text
    assert "kind=product&amp;category=oils" in text


@pytest.mark.parametrize(
    ("action", "becomes"),
    [("publish", "published"), ("archive", "archived"), ("draft", "draft")],
)
def test_ticked_items_are_changed_at_once(desk, shop, action, becomes):
    first, second = put(shop, status="draft"), put(shop, "musk", status="archived")
    third = put(shop, "kept", status="published")
    sent = {"items": [first.id, second.id], "action": action, "search": "u", "page": "1"}

    answer = desk.send("items/bulk/", sent)

    assert answer.headers["Location"] == desk.path("items/?search=u&page=1")
    statuses = {slug: item.status for slug, item in stored(shop).items()}
    assert statuses == {"oud-oil": becomes, "musk": becomes, third.slug: "published"}
    assert "item" in desk.see("items/").text


def test_they_join_and_leave_a_category(desk, shop):
    item, category = put(shop), make(shop, "Oils")
    sent = {"items": [item.id], "into": category.id}

    desk.send("items/bulk/", {**sent, "action": "add_category"})
    assert rows(desk.see("items/", category="oils")) == ["oud-oil"]
    desk.send("items/bulk/", {**sent, "action": "remove_category"})
    assert rows(desk.see("items/", category="oils")) == []


def test_deleting_asks_first_with_the_count(desk, shop):
    ids = [put(shop, f"oil-{n}").id for n in range(3)]
    sent = {"items": ids[:2], "action": "delete", "status": "published"}

    asked = desk.send("items/bulk/", sent)
    assert asked.status_code == 200
    assert "Delete 2 items?" in asked.text
    assert asked.text.count('name="items"') == 2
    assert len(order(shop)) == 3

    done = desk.send("items/bulk/", {**sent, "confirmed": "on"})
    assert done.headers["Location"] == desk.path("items/?status=published")
    assert order(shop) == ["oil-2"]
    assert "2 items deleted." in desk.see("items/").text


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ({"action": "publish", "items": []}, "Tick the items first."),
        ({"action": ""}, "Choose what to do with them."),
        ({"action": "burn"}, "Select a valid choice"),
        ({"action": "add_category"}, "Choose the category."),
        ({"action": "add_category", "into": "x"}, "Select a valid choice"),
        ({"action": "publish", "items": ["x"]}, "valid UUID"),
    ],
)
def test_what_makes_no_sense_changes_nothing_and_keeps_the_ticks(desk, shop, sent, text):
    item = put(shop, status="draft")
    make(shop, "Oils")

    refused = desk.send("items/bulk/", {"items": [item.id], **sent})

    assert refused.status_code == 400
    assert text in refused.text
    assert stored(shop)["oud-oil"].status == "draft"
    ticked = f'value="{item.id}"' in refused.text
    assert ticked


def test_an_item_that_somebody_else_deleted_stops_them_all(desk, shop):
    item = put(shop, status="draft")

    refused = desk.send("items/bulk/", {"items": [item.id, uuid4()], "action": "publish"})

    assert refused.status_code == 409
    assert "nothing was changed" in refused.text
    assert stored(shop)["oud-oil"].status == "draft"


@pytest.mark.parametrize(
    ("step", "expected"),
    [("up", "bac"), ("down", "acb"), ("first", "bac")],
)
def test_a_button_moves_an_item(desk, shop, step, expected):
    ids = {name: put(shop, f"oil-{name}", position=at).id for at, name in enumerate("abc")}

    answer = desk.send("items/order/", {"move": f"{ids['b']}:{step}"})

    assert order(shop) == [f"oil-{name}" for name in expected]
    assert answer.headers["Location"] == desk.path(f"items/order/?page=1#row-{ids['b']}")


def test_a_drag_puts_an_item_beside_another(desk, shop):
    ids = {name: put(shop, f"oil-{name}", position=at).id for at, name in enumerate("abcd")}

    before = {"row": ids["d"], "beside": ids["b"]}
    after = {"row": ids["a"], "beside": ids["c"], "is_after": "on"}
    for sent in (before, after):
        assert desk.send("items/order/", sent, **{"X-Moved": "1"}).status_code == 204

    assert order(shop) == ["oil-d", "oil-b", "oil-c", "oil-a"]


@pytest.mark.parametrize(
    "sent", [{}, {"move": "x"}, {"move": f"{uuid4()}:up"}, {"move": "x:up"}, {"row": "x"}]
)
def test_a_move_of_nothing_leads_back(desk, shop, sent):
    put(shop)

    answer = desk.send("items/order/", sent, **{"X-Moved": "1"})

    assert answer.headers["Location"] == desk.path("items/order/")
    assert order(shop) == ["oud-oil"]


@pytest.mark.parametrize("number", [1, 3])
def test_the_order_takes_as_many_queries_whatever_its_length(desk, shop, number):
    for each in range(number):
        put(shop, f"oil-{each}")

    with counted(7):  # session, person, member; count, rows, pictures; settings
        assert len(desk.see("items/order/").context["items"]) == number


def test_a_category_is_made_renamed_and_deleted(desk, shop):
    new = {"name_ar": "الدهون", "name_en": "Oils & <b>musk</b>", "slug": ""}

    assert desk.send("items/categories/", new).headers["Location"] == desk.path("items/categories/")
    with scopes.tenant(shop.id):
        category = Category.objects.get()
        ItemCategory.objects.create(item=put(shop), category=category)
    page = desk.see("items/categories/")
    assert "Oils &amp; &lt;b&gt;musk&lt;/b&gt;" in page.text
    assert "1 item" in page.text

    path = f"items/categories/{category.id}/"
    assert 'value="oils-b-musk-b"' in desk.see(path).text
    desk.send(path, {"name_ar": "المسك", "name_en": "Musk", "slug": "musk"})
    assert names(shop) == ["Musk"]

    assert "1 item is in it." in desk.see(f"{path}delete/").text
    desk.send(f"{path}delete/", {})
    assert names(shop) == []
    assert order(shop) == ["oud-oil"]
    assert desk.see(path).status_code == desk.send(f"{path}delete/", {}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name_ar": ""}, "name_ar"),
        ({"name_en": "x" * 81}, "name_en"),
        ({"name_en": "a\x00b"}, "name_en"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": "musk"}, "slug"),
        ({"slug": "order"}, "slug"),
    ],
)
def test_what_is_wrong_with_a_category_is_told_and_kept(desk, shop, typed, field):
    make(shop, "Musk")
    other = make(shop, "Oils")
    sent = {"name_ar": "الدهون", "name_en": "Oil", "slug": "oil", **typed}

    for path in ("items/categories/", f"items/categories/{other.id}/"):
        refused = desk.send(path, sent)
        assert refused.status_code == 400
        assert list(refused.context["form"].errors) == [field]
        assert refused.context["form"][field].value() == sent[field]
    assert names(shop) == ["Musk", "Oils"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"move": "c:up"}, "acbd"),
        ({"move": "c:first"}, "cabd"),
        ({"move": "c:down"}, "abdc"),
        ({"move": "a:up"}, "abcd"),
        ({"row": "d", "beside": "b"}, "adbc"),
        ({"row": "a", "beside": "c", "is_after": "on"}, "bcad"),
        ({"row": "a", "beside": "a"}, "abcd"),
        ({"move": "x:up"}, "abcd"),
    ],
)
def test_categories_are_put_in_order(desk, shop, sent, expected):
    ids = {name: str(make(shop, name * 3).id) for name in "abcd"}
    named = {
        key: ":".join(ids.get(part, part) for part in value.split(":"))
        for key, value in sent.items()
    }

    assert desk.send("items/categories/order/", named).status_code == 302

    assert names(shop) == [name * 3 for name in expected]
    shown = desk.see("items/categories/").context["categories"]
    assert [category.name_en for category in shown] == [name * 3 for name in expected]


@pytest.mark.parametrize("number", [1, 3])
def test_the_categories_take_as_many_queries_however_many(desk, shop, number):
    for each in range(number):
        make(shop, f"part-{each}", put(shop, f"oil-{each}"))

    with counted(5):  # session, person, member; categories; settings
        desk.see("items/categories/")


def test_another_tenants_are_out_of_reach(desk, shop, tenant_b):
    theirs, item = make(tenant_b, "Theirs"), put(tenant_b)

    for path in (f"items/categories/{theirs.id}/", f"items/categories/{theirs.id}/delete/"):
        assert desk.see(path).status_code == desk.send(path, {}).status_code == 404
    desk.send("items/categories/order/", {"move": f"{theirs.id}:up"})
    sent = {"items": [item.id], "action": "delete", "confirmed": "on"}
    assert desk.send("items/bulk/", sent).status_code == 409
    assert names(tenant_b) == ["Theirs"]
    assert order(tenant_b) == ["oud-oil"]
