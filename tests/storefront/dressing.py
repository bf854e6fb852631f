"""Settings of a storefront, written straight into its row."""

from typing import Any
from uuid import uuid4

from storefront.models import MediaAsset, StorefrontSettings
from tenants import scopes
from tenants.models import Tenant
from tenants.queries.hosts import forget_hosts


def dress(tenant: Tenant, **settings: Any) -> None:
    """Give the tenant's storefront these settings."""
    with scopes.tenant(tenant.id):
        StorefrontSettings.objects.update_or_create(id=1, defaults=settings)


def asset(
    tenant: Tenant, *, types: tuple[str, ...] = ("avif", "webp"), **fields: Any
) -> MediaAsset:
    """A picture of no item, in three widths and these types."""
    name = uuid4().hex[:8]
    renditions = [
        {
            "name": f"items/{name}-{width}.{kind}",
            "width": width,
            "height": width // 2,
            "content_type": f"image/{kind}",
        }
        for kind in types
        for width in (320, 640, 1280)
    ]
    with scopes.tenant(tenant.id):
        return MediaAsset.objects.create(renditions=renditions, **fields)


def speak(tenant: Tenant, *languages: str) -> None:
    """Have the tenant speak these languages, the first by default."""
    with scopes.public():
        Tenant.objects.filter(id=tenant.id).update(
            languages=list(languages), default_language=languages[0]
        )
    forget_hosts()


FULL = {
    "tagline_ar": "عود وبخور",
    "tagline_en": "Oud and incense",
    "about_ar": "محل صغير.",
    "about_en": "A small shop.\n\nSince 1987.",
    "phone": "+96522445071",
    "whatsapp": "+96550001234",
    "email": "hello@shop.example",
    "address_ar": "الكويت، المباركية",
    "address_en": "Mubarakiya, Kuwait",
    "map_url": "https://maps.example/x",
    "opening_hours": {
        **{day: [["09:00", "13:00"], ["16:00", "21:00"]] for day in ("sun", "mon", "tue", "wed")},
        "thu": [["09:00", "13:00"]],
    },
    "social": {"instagram": "https://www.instagram.com/shop"},
    "iban": "KW81CBKU0000000000001234560101",
    "bank_name": "Bank",
    "account_holder": "Shop Trading",
    "wamd": "+96550005678",
    "payment_url": "https://pay.example/shop",
    "payment_note_ar": "حوّل ثم أرسل الإيصال.",
    "payment_note_en": "Transfer, then send the slip.",
    "licence_number": "2024/1234",
}
