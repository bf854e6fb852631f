"""What visitors report about storefronts."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from tenants.db.access import TableAccess
from tenants.db.models import SharedModel
from tenants.enums import AbuseReason, ReportStatus


class AbuseReport(SharedModel):
    """One visitor's report, for the operators. A tenant's scope adds its own and reads none, not even
    these: nothing in it is filled in by the database, which would be read back.
    """

    access: ClassVar[TableAccess] = TableAccess(tenant="INSERT", tenant_column="tenant_id")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(
        "tenants.Tenant",
        on_delete=models.PROTECT,
        db_index=False,
        verbose_name=_("organisation"),
    )
    reason = models.CharField(_("reason"), max_length=12, choices=AbuseReason.choices)
    text = models.TextField(_("what was written"), blank=True, default="")
    #: The path of the page that it is about; empty: the storefront as a whole.
    page = models.CharField(_("page"), max_length=300, blank=True, default="")
    email = models.EmailField(_("reporter’s e-mail"), blank=True, default="")
    language = models.CharField(max_length=2)
    #: Who reported, for a day (`storefront.domain.visitors`): no address can be had from it.
    visitor = models.CharField(max_length=32)
    #: Of visitor and content: the same once more is no other report.
    fingerprint = models.CharField(max_length=32)
    status = models.CharField(
        _("status"), max_length=8, choices=ReportStatus.choices, default=ReportStatus.NEW
    )
    note = models.TextField(_("operators’ note"), blank=True, default="")
    handled_by_id = models.UUIDField(null=True)
    handled_at = models.DateTimeField(_("handled at"), null=True)
    created_at = models.DateTimeField(_("reported at"))

    class Meta:
        """Django's options."""

        db_table = "abuse_reports"
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["tenant", "fingerprint"], name="abuse_reports_once"),
            models.CheckConstraint(
                condition=models.Q(reason__in=AbuseReason.values), name="abuse_reports_reason"
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=ReportStatus.values), name="abuse_reports_status"
            ),
        ]

    def __str__(self) -> str:
        # The log of the panel keeps it for readers of either language.
        return f"{self.created_at:%Y-%m-%d %H:%M}"
