"""Tenants and the hosts that lead to them."""

import uuid
from typing import Any, ClassVar, Self

from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django_tenants.models import DomainMixin, TenantMixin

from tenants import scopes
from tenants.db.access import TableAccess
from tenants.enums import MfaPolicy, TenantKind, TenantStatus
from tenants.models.bilingual import spoken
from tenants.models.plans import Plan
from tenants.validators.slugs import validate_slug


def both_languages() -> list[str]:
    """The default of `Tenant.languages`."""
    return ["ar", "en"]


class Tenant(TenantMixin):
    """An organisation with a storefront. Its schema and role are named from `id`, for ever."""

    # Schemas are made by tenants.domain.provisioning, never as a side effect of saving a row.
    auto_create_schema = False
    auto_drop_schema = False
    access: ClassVar[TableAccess] = TableAccess(
        tenant="SELECT", public="SELECT, INSERT, UPDATE", tenant_column="id", public_writes=True
    )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.CharField(_("slug"), max_length=63, unique=True, validators=[validate_slug])
    name_ar = models.CharField(_("name in Arabic"), max_length=120)
    name_en = models.CharField(_("name in English"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=TenantKind.choices)
    status = models.CharField(
        _("status"), max_length=10, choices=TenantStatus.choices, default=TenantStatus.ACTIVE
    )
    status_reason = models.TextField(_("reason of the status"), blank=True, default="")
    status_changed_at = models.DateTimeField(_("status since"), null=True, blank=True)
    languages = models.JSONField(_("languages"), default=both_languages)
    default_language = models.CharField(_("language"), max_length=2, default="ar")
    schema_fingerprint = models.CharField(max_length=64)
    # Its key is a word, so the row can be kept in the cache of hosts as it is.
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("plan")
    )
    mfa_policy = models.CharField(
        _("two-step verification"),
        max_length=10,
        choices=MfaPolicy.choices,
        default=MfaPolicy.OFF,
        db_default=MfaPolicy.OFF,
    )
    created_at = models.DateTimeField(_("opened"), db_default=Now())

    class Meta:
        """Django's options."""

        db_table = "tenants"
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering: ClassVar[list[str]] = ["slug"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(status__in=TenantStatus.values), name="tenants_status"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TenantKind.values), name="tenants_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(mfa_policy__in=MfaPolicy.values), name="tenants_mfa_policy"
            ),
        ]

    def __str__(self) -> str:
        return self.slug

    @property
    def name(self) -> str:
        """The name in the language in force."""
        return spoken(self.name_ar, self.name_en)

    @property
    def is_suspended(self) -> bool:
        """Whether visitors and the API are kept out for now."""
        return self.status == TenantStatus.SUSPENDED

    @property
    def is_closed(self) -> bool:
        """Whether the tenant is gone for good."""
        return self.status == TenantStatus.CLOSED

    def activate(self) -> None:
        """Refused: it would stay on the connection."""
        message = "a tenant's row enters no scope: use tenants.scopes.tenant()"
        raise ImproperlyConfigured(message)

    def __enter__(self) -> Self:
        self.activate()
        return self

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row alone: past TenantMixin, which looks at another connection's state."""
        if not self.schema_name:
            self.schema_name = scopes.schema_name(self.id)
        models.Model.save(self, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Delete the row alone: past TenantMixin, which would drop schemas."""
        return models.Model.delete(self, *args, **kwargs)


class Domain(DomainMixin):
    """A host name that leads to a tenant; a row alone moves a host."""

    access: ClassVar[TableAccess] = TableAccess(
        tenant="SELECT",
        public="SELECT, INSERT, UPDATE, DELETE",
        tenant_column="tenant_id",
        public_writes=True,
    )

    class Meta:
        """Django's options."""

        db_table = "domains"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row alone; which domain is primary is decided by who writes it."""
        models.Model.save(self, *args, **kwargs)
