"""Categories written by staff, and items' being in them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connections

from storefront.domain import categories
from storefront.domain.categories import (
    CategoryContent,
    SlugTakenError,
    TooManyCategoriesError,
    UnknownCategoryError,
    create_category,
    delete_category,
    order_categories,
    place_category,
    rename_category,
    step_category,
)
from storefront.domain.items import ItemContent, create_item, update_item
from storefront.models import CatalogItem, Category
from tenants import scopes
from tenants.models import AuditEntry

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACTOR = uuid4()
OILS = CategoryContent(name_ar="الدهون", name_en="Oils")
OIL = ItemContent(kind="product", slug="oil", name_ar="دهن", name_en="Oil")


@pytest.fixture
def tenant(tenant_a):
    with scopes.tenant(tenant_a.id):
        yield tenant_a


def create(content=OILS):
    return create_category(content=content, actor_id=ACTOR)


def named(*names):
    return [create(CategoryContent(name_ar=name, name_en=name)).id for name in names]


def order():
    return list(Category.objects.values_list("name_en", flat=True))


def acts():
    return sorted(AuditEntry.objects.filter(actor_id=ACTOR).values_list("action", flat=True))


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (OILS, "oils"),
        (CategoryContent("دار العود", "«»"), "dar-al-ud"),
        (CategoryContent("«»", "«»"), "category"),
        (replace(OILS, slug="our-oils"), "our-oils"),
    ],
)
def test_a_category_has_a_slug(tenant, content, slug):
    assert create(content).slug == slug
    assert acts() == ["category.created"]


def test_a_suggested_slug_gets_a_number_and_a_typed_one_is_refused(tenant):
    slugs = [create().slug for _ in range(3)]

    with pytest.raises(SlugTakenError):
        create(replace(OILS, slug="oils-2"))

    assert slugs == ["oils", "oils-2", "oils-3"]
    assert Category.objects.count() == 3


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name_ar": ""}, "name_ar"),
        ({"name_en": "x" * 81}, "name_en"),
        ({"name_en": "a\x00b"}, "name_en"),
        ({"slug": "Not A Slug"}, "slug"),
        ({"slug": "x" * 64}, "slug"),
    ],
)
def test_a_broken_rule_is_told_at_its_field(tenant, changed, field):
    category = create()

    with pytest.raises(ValidationError) as new:
        create(replace(OILS, **changed))
    with pytest.raises(ValidationError) as old:
        rename_category(category_id=category.id, content=replace(OILS, **changed), actor_id=ACTOR)

    assert list(new.value.message_dict) == list(old.value.message_dict) == [field]
    assert CategoryContent.of(Category.objects.get()) == replace(OILS, slug="oils")


def test_a_category_is_renamed(tenant):
    category = create()
    wanted = CategoryContent(name_ar="<b>", name_en="Oils & musk", slug="oils-and-musk")

    for _ in range(2):
        rename_category(category_id=category.id, content=wanted, actor_id=ACTOR)

    assert CategoryContent.of(Category.objects.get()) == wanted
    assert acts() == ["category.created", "category.renamed"]


def test_a_deleted_category_leaves_its_items(tenant):
    category = create()
    item = create_item(content=replace(OIL, categories=(category.id,)), actor_id=ACTOR, now=NOW)

    delete_category(category_id=category.id, actor_id=ACTOR)

    assert ItemContent.of(CatalogItem.objects.get(id=item.id)).categories == ()
    with pytest.raises(UnknownCategoryError):
        delete_category(category_id=category.id, actor_id=ACTOR)
    with pytest.raises(UnknownCategoryError):
        rename_category(category_id=category.id, content=OILS, actor_id=ACTOR)


def test_an_order_passes_over_the_gone_and_keeps_the_new(tenant):
    a, b, _c, d = named("aaa", "bbb", "ccc", "ddd")

    order_categories(ids=[d, uuid4(), a, d], actor_id=ACTOR)
    assert order() == ["ddd", "aaa", "bbb", "ccc"]
    order_categories(ids=[d, a], actor_id=ACTOR)
    assert acts().count("categories.ordered") == 1

    delete_category(category_id=b, actor_id=ACTOR)
    named("eee")
    assert order() == ["ddd", "aaa", "ccc", "eee"]


@pytest.mark.parametrize(
    ("by", "expected"), [(-9, "bac"), (-1, "bac"), (0, "abc"), (1, "acb"), (9, "acb")]
)
def test_a_category_takes_steps(tenant, by, expected):
    _a, b, _c = named("a", "b", "c")

    step_category(category_id=b, by=by, actor_id=ACTOR)

    assert "".join(order()) == expected


@pytest.mark.parametrize(
    ("beside", "is_after", "expected"),
    [
        (0, False, "bacd"),
        (0, True, "abcd"),
        (1, True, "abcd"),
        (2, False, "abcd"),
        (3, True, "acdb"),
    ],
)
def test_a_category_is_put_beside_another(tenant, beside, is_after, expected):
    ids = named("a", "b", "c", "d")

    place_category(category_id=ids[1], beside=ids[beside], is_after=is_after, actor_id=ACTOR)

    assert "".join(order()) == expected


def test_an_unknown_category_is_not_moved(tenant):
    _a, b = named("a", "b")

    for row, beside in [(uuid4(), b), (b, uuid4())]:
        with pytest.raises(UnknownCategoryError):
            place_category(category_id=row, beside=beside, is_after=False, actor_id=ACTOR)
    with pytest.raises(UnknownCategoryError):
        step_category(category_id=uuid4(), by=1, actor_id=ACTOR)

    assert order() == ["a", "b"]


def test_two_moves_at_once_are_both_made(tenant):
    ids = named(*"abcdef")
    meet = Barrier(2, timeout=10)

    def move(category_id):
        with scopes.tenant(tenant.id):
            try:
                meet.wait()
                step_category(category_id=category_id, by=-9, actor_id=ACTOR)
            finally:
                connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(move, [ids[4], ids[5]]))

    assert "".join(order()) in {"efabcd", "feabcd"}


def test_there_are_fifty_at_most_also_when_two_come_at_once(tenant, monkeypatch):
    named(*(f"c{number:02}" for number in range(49)))
    meet = Barrier(2, timeout=10)

    def make(name):
        with scopes.tenant(tenant.id):
            meet.wait()
            try:
                return named(name)
            except TooManyCategoriesError:
                return None
            finally:
                connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        made = list(threads.map(make, ["one", "two"]))

    assert made.count(None) == 1
    assert Category.objects.count() == categories.MOST_CATEGORIES == 50


def test_an_item_is_in_categories_in_no_order(tenant):
    a, b, c = named("aaa", "bbb", "ccc")
    item = create_item(content=replace(OIL, categories=(b, a, a)), actor_id=ACTOR, now=NOW)
    seen = ItemContent.of(CatalogItem.objects.get(id=item.id))

    same = replace(seen, categories=(a, b))
    written = update_item(item_id=item.id, content=same, seen=seen, actor_id=ACTOR, now=NOW)
    changed = replace(seen, categories=(b, c))
    update_item(item_id=item.id, content=changed, seen=seen, actor_id=ACTOR, now=NOW)
    # Somebody who still saw the first adds one.
    update_item(
        item_id=item.id,
        content=replace(seen, categories=(a, b, c)),
        seen=seen,
        actor_id=ACTOR,
        now=NOW,
    )

    assert same == seen
    assert written.version == 1
    assert set(ItemContent.of(CatalogItem.objects.get(id=item.id)).categories) == {b, c}


@pytest.mark.parametrize("known", [0, 1])
def test_an_unknown_category_is_refused(tenant, known):
    item = create_item(content=OIL, actor_id=ACTOR, now=NOW)
    ids = (*named(*["aaa"][:known]), uuid4())

    with pytest.raises(ValidationError) as new:
        create_item(content=replace(OIL, slug="", categories=ids), actor_id=ACTOR, now=NOW)
    with pytest.raises(ValidationError) as old:
        update_item(
            item_id=item.id, content=replace(OIL, categories=ids), seen=OIL, actor_id=ACTOR, now=NOW
        )

    assert list(new.value.message_dict) == list(old.value.message_dict) == ["categories"]
    assert CatalogItem.objects.count() == 1
