"""Tables become items: compared first, then imported as they were seen."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.categories import CategoryContent, create_category
from storefront.domain.importing import StaleImportError
from storefront.domain.item_tables import FIELDS, Draft
from storefront.domain.kept_imports import ImportGoneError
from storefront.domain.tables import read_table, shielded, written
from storefront.enums import ItemKind, ItemStatus
from storefront.models import CatalogItem, ItemVariant
from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.models import AuditEntry
from tenants.validators.text import clean_line, clean_paragraphs
from tests.dashboards.conftest import counted
from tests.storefront.importing import OIL, Importer, table, told

PROJECT = {"kind": "project", "slug": "well", "name_ar": "بئر", "name_en": "Well"}


@pytest.fixture
def importer(tenant_a, user, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return Importer(tenant_a, user)


def variant(slug, ar, en, **cells):
    return {"slug": slug, "variant_ar": ar, "variant_en": en, **cells}


def with_variants(*rows):
    """An item's row, and below it those of its variants; all have all columns."""
    return ({**OIL, "price": "", "stock": "", "variant_ar": "", "variant_en": ""}, *rows)


def variants(item):
    return [(one.name_en, one.price, one.stock) for one in item.variants.all()]


def test_a_new_item_is_made(importer):
    done = importer.run(OIL)

    item = importer.items()["oil"]
    assert (done.new, done.changed) == (1, 0)
    assert (item.name_en, str(item.price), item.status) == ("Oil", "5.000", "draft")


def test_categories_are_locked_all_at_once_in_everybodys_order(importer):
    with importer.scope():
        made = [
            create_category(content=CategoryContent(name, name, name), actor_id=uuid4())
            for name in ("cat-a", "cat-b", "cat-c", "cat-d")
        ]
    first, *others = sorted(made, key=lambda one: one.id)
    importer.run({**OIL, "categories": first.slug})
    rows = [
        {**OIL, "slug": f"n-{number}", "categories": one.slug}
        for number, one in enumerate(reversed(others))
    ]
    kept = importer.keep(*rows, {**OIL, "categories": others[0].slug})

    with CaptureQueriesContext(connection) as queries:
        importer.commit(*kept)

    locks = [
        query["sql"]
        for query in queries
        if '"catalog_categories"' in query["sql"] and "FOR NO KEY UPDATE" in query["sql"]
    ]
    assert 'ORDER BY "catalog_categories"."id" ASC FOR' in locks[0]
    assert all(one.id.hex in locks[0] for one in made)


def test_every_column_is_read(importer):
    with importer.scope():
        create_category(
            content=CategoryContent("هدايا", "Gifts", "gifts"),
            actor_id=importer.user.id,
        )
    importer.run(
        {
            **OIL, "price": "١٬٢٥٠٫٥", "stock": "١٢", "max_quantity": "3", "status": "published",
            "description_ar": "سطر\nسطر", "description_en": "Line", "featured": "نعم",
            "publish_at": "2027-01-31 08:00", "categories": "gifts",
        },
        {**PROJECT, "goal": "900", "ends_on": "٢٠٢٧-٠٢-٠١"},
    )  # fmt: skip

    oil, well = (importer.items()[slug] for slug in ("oil", "well"))
    assert (oil.price, oil.stock, oil.max_quantity) == (Decimal("1250.500"), 12, 3)
    assert (oil.status, oil.is_featured, oil.description_ar) == ("published", True, "سطر\nسطر")
    assert oil.publish_at == datetime(2027, 1, 31, 5, tzinfo=UTC)
    assert [category.slug for category in oil.categories.all()] == ["gifts"]
    assert (well.kind, well.price, well.goal) == ("project", None, None)  # no such column


def test_columns_that_are_not_there_leave_fields_alone_and_empty_cells_clear(importer, put):
    put(slug="oil", stock=4, max_quantity=2, description_en="Old")

    importer.run({"slug": "oil", "stock": "", "description_en": ""})

    item = importer.items()["oil"]
    assert (item.stock, item.description_en, item.max_quantity, item.name_en) == (
        None, "", 2, "Oud oil",
    )  # fmt: skip


def test_a_goal_and_a_last_day(importer):
    importer.run({**PROJECT, "goal": "900", "ends_on": "2027-02-01"})

    well = importer.items()["well"]
    assert (well.goal, well.ends_on) == (Decimal(900), date(2027, 2, 1))


@pytest.mark.parametrize(
    ("cells", "column", "text"),
    [
        ({"kind": "food"}, "kind", "Write one of these: product, service, project."),
        ({"status": "sold"}, "status", "Write one of these: draft, published, archived."),
        ({"slug": "Bad Slug"}, "slug", "Use 3 to 63"),
        ({"slug": "new"}, "slug", "reserved"),
        ({"name_ar": ""}, "name_ar", "blank"),
        ({"name_en": "x" * 161}, "name_en", "160"),
        ({"name_en": "a\x07"}, "name_en", "can’t be shown"),
        ({"description_en": "x" * 10_001}, "description_en", "10,000"),
        ({"price": "1.2345"}, "price", "at most three decimals"),
        ({"price": "NaN"}, "price", "at most three decimals"),
        ({"price": "1e3"}, "price", "at most three decimals"),
        ({"price": "12,500"}, "price", "at most three decimals"),
        ({"price": "-1"}, "price", "at most three decimals"),
        ({"stock": "1.5"}, "stock", "whole number"),
        ({"stock": "2000000"}, "stock", "1,000,000"),
        ({"max_quantity": "1000"}, "max_quantity", "1 to 999"),
        ({"goal": "5"}, "goal", "Only projects have a goal"),
        ({"ends_on": "2027-02-01"}, "ends_on", "Only projects have a last day"),
        ({"ends_on": "31/01/2027"}, "ends_on", "2027-01-31"),
        ({"publish_at": "tomorrow"}, "publish_at", "2027-01-31 08:00"),
        ({"publish_at": "0001-01-01"}, "publish_at", "2027-01-31 08:00"),
        ({"featured": "perhaps"}, "featured", "yes or no"),
        ({"categories": "gifts|oud"}, "categories", "no such categories: gifts, oud."),
        ({"pictures": "none.jpg"}, "pictures", "no such picture here"),
    ],
)
def test_what_is_wrong_is_told_by_row_and_column(importer, cells, column, text):
    comparison = importer.compare({**OIL, **cells})

    (fault,) = told(comparison)
    assert fault[:2] == (2, column)
    assert text in fault[2]


def test_several_faults_of_a_row_are_all_told(importer):
    comparison = importer.compare(OIL, {**OIL, "slug": "b-b", "price": "x", "kind": "food"})

    assert [fault[:2] for fault in told(comparison)] == [(3, "kind"), (3, "price")]


def test_faults_are_told_in_the_person_s_language(importer):
    with override("ar"):
        comparison = importer.compare({**OIL, "kind": "food"})

        assert told(comparison)[0][2].startswith("اكتب واحدة من هذه الكلمات")


def test_one_wrong_row_keeps_all_out(importer, put):
    put(slug="old", stock=1)
    import_id, seen = importer.keep(
        {**OIL, "stock": "1"},
        {**OIL, "slug": "old", "stock": "9"},
        {**OIL, "slug": "c-c", "stock": "x"},
    )

    with pytest.raises(StaleImportError):
        importer.commit(import_id, seen)

    assert {slug: item.stock for slug, item in importer.items().items()} == {"old": 1}
    with importer.scope():
        assert not AuditEntry.objects.filter(action__startswith="item").exists()


def test_two_rows_of_one_address(importer):
    comparison = importer.compare(OIL, {**OIL, "slug": "other"}, OIL)

    assert told(comparison) == [(4, "slug", "Row 2 has this address already: oil.")]


def test_an_address_is_made_from_the_name(importer):
    rows = [{**OIL, "slug": ""}, {**OIL, "slug": "", "name_en": "", "name_ar": "دار العود"}]
    assert [fault[:2] for fault in told(importer.compare(*rows))] == [(3, "name_en")]

    importer.run(rows[0])

    assert list(importer.items()) == ["oil"]
    (fault,) = told(importer.compare(rows[0]))
    assert fault == (
        2, "slug", "Another item has the address oil. To change that item, write it here."
    )  # fmt: skip


def test_variants_have_rows_of_their_own(importer):
    importer.run(
        *with_variants(
            variant("oil", "صغير", "Small", price="5", stock="2"),
            variant("oil", "كبير", "Large", price="٩٫٥", stock=""),
        )
    )

    item = importer.items()["oil"]
    assert variants(item) == [("Small", Decimal(5), 2), ("Large", Decimal("9.5"), None)]
    assert (item.has_variants, item.price, item.stock) == (True, Decimal(5), None)


def test_variants_keep_their_ids_and_what_has_no_column(importer):
    rows = [
        variant("oil", "صغير", "Small", price="5", stock="2"),
        variant("oil", "كبير", "Large", price="9", stock="3"),
    ]
    importer.run(*with_variants(*rows))
    before = {one.name_en: one.id for one in importer.items()["oil"].variants.all()}

    importer.run(
        {"slug": "oil", "price": "", "variant_ar": "", "variant_en": ""},
        variant("oil", "كبير", "Large", price="10"),
        variant("oil", "وسط", "Medium", price="7"),
    )

    item = importer.items()["oil"]
    assert variants(item) == [("Large", Decimal(10), 3), ("Medium", Decimal(7), None)]
    assert item.variants.all()[0].id == before["Large"]


def test_variants_stay_where_no_column_speaks_of_them(importer):
    importer.run(*with_variants(variant("oil", "صغير", "Small", price="5", stock="2")))

    importer.run({"slug": "oil", "name_en": "Better oil"})

    item = importer.items()["oil"]
    assert (item.name_en, variants(item)) == ("Better oil", [("Small", Decimal(5), 2)])


def test_variants_without_rows_are_removed(importer):
    importer.run(*with_variants(variant("oil", "صغير", "Small", price="5", stock="2")))

    importer.run({**OIL, "stock": "4", "variant_ar": "", "variant_en": ""})

    item = importer.items()["oil"]
    assert (variants(item), item.has_variants, item.price, item.stock) == ([], False, Decimal(5), 4)


@pytest.mark.parametrize(
    ("rows", "place", "text"),
    [
        ([variant("none", "س", "S")], (3, "slug"), "No row of an item"),
        ([variant("", "س", "S")], (3, "slug"), "No row of an item"),
        ([variant("oil", "س", "")], (3, "variant_en"), "blank"),
        ([variant("oil", "س", "S", price="x")], (3, "price"), "three decimals"),
        ([variant("oil", "س", "S", kind="product")], (3, "kind"), "the item’s own row"),
        ([variant("oil", "س", "S"), variant("oil", "س", "S")], (2, "variant_en"), "same name"),
    ],
)
def test_faults_of_variants(importer, rows, place, text):
    found = told(importer.compare(*with_variants(*rows)))

    assert [fault[:2] for fault in found] == [place]
    assert text in found[0][2]


def test_an_item_with_variants_has_no_price_of_its_own(importer):
    head, small = with_variants(variant("oil", "س", "Small", price="5"))

    found = told(importer.compare({**head, "price": "4", "stock": "1"}, small))

    assert [fault[:2] for fault in found] == [(2, "price"), (2, "stock")]


def test_an_export_imported_changes_nothing(importer, put):
    put(slug="a-a", pictures=2, stock=5, description_en="=1+1\n'quoted'", name_en="@home")
    put(slug="b-b", kind="project", price=None, goal=Decimal(900), ends_on=date(2027, 1, 31))
    put(slug="c-c", publish_at=datetime(2027, 1, 31, 5, 4, 3, 21, tzinfo=UTC), is_featured=True)
    importer.run(*with_variants(variant("oil", "-صغير", "=Small", price="5", stock="2")))

    exported = importer.read_export()
    comparison = importer.compare(exported)

    assert len(exported.rows) == 5
    assert (told(comparison), comparison.writes) == ([], 0)
    assert importer.export() == importer.export()


LINES = st.text(st.sampled_from("=+-@'\"|,;aب "), max_size=8).map(clean_line)
PARAGRAPHS = st.text(st.sampled_from("=+-@'\t\n\",aب"), max_size=8).map(clean_paragraphs)
AMOUNTS = st.none() | st.decimals(0, 999_999_999, places=3)
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))
DRAFTS = st.builds(
    Draft,
    kind=st.sampled_from(ItemKind.values),
    slug=st.just("a-a"),
    name_ar=LINES,
    name_en=LINES,
    description_ar=PARAGRAPHS,
    description_en=PARAGRAPHS,
    price=AMOUNTS,
    stock=st.none() | st.integers(0, 1_000_000),
    max_quantity=st.none() | st.integers(1, 999),
    goal=AMOUNTS,
    status=st.sampled_from(ItemStatus.values),
    featured=st.booleans(),
    publish_at=st.none()
    | st.datetimes(datetime(2000, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)),
    ends_on=st.none() | st.dates(),
    categories=st.lists(st.sampled_from(["gifts", "oud"]), unique=True).map(tuple),
)


@given(DRAFTS)
def test_what_an_item_says_survives_the_way_out_and_in(draft):
    cells = {name: column.export(draft) for name, column in FIELDS.items()}
    content = b"".join(written([list(cells), [shielded(cell) for cell in cells.values()]]))
    (row,) = read_table(content, known=FIELDS).rows
    found = Draft()

    for column in FIELDS.values():
        column.save(found, row.cells)

    assert found == draft


def test_an_export_imported_elsewhere_makes_the_same(importer, put, tenant_b, user):
    put(slug="a-a", stock=5, description_en="=1+1")
    importer.run(*with_variants(variant("oil", "صغير", "=Small", price="5", stock="2")))
    exported = importer.read_export()
    other = Importer(tenant_b, user)

    done = other.run(exported)

    assert (done.new, done.changed) == (2, 0)
    assert other.export() == importer.export()


def test_nothing_is_seen_of_another_tenant(importer, put, tenant_b, user):
    put(tenant=tenant_b, slug="oil", name_en="Theirs")
    with scopes.tenant(tenant_b.id):
        create_category(content=CategoryContent("س", "Gifts", "gifts"), actor_id=user.id)

    (fault,) = told(importer.compare({**OIL, "categories": "gifts"}))
    importer.run(OIL)

    assert fault[1] == "categories"
    assert (importer.items()["oil"].name_en, Importer(tenant_b, user).items()["oil"].name_en) == (
        "Oil", "Theirs",
    )  # fmt: skip
    assert b"Theirs" not in importer.export()


def test_what_was_kept_is_that_person_s_and_that_tenant_s(importer, tenant_b, user):
    with scopes.public():
        other_user = get_or_create_user(f"other-{uuid4().hex[:8]}@example.com")
    import_id, seen = importer.keep(OIL)

    for other in (Importer(importer.tenant, other_user), Importer(tenant_b, user)):
        with pytest.raises(StaleImportError):
            other.commit(import_id, seen)
        with pytest.raises(ImportGoneError):
            other.see(import_id)


def test_what_was_kept_lasts_an_hour(importer):
    import_id, seen = importer.keep(OIL)

    with pytest.raises(ImportGoneError):
        importer.commit(import_id, seen, now=timezone.now() + timedelta(minutes=61))


def test_said_twice_it_is_done_once(importer):
    import_id, seen = importer.keep(OIL)

    assert importer.commit(import_id, seen) == importer.commit(import_id, seen)

    with importer.scope():
        entries = AuditEntry.objects.filter(action="items.imported")
        assert [entry.detail["new"] for entry in entries] == [1]


def test_a_catalog_that_changed_meanwhile_is_looked_at_again(importer, put):
    item = put(slug="oil", stock=5)
    import_id, seen = importer.keep({"slug": "oil", "stock": "9"})
    with importer.scope():
        CatalogItem.objects.filter(id=item.id).update(version=2, name_en="Renamed")

    with pytest.raises(StaleImportError):
        importer.commit(import_id, seen)

    assert importer.items()["oil"].stock == 5
    importer.commit(import_id, importer.see(import_id))
    assert importer.items()["oil"].stock == 9


def test_an_address_taken_meanwhile_is_looked_at_again(importer, put):
    import_id, seen = importer.keep(OIL)
    put(slug="oil", name_en="Theirs")

    with pytest.raises(StaleImportError):
        importer.commit(import_id, seen)

    assert importer.items()["oil"].name_en == "Theirs"


def test_orders_meanwhile_are_kept_in_mind(importer, put):
    put(slug="a-a", stock=5)
    put(slug="b-b", stock=5)
    importer.run(*with_variants(variant("oil", "صغير", "Small", price="5", stock="7")))
    import_id, seen = importer.keep(
        {"slug": "a-a", "stock": "9", "variant_ar": "", "variant_en": ""},
        {"slug": "b-b", "stock": "5"},
        {"slug": "oil"},
        variant("oil", "صغير", "Small", stock="10"),
    )
    with importer.scope():
        CatalogItem.objects.update(stock=3)
        ItemVariant.objects.update(stock=6)

    importer.commit(import_id, seen)

    stocks = {slug: item.stock for slug, item in importer.items().items()}
    assert stocks == {"a-a": 7, "b-b": 3, "oil": 9}


def test_an_import_is_in_the_audit_log(importer, put):
    put(slug="old")

    importer.run(OIL, {**OIL, "slug": "old"})

    with importer.scope():
        entry = AuditEntry.objects.get(action="items.imported")
        acts = set(AuditEntry.objects.values_list("action", flat=True)) - {"tenant.created"}
    assert (entry.actor_id, entry.detail["file"]) == (importer.user.id, "items.csv")
    assert (entry.detail["new"], entry.detail["changed"]) == (1, 1)
    assert acts == {"items.imported", "item.created", "item.updated"}


def test_a_comparison_writes_nothing(importer, put):
    put(slug="oil")
    with importer.scope():
        before = AuditEntry.objects.count(), list(CatalogItem.objects.values())

    importer.compare(OIL, {**OIL, "slug": "other"})

    with importer.scope():
        assert (AuditEntry.objects.count(), list(CatalogItem.objects.values())) == before


@pytest.mark.parametrize("count", [1, 3])
def test_a_comparison_asks_as_much_for_many_rows(importer, put, count):
    rows = [{**OIL, "slug": f"item-{number}"} for number in range(count)]
    for row in rows:
        put(slug=row["slug"])
    read = table(*rows)

    with counted(3):
        importer.compare(read)
