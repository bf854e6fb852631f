"""Reports of storefronts in the operators' panel: the queue."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenants.admin.site import site
from tenants.domain.abuse import UnknownReportError, change_report
from tenants.domain.addresses import surface_address
from tenants.enums import ReportStatus
from tenants.forms.operators import ClosingForm
from tenants.models import AbuseReport, User


@admin.register(AbuseReport, site=site)
class AbuseReportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Read, looked at and closed with a note. What visitors wrote is theirs."""

    list_display = (
        "tenant",
        "reason",
        "page",
        "status",
        "open_reports",
        "created_at",
    )
    list_filter = (
        "status",
        "reason",
    )
    list_select_related = ("tenant",)
    search_fields = (
        "tenant__slug",
        "tenant__name_ar",
        "tenant__name_en",
        "text",
    )
    ordering = ("-created_at",)
    actions = (
        "look_at",
        "close",
    )
    fields = (
        "tenant",
        "reason",
        "text",
        "reported_page",
        "email",
        "created_at",
        "open_reports",
        "what_to_do",
        "handled_at",
        "status",
        "note",
    )
    readonly_fields = fields[:-2]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Visitors report."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AbuseReport | None = None) -> bool:
        """Closed is enough."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AbuseReport]:
        """With how many reports of the same organisation are still open."""
        theirs = AbuseReport.objects.filter(tenant=OuterRef("tenant")).exclude(
            status=ReportStatus.CLOSED
        )
        count = theirs.order_by().values("tenant").annotate(count=Count("id")).values("count")
        counted = Coalesce(Subquery(count), 0, output_field=IntegerField())
        reports: QuerySet[AbuseReport] = super().get_queryset(request).annotate(open_count=counted)
        return reports

    def save_model(self, request: HttpRequest, obj: AbuseReport, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Write status and note: all that can be changed here."""
        change_report(
            obj.id,
            status=obj.status,
            note=obj.note,
            actor_id=_operator(request).id,
            now=timezone.now(),
        )

    @admin.display(description=gettext_lazy("open reports"), ordering="open_count")
    def open_reports(self, report: AbuseReport) -> int:
        """Of the same organisation."""
        return cast("int", report.open_count)  # type: ignore[attr-defined]  # annotated

    @admin.display(description=gettext_lazy("page"))
    def reported_page(self, report: AbuseReport) -> str:
        """Where it is."""
        url = surface_address(report.tenant.slug, report.page or "/")
        return format_html('<a href="{}" rel="noopener noreferrer"><bdi>{}</bdi></a>', url, url)

    @admin.display(description=gettext_lazy("organisation’s entry"))
    def what_to_do(self, report: AbuseReport) -> str:
        """Where the organisation is suspended."""
        entry = reverse("admin:tenants_tenant_changelist")
        text = _("Look at it, or suspend it")
        return format_html('<a href="{}?q={}">{}</a>', entry, report.tenant.slug, text)

    @admin.action(description=gettext_lazy("Mark as looked at"), permissions=["change"])
    def look_at(self, request: HttpRequest, queryset: QuerySet[AbuseReport]) -> None:
        """Somebody has it in hand."""
        self._change_each(request, queryset, ReportStatus.SEEN)

    @admin.action(description=gettext_lazy("Close…"), permissions=["change"])
    def close(self, request: HttpRequest, queryset: QuerySet[AbuseReport]) -> HttpResponse | None:
        """Ask what came of it, then close."""
        form = ClosingForm(request.POST if "note" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form)
        note = form.cleaned_data["note"]
        self._change_each(request, queryset, ReportStatus.CLOSED, note=note)
        return None

    def _change_each(
        self,
        request: HttpRequest,
        queryset: QuerySet[AbuseReport],
        status: ReportStatus,
        *,
        note: str | None = None,
    ) -> None:
        now, actor_id, count = timezone.now(), _operator(request).id, 0
        for report in queryset:
            try:
                count += change_report(
                    report.id, status=status, note=note, actor_id=actor_id, now=now
                )
            except UnknownReportError:
                continue  # gone since the list was drawn
        text = ngettext("%(count)d report changed.", "%(count)d reports changed.", count)
        messages.success(request, text % {"count": count})

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[AbuseReport], form: ClosingForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Close reports"),
            "reports": queryset,
            # By this alone: the ids of a long queue are more fields than a form may have.
            "is_across": request.POST.get("select_across") == "1",
            "form": form,
            "opts": self.opts,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/tenants/close_reports.html", context)


def _operator(request: HttpRequest) -> User:
    return cast("User", request.user)
