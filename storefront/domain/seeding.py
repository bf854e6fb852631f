"""The demo's storefronts."""

from storefront.models import StorefrontSettings
from tenants.domain.seeds import DemoTenant


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
        },
    )
