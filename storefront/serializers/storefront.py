"""The storefront in JSON."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from storefront.domain.colours import palette
from storefront.domain.settings import Presentation
from storefront.domain.settings_fields import FIELDS, PICTURES
from storefront.enums import Offer
from storefront.models import MediaAsset, StorefrontSettings
from storefront.queries.settings import offers_of
from storefront.validators.hours import DAYS
from storefront.validators.links import NETWORKS
from tenants.domain.addresses import surface_address
from tenants.domain.profiles import PROFILE

# A day's times of opening, each with its end: `[["09:00", "13:00"], ["16:00", "21:00"]]`.
_TIME = {"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "example": "09:00"}
_DAY = {
    "type": "array",
    "maxItems": 3,
    "items": {"type": "array", "minItems": 2, "maxItems": 2, "items": _TIME},
}


@extend_schema_field(
    {
        "type": "object",
        "properties": dict.fromkeys(DAYS, _DAY),
        "description": "Days that are missing are days off. An end before its start is past midnight.",
        "example": {"sun": [["09:00", "13:00"], ["16:00", "21:00"]]},
    }
)
class HoursField(serializers.JSONField):
    """Opening hours by weekday."""


@extend_schema_field(
    {
        "type": "object",
        "properties": {network: {"type": "string"} for network in NETWORKS},
        "description": "Addresses by network; in, a handle such as `@name` does too.",
    }
)
class SocialField(serializers.JSONField):
    """Pages on social networks."""


class ShadesSerializer(serializers.Serializer[Any]):
    """The readable shades of the tenant's colour in one appearance, each `#rrggbb`."""

    accent = serializers.CharField()
    strong = serializers.CharField()
    soft = serializers.CharField()
    on_accent = serializers.CharField()


class ColorsSerializer(serializers.Serializer[Any]):
    """The tenant's colour as it was chosen, and as it can be read in light and in dark."""

    accent = serializers.CharField()
    light = ShadesSerializer()
    dark = ShadesSerializer()


class ContactSerializer(serializers.Serializer[Any]):
    """How to reach the tenant; what isn't told is null. Phone and WhatsApp are in E.164."""

    phone = serializers.CharField(allow_null=True)
    whatsapp = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    map_url = serializers.CharField(allow_null=True)
    opening_hours = HoursField()
    social = SocialField()


class StorefrontSerializer(serializers.Serializer[Any]):
    """Who the tenant is and what it takes, for a client that draws the storefront itself."""

    slug = serializers.CharField(source="tenant.slug")
    name = serializers.CharField(source="tenant.name")
    tagline = serializers.CharField(source="settings.tagline")
    languages = serializers.ListField(source="tenant.languages", child=serializers.CharField())
    default_language = serializers.CharField(source="tenant.default_language")
    accepts = serializers.ListField(child=serializers.ChoiceField(Offer.choices))
    currency = serializers.CharField()
    colors = ColorsSerializer()
    logo = serializers.CharField(allow_null=True)
    contact = ContactSerializer()


def _line(most: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(allow_blank=True, required=False, max_length=most, **options)


class StaffStorefrontSerializer(serializers.Serializer[Any]):
    """All settings of the storefront, in both languages. `slug` is changed on its own page only. What is
    sent is checked by `storefront.domain.settings`; here are the types.
    """

    slug = serializers.CharField(read_only=True)
    url = serializers.CharField(read_only=True)
    name_ar = serializers.CharField(required=False)
    name_en = serializers.CharField(required=False)
    languages = serializers.ListField(child=serializers.CharField(), required=False)
    default_language = serializers.CharField(required=False)
    tagline_ar = _line(160)
    tagline_en = _line(160)
    about_ar = serializers.CharField(allow_blank=True, required=False)
    about_en = serializers.CharField(allow_blank=True, required=False)
    accent = serializers.CharField(required=False, help_text="`#rrggbb`")
    colors = ColorsSerializer(read_only=True)
    accepts = serializers.ListField(
        child=serializers.ChoiceField(Offer.choices),
        required=False,
        allow_null=True,
        help_text="Null: what an organisation of this kind usually takes.",
    )
    logo = serializers.UUIDField(required=False, allow_null=True)
    logo_url = serializers.CharField(read_only=True, allow_null=True)
    cover = serializers.UUIDField(required=False, allow_null=True)
    cover_url = serializers.CharField(read_only=True, allow_null=True)
    announcement_ar = _line(200)
    announcement_en = _line(200)
    announcement_url = _line(300)
    announcement_until = serializers.DateTimeField(required=False, allow_null=True)
    phone = _line(40)
    whatsapp = _line(40)
    email = _line(254)
    address_ar = _line(200)
    address_en = _line(200)
    map_url = _line(500)
    opening_hours = HoursField(required=False)
    social = SocialField(required=False)
    takes_cash = serializers.BooleanField(required=False)
    iban = _line(60)
    bank_name = _line(80)
    account_holder = _line(120)
    wamd = _line(40)
    payment_url = _line(500)
    payment_note_ar = _line(300)
    payment_note_en = _line(300)
    licence_number = _line(60)
    privacy_ar = serializers.CharField(allow_blank=True, required=False)
    privacy_en = serializers.CharField(allow_blank=True, required=False)
    returns_ar = serializers.CharField(allow_blank=True, required=False)
    returns_en = serializers.CharField(allow_blank=True, required=False)
    delivery_ar = serializers.CharField(allow_blank=True, required=False)
    delivery_en = serializers.CharField(allow_blank=True, required=False)
    version = serializers.IntegerField(required=False, min_value=1)

    def to_representation(self, instance: Presentation) -> dict[str, Any]:
        """The settings of the tenant and of its storefront side by side."""
        tenant, settings = instance.tenant, instance.settings
        request: HttpRequest = self.context["request"]
        told = {
            name: getattr(tenant if name in PROFILE else settings, name)
            for name in FIELDS
            if name not in PICTURES
        }
        pictures = {name: getattr(settings, name) for name in PICTURES}
        host = request.get_host()
        return super().to_representation(
            {
                **told,
                "slug": tenant.slug,
                "url": surface_address(tenant.slug, host=host),
                "accepts": offers_of(tenant, settings),
                "colors": colors_of(settings),
                **{name: asset and asset.id for name, asset in pictures.items()},
                **{f"{name}_url": address_of(asset, request) for name, asset in pictures.items()},
                "version": settings.version,
            }
        )


def address_of(asset: MediaAsset | None, request: HttpRequest) -> str | None:
    """The absolute address of a picture's largest file; None before there is one."""
    urls = asset.urls if asset else []
    return request.build_absolute_uri(urls[-1]["url"]) if urls else None


def colors_of(settings: StorefrontSettings) -> dict[str, Any]:
    """The colour as it was chosen, with its shades."""
    return {"accent": settings.accent, **asdict(palette(settings.accent))}
