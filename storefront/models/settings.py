"""How a tenant's storefront presents itself."""

from typing import ClassVar

from django.db import models

from tenants.db.models import TenantModel
from tenants.models.bilingual import spoken


class StorefrontSettings(TenantModel):
    """The one row of a tenant's storefront settings (its key is always 1). Texts may be empty; name and
    languages are the tenant's own (`tenants.models.Tenant`).
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    tagline_ar = models.CharField(max_length=160, blank=True, default="")
    tagline_en = models.CharField(max_length=160, blank=True, default="")
    about_ar = models.TextField(blank=True, default="")
    about_en = models.TextField(blank=True, default="")
    accent = models.CharField(max_length=7, default="#0f6b5c")
    phone = models.CharField(max_length=16, blank=True, default="")
    email = models.EmailField(blank=True, default="")
    # None: what an organisation of this kind usually takes (storefront.queries.settings).
    accepts = models.JSONField(null=True, blank=True)
    logo = models.ForeignKey(
        "storefront.MediaAsset",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    cover = models.ForeignKey(
        "storefront.MediaAsset",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
    )
    announcement_ar = models.CharField(max_length=200, blank=True, default="", db_default="")
    announcement_en = models.CharField(max_length=200, blank=True, default="", db_default="")
    announcement_url = models.URLField(max_length=300, blank=True, default="", db_default="")
    #: When the announcement stops being shown; None: it stays.
    announcement_until = models.DateTimeField(null=True, blank=True)
    whatsapp = models.CharField(max_length=16, blank=True, default="", db_default="")
    address_ar = models.CharField(max_length=200, blank=True, default="", db_default="")
    address_en = models.CharField(max_length=200, blank=True, default="", db_default="")
    map_url = models.URLField(max_length=500, blank=True, default="", db_default="")
    #: By weekday ("mon" … "sun") the hours in which somebody is there, each ["09:00", "13:00"]; a day
    #: that is missing is a day off. Empty: nothing is said of hours.
    opening_hours = models.JSONField(default=dict, db_default={}, blank=True)
    #: Addresses by network: "instagram", "x", "tiktok", "snapchat", "youtube", "facebook", "linkedin".
    social = models.JSONField(default=dict, db_default={}, blank=True)
    takes_cash = models.BooleanField(default=True, db_default=True)
    iban = models.CharField(max_length=34, blank=True, default="", db_default="")
    bank_name = models.CharField(max_length=80, blank=True, default="", db_default="")
    account_holder = models.CharField(max_length=120, blank=True, default="", db_default="")
    wamd = models.CharField(max_length=16, blank=True, default="", db_default="")
    payment_url = models.URLField(max_length=500, blank=True, default="", db_default="")
    payment_note_ar = models.CharField(max_length=300, blank=True, default="", db_default="")
    payment_note_en = models.CharField(max_length=300, blank=True, default="", db_default="")
    licence_number = models.CharField(max_length=60, blank=True, default="", db_default="")
    #: The legal pages; empty: a starting text stands in (`storefront.domain.legal`).
    privacy_ar = models.TextField(blank=True, default="", db_default="")
    privacy_en = models.TextField(blank=True, default="", db_default="")
    returns_ar = models.TextField(blank=True, default="", db_default="")
    returns_en = models.TextField(blank=True, default="", db_default="")
    delivery_ar = models.TextField(blank=True, default="", db_default="")
    delivery_en = models.TextField(blank=True, default="", db_default="")
    version = models.PositiveIntegerField(default=1, db_default=1)

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "storefront_settings"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="storefront_settings_one"),
            models.CheckConstraint(
                condition=models.Q(accent__regex=r"^#[0-9a-f]{6}$"),
                name="storefront_settings_accent",
            ),
        ]

    def __str__(self) -> str:
        return self.tagline_en

    @property
    def tagline(self) -> str:
        """One line under the name, in the language in force."""
        return spoken(self.tagline_ar, self.tagline_en)

    @property
    def announcement(self) -> str:
        """What is announced, in the language in force."""
        return spoken(self.announcement_ar, self.announcement_en)

    @property
    def address(self) -> str:
        """Where the tenant is found, in the language in force."""
        return spoken(self.address_ar, self.address_en)

    @property
    def about(self) -> str:
        """A paragraph about the tenant, in the language in force."""
        return spoken(self.about_ar, self.about_en)

    @property
    def payment_note(self) -> str:
        """What else there is to know of paying, in the language in force."""
        return spoken(self.payment_note_ar, self.payment_note_en)
