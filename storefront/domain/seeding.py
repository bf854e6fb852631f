"""The demo's storefronts and catalogs."""

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from storefront.domain.pages import pages_changed
from storefront.domain.seeds import CATALOGS, CATEGORIES, STOREFRONTS, SeedItem
from storefront.models import CatalogItem, Category, ItemVariant, MediaAsset, StorefrontSettings
from tenants.domain.days import day_of
from tenants.domain.seeds import DemoTenant

_PICTURES = Path(__file__).parent / "seeds" / "pictures"
#: Width and height of each picture's files, in pixels.
SIZES = ((320, 240), (640, 480), (1280, 960))


def seed_storefront(demo: DemoTenant) -> None:
    """Write the tenant's storefront settings unless it has some. In the tenant's scope."""
    defaults = {
        "tagline_ar": demo.tagline_ar,
        "tagline_en": demo.tagline_en,
        "about_ar": demo.about_ar,
        "about_en": demo.about_en,
        "accent": demo.accent,
        "phone": demo.phone,
        "email": f"hello@{demo.slug}.example",
        **STOREFRONTS[demo.slug],
    }
    with transaction.atomic():
        _, is_new = StorefrontSettings.objects.get_or_create(id=1, defaults=defaults)
        if is_new:
            pages_changed()


def seed_catalog(slug: str, *, now: datetime) -> bool:
    """Fill the empty catalog of the demo's tenant `slug`, pictures included, in its scope; its dates are
    counted from `now`.

    False, and nothing is touched, where there is an item already: what people changed or deleted
    stays so.
    """
    with transaction.atomic():
        if CatalogItem.objects.exists():
            return False
        categories = _seed_categories(slug)
        for position, item in enumerate(CATALOGS[slug], start=1):
            row = _seed_item(item, position, now)
            row.categories.set([categories[name] for name in item.categories])
            _seed_variants(row, item)
        pages_changed()
    return True


def _seed_categories(slug: str) -> dict[str, Category]:
    rows = [
        Category(slug=each.slug, name_ar=each.name_ar, name_en=each.name_en, position=position)
        for position, each in enumerate(CATEGORIES[slug])
    ]
    # People may have made some before there was an item.
    Category.objects.bulk_create(rows, ignore_conflicts=True)
    return {row.slug: row for row in Category.objects.all()}


def _seed_variants(row: CatalogItem, item: SeedItem) -> None:
    ItemVariant.objects.bulk_create(
        ItemVariant(
            item=row,
            position=position,
            name_ar=each.name_ar,
            name_en=each.name_en,
            price=Decimal(each.price),
            stock=each.stock,
        )
        for position, each in enumerate(item.variants)
    )


def _days_after(now: datetime, days: int | None) -> datetime | None:
    return None if days is None else now + timedelta(days=days)


def _seed_item(item: SeedItem, position: int, now: datetime) -> CatalogItem:
    end = _days_after(now, item.ends_in_days)
    row = CatalogItem.objects.create(
        slug=item.slug,
        kind=item.kind,
        name_ar=item.name_ar,
        name_en=item.name_en,
        description_ar=item.description_ar,
        description_en=item.description_en,
        price=item.price and Decimal(item.price),
        goal=item.goal and Decimal(item.goal),
        stock=item.stock,
        max_quantity=item.max_quantity,
        status=item.status,
        position=position,
        has_variants=bool(item.variants),
        is_featured=item.is_featured,
        publish_at=_days_after(now, item.shown_in_days),
        ends_on=end and day_of(end),
    )
    MediaAsset.objects.create(
        item=row,
        alt_ar=item.alt_ar,
        alt_en=item.alt_en,
        renditions=[_rendition(item, width, height) for width, height in SIZES],
    )
    return row


def _rendition(item: SeedItem, width: int, height: int) -> dict[str, str | int]:
    name = f"items/{item.slug}-{width}.webp"
    # Of a seeding that was cut short: `save` would choose another name.
    default_storage.delete(name)
    content = ContentFile((_PICTURES / f"{item.picture or item.slug}-{width}.webp").read_bytes())
    return {
        "name": default_storage.save(name, content),
        "width": width,
        "height": height,
        "content_type": "image/webp",
    }
