"""Variants, categories and dates in an item's form."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from storefront.domain.categories import CategoryContent, create_category
from storefront.domain.items import ItemContent, update_item
from storefront.domain.variants import VariantContent
from storefront.gateways import pages
from storefront.models import CatalogItem, Category
from tenants import scopes
from tests.dashboards.conftest import put
from tests.dashboards.test_items import NEW, shown

ROW = {"name_ar": "صغير", "name_en": "Small", "price": "5", "stock": "4"}
LARGE = {"name_ar": "كبير", "name_en": "Large", "price": "٩٫٥٠٠", "stock": ""}


def rows(*sent, existing=0):
    """The rows of a form, as a browser sends them."""
    data = {"variants-TOTAL_FORMS": len(sent), "variants-INITIAL_FORMS": existing}
    for at, row in enumerate(sent):
        data.update({f"variants-{at}-{name}": value for name, value in row.items()})
    return data


def sent_back(desk, slug="oud-oil"):
    """The item's own rows, as a browser would send them back."""
    formset = desk.see(f"items/{slug}/").context["rows"]
    names = ("id", "stock_seen", "name_ar", "name_en", "price", "stock", "place")
    return [
        {name: "" if (value := row[name].value()) is None else value for name in names}
        for row in formset.initial_forms
    ]


def stored(shop, slug="oud-oil"):
    with scopes.tenant(shop.id):
        return ItemContent.of(CatalogItem.objects.get(slug=slug))


def told(content):
    return [(one.name_en, one.price, one.stock) for one in content.variants]


@pytest.fixture
def small(desk, shop):
    """An item with two variants."""
    desk.send("items/new/", {**NEW, "slug": "oud-oil", **rows(ROW, LARGE)})
    return stored(shop)


def make(shop, name):
    with scopes.tenant(shop.id):
        content = CategoryContent(name_ar=name, name_en=name)
        return create_category(content=content, actor_id=shop.id)


def test_a_new_item_has_the_rows_that_were_filled_in_their_places(desk, shop):
    blank = dict.fromkeys(ROW, "")
    sent = rows({**ROW, "place": "2"}, blank, {**LARGE, "place": "1"}, blank)

    assert desk.send("items/new/", {**NEW, "price": "77", **sent}).status_code == 302

    content = stored(shop, "white-musk")
    assert told(content) == [("Large", Decimal("9.500"), None), ("Small", Decimal("5.000"), 4)]
    assert (content.price, content.stock) == (Decimal("5.000"), None)
    assert "From" in desk.see("items/").text


def test_rows_are_changed_moved_and_removed(desk, shop, small):
    first, second = sent_back(desk)
    changed = {**second, "name_en": "Huge", "place": "1"}
    medium = {**ROW, "name_ar": "وسط", "name_en": "Medium", "place": "3"}

    sent = rows({**first, "place": "2"}, changed, medium, existing=2)
    assert desk.send("items/oud-oil/", {**shown(desk), **sent}).status_code == 302
    after = stored(shop)
    assert [one.name_en for one in after.variants] == ["Huge", "Small", "Medium"]
    assert [one.id for one in after.variants[:2]] == [small.variants[1].id, small.variants[0].id]

    gone = [{**row, "DELETE": "on"} for row in sent_back(desk)]
    desk.send("items/oud-oil/", {**shown(desk), "price": "3", **rows(*gone, existing=3)})
    after = stored(shop)
    assert (after.variants, after.price) == ((), Decimal("3.000"))


def test_a_form_that_shows_no_rows_leaves_them_alone(desk, shop, small):
    assert desk.send("items/oud-oil/", {**shown(desk), "name_en": "Oil"}).status_code == 302

    assert stored(shop).variants == small.variants


def test_stock_of_a_variant_changes_by_the_difference(desk, shop, small):
    first, second = sent_back(desk)
    fields = shown(desk)
    with scopes.tenant(shop.id):
        item = CatalogItem.objects.get(slug="oud-oil")
        item.variants.filter(id=first["id"]).update(stock=1)

    sent = rows({**first, "stock": "10"}, second, existing=2)
    desk.send("items/oud-oil/", {**fields, **sent})

    assert told(stored(shop))[0] == ("Small", Decimal("5.000"), 7)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"price": "1.0005"}, "price"),
        ({"price": "NaN"}, "price"),
        ({"price": "-1"}, "price"),
        ({"stock": "-1"}, "stock"),
        ({"stock": "many"}, "stock"),
        ({"name_ar": ""}, "name_ar"),
        ({"name_en": "x" * 81}, "name_en"),
        ({"name_en": "a\x00b"}, "name_en"),
        ({"id": "x"}, "id"),
    ],
)
def test_what_is_wrong_in_a_row_is_told_at_its_field_and_kept(desk, shop, typed, field):
    response = desk.send("items/new/", {**NEW, **rows({**ROW, **typed})})

    assert response.status_code == 400
    (row, *_) = response.context["rows"]
    assert list(row.errors) == [field]
    assert row[field].value() == typed[field]
    assert "error-summary" in response.text
    with scopes.tenant(shop.id):
        assert CatalogItem.objects.count() == 0


@pytest.mark.parametrize(
    ("sent", "text"),
    [
        ([ROW, {**LARGE, "name_en": "SMALL"}], "can’t have the same name"),
        ([{**ROW, "stock": "1000001"}], "1,000,000"),
        ([{**ROW, "name_ar": f"{n}", "name_en": f"{n}"} for n in range(101)], "up to 100 variants"),
    ],
)
def test_what_is_wrong_with_them_all_is_told_beside_them(desk, shop, sent, text):
    response = desk.send("items/new/", {**NEW, **rows(*sent)})

    assert response.status_code == 400
    assert text in response.text
    assert 'href="#variants-title"' in response.text


def test_another_persons_change_is_told_and_replaced_only_on_purpose(desk, shop, small):
    first, second = sent_back(desk)
    fields = shown(desk)
    medium = VariantContent(None, "وسط", "Medium", Decimal("7.000"), 3)
    with scopes.tenant(shop.id):
        item = CatalogItem.objects.get(slug="oud-oil")
        wanted = ItemContent.of(item)
        update_item(
            item_id=item.id,
            content=ItemContent(**{**_plain(wanted), "variants": (wanted.variants[1], medium)}),
            seen=wanted,
            actor_id=shop.id,
            now=datetime.now(UTC),
        )
    theirs = stored(shop)

    refused = desk.send(
        "items/oud-oil/", {**fields, **rows({**first, "price": "6"}, second, existing=2)}
    )
    assert refused.status_code == 409
    assert "Now it says: Medium: 7.000 (3)" in refused.text
    assert stored(shop) == theirs

    formset, form = refused.context["rows"], refused.context["form"]
    again = [{name: row[name].value() or "" for name in first} for row in formset.forms]
    fields |= {name: form[name].value() for name in ("version", "stock_seen")}
    assert desk.send("items/oud-oil/", {**fields, **rows(*again, existing=2)}).status_code == 302
    assert told(stored(shop)) == [("Small", Decimal("6.000"), 4), ("Large", Decimal("9.500"), None)]


def _plain(content):
    return {name: getattr(content, name) for name in ItemContent.__dataclass_fields__}


def test_markup_in_a_name_is_text(desk, small):
    first, second = sent_back(desk)
    desk.send(
        "items/oud-oil/",
        {**shown(desk), **rows({**first, "name_en": "<b>x</b>"}, second, existing=2)},
    )

    assert "<b>x</b>" not in desk.see("items/oud-oil/").text
    assert "&lt;b&gt;x&lt;/b&gt;" in desk.see("items/oud-oil/").text


def test_an_item_joins_categories_and_makes_one(desk, shop):
    oils, musk = make(shop, "Oils"), make(shop, "Musk")
    new = {"category_ar": "البخور", "category_en": "Bukhoor"}

    for _ in range(2):
        desk.send(
            "items/new/", {**NEW, "categories": [str(oils.id)], **new, "new_id": str(shop.id)}
        )
    with scopes.tenant(shop.id):
        names = list(Category.objects.values_list("name_en", flat=True))
        made = Category.objects.get(name_en="Bukhoor")
    assert names == ["Oils", "Musk", "Bukhoor"]
    assert set(stored(shop, "white-musk").categories) == {oils.id, made.id}

    fields = shown(desk, "white-musk")
    assert set(fields["categories"]) == {str(oils.id), str(made.id)}
    desk.send("items/white-musk/", {**fields, "categories": [str(musk.id)]})
    assert stored(shop, "white-musk").categories == (musk.id,)


def test_an_item_that_is_refused_makes_no_category_and_announces_none(desk, shop, monkeypatch):
    put(shop)
    sent = {"category_ar": "البخور", "category_en": "Bukhoor", **NEW}
    with scopes.tenant(shop.id):
        before = set(Category.objects.values_list("id", flat=True))
    monkeypatch.setattr(pages, "begin_change", lambda *_args, **_kwargs: pytest.fail("announced"))

    refused = desk.send("items/new/", {**sent, "slug": "oud-oil"})

    assert (refused.status_code, list(refused.context["form"].errors)) == (400, ["slug"])
    with scopes.tenant(shop.id):
        assert set(Category.objects.values_list("id", flat=True)) == before


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"category_ar": "البخور"}, "category_en"),
        ({"category_en": "x" * 81, "category_ar": "x"}, "category_en"),
        ({"categories": ["00000000-0000-4000-8000-000000000001"]}, "categories"),
        ({"categories": ["x"]}, "categories"),
        ({"publish_at": "soon"}, "publish_at"),
        ({"publish_at": "9999-01-01T00:00"}, "publish_at"),
        ({"ends_on": "2027-01-01"}, "ends_on"),
        ({"kind": "project", "price": "", "ends_on": "2027-13-01"}, "ends_on"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(desk, shop, typed, field):
    response = desk.send("items/new/", {**NEW, **typed})

    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])
    with scopes.tenant(shop.id):
        assert CatalogItem.objects.count() + Category.objects.count() == 0


def test_dates_are_kuwaits(desk, shop):
    desk.send("items/new/", {**NEW, "publish_at": "٢٠٩٩-٠٣-٠١T09:30", "is_featured": "on"})
    project = {**NEW, "kind": "project", "price": "", "slug": "well", "ends_on": "2099-12-31"}
    desk.send("items/new/", project)

    content = stored(shop, "white-musk")
    assert content.publish_at == datetime(2099, 3, 1, 6, 30, tzinfo=UTC)
    assert content.is_featured
    assert stored(shop, "well").ends_on == date(2099, 12, 31)
    page = desk.see("items/white-musk/")
    assert 'value="2099-03-01T09:30"' in page.text
    assert "See it on your page" not in page.text
    assert "Shown from" in desk.see("items/").text


def test_a_form_sent_twice_makes_one_item(desk, shop):
    new_id = desk.see("items/new/").context["form"]["new_id"].value()
    fields = {**NEW, "slug": "", "new_id": str(new_id)}

    answers = [desk.send("items/new/", fields) for _ in range(2)]

    assert {answer.headers["Location"] for answer in answers} == {desk.path("items/white-musk/")}
    with scopes.tenant(shop.id):
        assert str(CatalogItem.objects.get().id) == str(new_id)


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ({"name_en": "Oud oil"}, "oud-oil-2"),
        ({"name_en": "", "name_ar": "دار العود"}, "dar-al-ud"),
        ({"name_en": "a\x00b"}, ""),
        ({}, ""),
    ],
)
def test_an_address_is_suggested_while_one_types(desk, shop, query, slug):
    put(shop)

    answer = desk.see("items/slug/", **query)

    assert answer.status_code == 200
    assert answer.context["slug"] == slug


def test_an_items_own_address_is_suggested_to_it(desk, shop):
    item = put(shop)

    assert desk.see("items/slug/", name_en="Oud oil", item=item.id).context["slug"] == "oud-oil"
