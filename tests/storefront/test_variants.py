"""Variants as staff write them: what follows for the item, what stays, what is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from storefront.domain.items import ItemContent, StaleItemError, create_item, update_item
from storefront.domain.variants import VariantContent
from storefront.models import CatalogItem, ItemVariant
from tenants import scopes
from tenants.models import AuditEntry

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACTOR = uuid4()
SMALL = VariantContent(None, "صغير", "Small", Decimal("5.000"), 4)
LARGE = VariantContent(None, "كبير", "Large", Decimal("9.500"), 6)
OIL = ItemContent(kind="product", slug="oil", name_ar="دهن", name_en="Oil", variants=(SMALL, LARGE))


@pytest.fixture
def tenant(tenant_a):
    with scopes.tenant(tenant_a.id):
        yield tenant_a


def create(content=OIL):
    item = create_item(content=content, actor_id=ACTOR, now=NOW)
    return item, stored(item)


def update(item, content, *, seen, version=None):
    update_item(
        item_id=item.id, content=content, seen=seen, actor_id=ACTOR, now=NOW, version=version
    )
    return stored(item)


def stored(item):
    return ItemContent.of(CatalogItem.objects.get(id=item.id))


def of_the_item(item):
    row = CatalogItem.objects.get(id=item.id)
    return (row.price, row.stock, row.has_variants)


def nameless(variants):
    return [replace(one, id=None) for one in variants]


@pytest.mark.parametrize(
    ("variants", "follows"),
    [
        ((SMALL, LARGE), (Decimal("5.000"), 10, True)),
        ((replace(SMALL, price=None), LARGE), (Decimal("9.500"), 10, True)),
        ((replace(SMALL, price=None),), (None, 4, True)),
        ((SMALL, replace(LARGE, stock=None)), (Decimal("5.000"), None, True)),
        ((replace(SMALL, stock=0),), (Decimal("5.000"), 0, True)),
        ((), (Decimal("1.000"), 3, False)),
    ],
)
def test_price_and_stock_of_an_item_follow_from_its_variants(tenant, variants, follows):
    sent = replace(OIL, price=Decimal("1.000"), stock=3, variants=variants)

    item, kept = create(sent)
    changed, seen = create(replace(OIL, slug="other"))
    update(changed, replace(sent, slug="other"), seen=seen)

    assert nameless(kept.variants) == list(variants)
    assert of_the_item(item) == of_the_item(changed) == follows


def test_variants_that_stay_keep_their_ids_in_a_new_order(tenant):
    item, seen = create()
    small, large = seen.variants
    third = VariantContent(None, "متوسط", "Medium", Decimal("7.000"))

    kept = update(
        item, replace(seen, variants=(large, third, replace(small, name_en="Tiny"))), seen=seen
    )

    assert [one.name_en for one in kept.variants] == ["Large", "Medium", "Tiny"]
    assert [one.id for one in kept.variants if one.name_en != "Medium"] == [large.id, small.id]
    assert list(ItemVariant.objects.values_list("position", flat=True)) == [0, 1, 2]


def test_a_variant_without_an_id_is_the_one_with_its_names(tenant):
    item, seen = create()
    dearer = replace(LARGE, price=Decimal("10.000"))

    kept = update(item, replace(seen, variants=(SMALL, dearer)), seen=seen)

    assert [one.id for one in kept.variants] == [one.id for one in seen.variants]
    assert kept.variants[1].price == Decimal("10.000")


def test_the_same_new_variant_sent_twice_is_one(tenant):
    item, seen = create(replace(OIL, variants=()))

    first = update(item, replace(seen, variants=(SMALL,)), seen=seen, version=1)
    second = update(item, replace(seen, variants=(SMALL,)), seen=seen, version=1)

    assert first == second
    assert len(second.variants) == 1


def test_stock_of_a_variant_that_was_sold_meanwhile_stays_sold(tenant):
    item, seen = create()
    small, large = seen.variants
    ItemVariant.objects.filter(id=small.id).update(stock=1)
    CatalogItem.objects.filter(id=item.id).update(stock=7)

    kept = update(item, replace(seen, variants=(replace(small, stock=9), large)), seen=seen)

    assert [one.stock for one in kept.variants] == [6, 6]
    assert of_the_item(item)[1] == 12


def test_what_others_added_meanwhile_stays(tenant):
    item, seen = create()
    medium = VariantContent(None, "متوسط", "Medium", Decimal("7.000"))
    update(item, replace(seen, variants=(*seen.variants, medium)), seen=seen)

    kept = update(item, replace(seen, variants=seen.variants[:1]), seen=seen)

    assert [one.name_en for one in kept.variants] == ["Small", "Medium"]


def test_a_person_who_saw_another_version_changes_nothing(tenant):
    item, seen = create()
    kept = update(item, replace(seen, variants=()), seen=seen, version=1)

    with pytest.raises(StaleItemError):
        update(item, replace(seen, variants=seen.variants[:1]), seen=seen, version=1)

    assert stored(item) == kept


def test_the_audit_log_has_the_variants_that_changed(tenant):
    item, seen = create()
    small, large = seen.variants

    update(item, replace(seen, variants=(replace(small, price=None), large)), seen=seen)

    changes = AuditEntry.objects.get(action="item.updated").detail["changes"]
    assert changes == {
        "price": ["5.000", "9.500"],
        "variants": ["Small: 5.000 (4)", "Small: None (4)"],
    }


@pytest.mark.parametrize(
    "variants",
    [
        (replace(SMALL, name_ar="  "),),
        (replace(SMALL, name_en="x" * 81),),
        (replace(SMALL, name_en="a\x00b"),),
        (replace(SMALL, price=Decimal("-0.001")),),
        (replace(SMALL, price=Decimal("1.0005")),),
        (replace(SMALL, price=Decimal("NaN")), LARGE),
        (replace(SMALL, stock=-1),),
        (replace(SMALL, stock=1_000_001),),
        (SMALL, replace(LARGE, name_en="small")),
        (SMALL, replace(LARGE, name_ar="صغير")),
        (replace(SMALL, id=uuid4()),),
        tuple(replace(SMALL, name_ar=f"{n}", name_en=f"{n}") for n in range(101)),
    ],
)
def test_what_is_wrong_with_a_variant_is_told_and_changes_nothing(tenant, variants):
    item, before = create()

    with pytest.raises(ValidationError) as refused:
        update(item, replace(before, variants=variants), seen=before)

    assert list(refused.value.message_dict) == ["variants"]
    assert stored(item) == before


def test_the_same_id_twice_is_refused(tenant):
    item, before = create()
    (small, _large) = before.variants

    with pytest.raises(ValidationError):
        update(item, replace(before, variants=(small, replace(small, name_en="B"))), seen=before)

    assert stored(item) == before


def test_projects_have_none(tenant):
    with pytest.raises(ValidationError) as refused:
        create(replace(OIL, kind="project"))

    assert list(refused.value.message_dict) == ["variants"]


def test_markup_and_arabic_are_kept_as_they_are(tenant):
    odd = replace(SMALL, name_en="<b>Big</b>", name_ar="  ٣  مل ")

    _item, kept = create(replace(OIL, variants=(odd,)))

    assert (kept.variants[0].name_en, kept.variants[0].name_ar) == ("<b>Big</b>", "٣ مل")
