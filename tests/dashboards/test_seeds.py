"""The demo's content: what the contract names is there, and people's changes stay."""

import re
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import phonenumbers
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone

from capture.domain.orders import Actor
from capture.domain.seeding import seed_orders
from capture.domain.seeds import HISTORIES
from capture.models import Order, OrderChange, OrderLine
from storefront.domain.seeding import SIZES, seed_catalog
from storefront.domain.seeds import CATALOGS
from storefront.domain.variants import price_of, stock_of, variants_of
from storefront.models import CatalogItem, Category, ItemCategory, ItemVariant, MediaAsset
from storefront.queries.items import published_items
from tenants import scopes
from tenants.models import OutboxEvent, Tenant

CLERK = Actor(id=None, name="Clerk")
PICTURES = Path(__file__).parents[2] / "storefront/domain/seeds/pictures"
KINDS = {"oud-house": "shop", "ghaith": "charity", "green-school": "project"}


@pytest.fixture(params=KINDS)
def seeded(request, new_tenant):
    """A tenant of the test's own, filled like the demo's of this slug."""
    tenant = new_tenant(kind=KINDS[request.param])
    with scopes.tenant(tenant.id):
        assert seed_catalog(request.param, now=timezone.now())
        seed_orders(request.param, actor=CLERK, now=timezone.now())
        yield request.param


def everything():
    """All rows of the tenant in force that seeding writes."""
    models = (
        CatalogItem,
        Category,
        ItemCategory,
        ItemVariant,
        MediaAsset,
        Order,
        OrderLine,
        OrderChange,
        OutboxEvent,
    )
    return {model: list(model.objects.order_by("pk").values()) for model in models}


@pytest.mark.parametrize(
    ("slug", "item", "values"),
    [
        ("oud-house", "oud-oil", ("product", Decimal("12.500"), 100, 10, None)),
        ("ghaith", "water-well", ("project", None, None, None, Decimal("1500.000"))),
        ("green-school", "classroom-kit", ("project", None, None, None, Decimal("900.000"))),
        ("green-school", "tote-bag", ("product", Decimal("3.250"), 80, 20, None)),
    ],
)
def test_the_items_that_stay_are_there(real_db, slug, item, values):
    with scopes.public():
        tenant = Tenant.objects.get(slug=slug)
    with scopes.tenant(tenant.id):
        row = published_items().get(slug=item)

    assert (row.kind, row.price, row.stock, row.max_quantity, row.goal) == values


def test_the_shelves_show_every_case(real_db):
    items = CATALOGS["oud-house"]

    assert len(items) >= 10
    assert any(item.stock == 0 for item in items)
    assert any(item.stock and item.stock < 5 for item in items)
    assert any(item.price is None and item.status == "published" for item in items)
    assert any(item.status == "draft" for item in items)
    assert {item.kind for item in items} == {"product", "service"}
    assert all(len(CATALOGS[slug]) >= 5 for slug in KINDS)


def test_every_shelf_is_divided_and_shows_something_first(seeded):
    now = timezone.now()
    items = list(CatalogItem.objects.prefetch_related("categories", "variants"))

    assert all(category.items.exists() for category in Category.objects.all())
    assert 0 < sum(item.is_featured for item in items) < len(items)
    assert [item.position for item in items] == list(range(1, len(items) + 1))
    for item in items:
        variants = variants_of(item)
        assert item.has_variants is bool(variants)
        if variants:
            assert (item.price, item.stock) == (price_of(variants), stock_of(variants))
        assert item.ends_on is None or item.ends_on > now.date()


def test_the_shop_has_variants_and_something_to_come():
    items = {item.slug: item for item in CATALOGS["oud-house"]}

    assert sum(bool(item.variants) for item in items.values()) >= 2
    assert any(item.shown_in_days for item in items.values())
    assert not items["oud-oil"].variants
    ordered = {slug for order in HISTORIES["oud-house"] for slug, _quantity in order.lines}
    assert not any(items[slug].variants for slug in ordered)


def test_every_text_is_in_its_language():
    for item in (item for items in CATALOGS.values() for item in items):
        for field in ("name", "description", "alt"):
            assert re.search("[\u0600-\u06ff]", getattr(item, f"{field}_ar")), item.slug
            assert not re.search("[A-Za-z]", getattr(item, f"{field}_ar")), item.slug
            assert re.search("[A-Za-z]", getattr(item, f"{field}_en")), item.slug
            assert not re.search("[\u0600-\u06ff]", getattr(item, f"{field}_en")), item.slug


def test_every_phone_can_be_called():
    for order in (order for orders in HISTORIES.values() for order in orders):
        assert phonenumbers.is_valid_number(phonenumbers.parse(order.phone)), order.phone


def test_the_rows_are_valid_and_have_their_pictures(seeded):
    for item in CatalogItem.objects.prefetch_related("media"):
        item.full_clean()
        (picture,) = item.media.all()
        assert [(one["width"], one["height"]) for one in picture.renditions] == list(SIZES)
        for rendition in picture.renditions:
            assert rendition["name"] == f"items/{item.slug}-{rendition['width']}.webp"
            with default_storage.open(rendition["name"]) as file:
                assert size_of_webp(file.read()) == (rendition["width"], rendition["height"])


def size_of_webp(content):
    """Width and height, from the header of a lossy WebP (RFC 9649)."""
    assert content[:4] == b"RIFF"
    assert content[8:16] == b"WEBPVP8 "
    width, height = (int.from_bytes(content[at : at + 2], "little") for at in (26, 28))
    return width & 0x3FFF, height & 0x3FFF


def test_the_pictures_are_small_and_all_used():
    files = list(PICTURES.iterdir())

    assert sum(file.stat().st_size for file in files) < 2_500_000
    assert {file.name for file in files} == {
        f"{item.picture or item.slug}-{width}.webp" for items in CATALOGS.values() for item in items
        for width, _ in SIZES
    }  # fmt: skip


def test_the_orders_lie_in_the_past_and_nobody_was_told(seeded):
    orders = list(Order.objects.order_by("number"))
    wanted = HISTORIES.get(seeded, ())

    assert len(orders) == len(wanted)
    assert [order.created_at for order in orders] == sorted(order.created_at for order in orders)
    assert all(
        timezone.now() - timedelta(days=12) < order.created_at < timezone.now() for order in orders
    )
    assert all(change.created_at <= timezone.now() for change in OrderChange.objects.all())
    events = OutboxEvent.objects.filter(kind__startswith="order.")
    assert events.count() == sum(1 + len(order.steps) for order in wanted)
    assert not events.filter(delivered_at=None).exists()


def test_the_shops_orders_are_in_every_status():
    ends = {order.steps[-1].to if order.steps else "pending" for order in HISTORIES["oud-house"]}

    assert ends == {"pending", "confirmed", "fulfilled", "cancelled"}
    assert len(HISTORIES["oud-house"]) == 12
    assert len(HISTORIES["green-school"]) == 5


def test_past_orders_leave_the_shelves_full(seeded):
    stocks = dict(CatalogItem.objects.values_list("slug", "stock"))

    assert stocks == {item.slug: item.stock for item in CATALOGS[seeded]}


def test_seeding_again_changes_nothing(seeded):
    before = everything()

    assert not seed_catalog(seeded, now=timezone.now())
    seed_orders(seeded, actor=CLERK, now=timezone.now())

    assert everything() == before


def test_what_people_changed_or_deleted_stays(seeded):
    CatalogItem.objects.order_by("position").first().delete()
    CatalogItem.objects.update(name_en="Mine", stock=1)
    before = everything()

    assert not seed_catalog(seeded, now=timezone.now())

    assert everything() == before


def test_the_command_can_be_repeated(real_db):
    said = StringIO()

    call_command("seed_demo", stderr=said)

    assert said.getvalue().strip() == "the demo is seeded already"


def test_production_refuses(real_db, settings):
    settings.SOUQNA_DEMO = False

    with pytest.raises(Exception, match="public password"):
        call_command("seed_demo", stderr=StringIO())
