"""The settings of a site, and what header and footer show of them."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import models

from storefront.domain.hours import OpenDays, open_days
from storefront.validators.links import NETWORKS
from tests.bench.floor.models import MediaAsset, spoken

_Line = partial(models.CharField, max_length=500, blank=True, default="", db_default="")
_Text = partial(models.TextField, blank=True, default="", db_default="")


class StorefrontSettings(models.Model):
    """`storefront.models.StorefrontSettings`."""

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    tagline_ar = models.CharField(max_length=160, blank=True, default="")
    tagline_en = models.CharField(max_length=160, blank=True, default="")
    about_ar = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    accent = models.CharField(max_length=7, default="#0f6b5c")
    phone = models.CharField(max_length=16, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    accepts = models.JSONField(null=True, blank=True)
    logo = models.ForeignKey(
        "MediaAsset", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    cover = models.ForeignKey(
        "MediaAsset", on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    announcement_ar = _Line()
    announcement_en = _Line()
    announcement_url = _Line()
    announcement_until = models.DateTimeField(null=True)
    whatsapp = _Line()
    address_ar = _Line()
    address_en = _Line()
    map_url = _Line()
    opening_hours = models.JSONField(default=dict, db_default={})
    social = models.JSONField(default=dict, db_default={})
    takes_cash = models.BooleanField(default=True, db_default=True)
    iban = _Line()
    bank_name = _Line()
    account_holder = _Line()
    wamd = _Line()
    payment_url = _Line()
    payment_note_ar = _Line()
    payment_note_en = _Line()
    licence_number = _Line()
    privacy_ar = _Text()
    privacy_en = _Text()
    returns_ar = _Text()
    returns_en = _Text()
    delivery_ar = _Text()
    delivery_en = _Text()
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        db_table = "storefront_settings"

    @property
    def tagline(self) -> str:
        return spoken(self.tagline_ar, self.tagline_en)

    @property
    def about(self) -> str:
        return spoken(self.about_ar, self.about_en)


@dataclass(frozen=True, slots=True)
class Frame:
    """`storefront.domain.frames.Frame`, as far as the measured pages read it."""

    storefront: StorefrontSettings
    now: datetime

    @property
    def logo(self) -> MediaAsset | None:
        return _ready(self.storefront.logo)

    @property
    def icon(self) -> dict[str, Any] | None:
        return min(self.logo.urls, key=lambda one: one["width"]) if self.logo else None

    @property
    def cover(self) -> MediaAsset | None:
        return _ready(self.storefront.cover)

    @property
    def announcement(self) -> dict[str, str] | None:
        settings = self.storefront
        text = spoken(settings.announcement_ar, settings.announcement_en)
        until = settings.announcement_until
        is_over = until is not None and until <= self.now
        return {"text": text, "url": settings.announcement_url} if text and not is_over else None

    @property
    def address(self) -> str:
        settings = self.storefront
        told = spoken(settings.address_ar, settings.address_en)
        return told or settings.address_en or settings.address_ar

    @property
    def map_url(self) -> str:
        return self.storefront.map_url

    @property
    def whatsapp_url(self) -> str:
        number = self.storefront.whatsapp.removeprefix("+")
        return f"https://wa.me/{number}" if number else ""

    @property
    def hours(self) -> list[OpenDays]:
        return open_days(self.storefront.opening_hours)

    @property
    def social(self) -> list[dict[str, str]]:
        pages = self.storefront.social
        return [
            {"label": str(network.label), "url": pages[name]}
            for name, network in NETWORKS.items()
            if pages.get(name)
        ]

    @property
    def has_contact(self) -> bool:
        settings = self.storefront
        ways = (settings.phone, settings.whatsapp, settings.email, self.address, self.map_url)
        return any(ways)


def _ready(asset: MediaAsset | None) -> MediaAsset | None:
    return asset if asset is not None and asset.renditions else None
