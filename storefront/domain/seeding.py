"""The demo's storefronts and catalogs."""

from decimal import Decimal
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from storefront.domain.seeds import CATALOGS, STOREFRONTS, SeedItem
from storefront.models import CatalogItem, MediaAsset, StorefrontSettings
from tenants.domain.seeds import DemoTenant

_PICTURES = Path(__file__).parent / "seeds" / "pictures"
#: Width and height of each picture's files, in pixels.
SIZES = ((320, 240), (640, 480), (1280, 960))


def seed_storefront(demo: DemoTenant) -> None:
    """Write the tenant's storefront settings unless it has some. In the tenant's scope."""
    StorefrontSettings.objects.get_or_create(
        id=1,
        defaults={
            "tagline_ar": demo.tagline_ar,
            "tagline_en": demo.tagline_en,
            "about_ar": demo.about_ar,
            "about_en": demo.about_en,
            "accent": demo.accent,
            "phone": demo.phone,
            "email": f"hello@{demo.slug}.example",
            **STOREFRONTS[demo.slug],
        },
    )


def seed_catalog(slug: str) -> bool:
    """Fill the empty catalog of the demo's tenant `slug`, pictures included, in its scope.

    False, and nothing is touched, where there is an item already: what people changed or deleted
    stays so.
    """
    with transaction.atomic():
        if CatalogItem.objects.exists():
            return False
        for position, item in enumerate(CATALOGS[slug]):
            _seed_item(item, position)
    return True


def _seed_item(item: SeedItem, position: int) -> None:
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
    )
    MediaAsset.objects.create(
        item=row,
        alt_ar=item.alt_ar,
        alt_en=item.alt_en,
        renditions=[_rendition(item.slug, width, height) for width, height in SIZES],
    )


def _rendition(slug: str, width: int, height: int) -> dict[str, str | int]:
    name = f"items/{slug}-{width}.webp"
    # Of a seeding that was cut short: `save` would choose another name.
    default_storage.delete(name)
    content = ContentFile((_PICTURES / f"{slug}-{width}.webp").read_bytes())
    return {
        "name": default_storage.save(name, content),
        "width": width,
        "height": height,
        "content_type": "image/webp",
    }
