"""Organisations in the operators' panel."""

from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenants.admin.site import site
from tenants.domain.tenants import (
    UnknownTenantError,
    change_plan,
    reactivate_tenant,
    suspend_tenant,
)
from tenants.forms.operators import SuspensionForm
from tenants.models import Tenant, User


@admin.register(Tenant, site=site)
class TenantAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Seen, suspended, reactivated and put on a plan; all else is the tenant's or a command's."""

    list_display = (
        "slug",
        "name",
        "kind",
        "status",
        "plan",
        "created_at",
    )
    list_filter = (
        "status",
        "kind",
        "plan",
    )
    list_select_related = ("plan",)
    search_fields = (
        "slug",
        "name_ar",
        "name_en",
    )
    ordering = ("-created_at",)
    actions = (
        "suspend",
        "reactivate",
    )
    fields = (
        "slug",
        "name_ar",
        "name_en",
        "kind",
        "status",
        "status_reason",
        "status_changed_at",
        "created_at",
        "plan",
    )
    readonly_fields = fields[:-1]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A tenant is made with its schema."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        """A row without its schema would be no tenant, and a schema without its row nobody's."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Tenant | None = None) -> bool:
        """A closed tenant is only looked at."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_closed)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Django's, without the ways to write plans from here."""
        form = super().get_form(request, *args, **kwargs)
        if "plan" in form.base_fields:
            widget = form.base_fields["plan"].widget
            widget.can_add_related = widget.can_change_related = widget.can_view_related = False
        return form

    def save_model(self, request: HttpRequest, obj: Tenant, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Write the plan: all that can be changed here."""
        try:
            change_plan(obj.slug, plan=obj.plan_id, actor_id=_operator(request).id)
        except UnknownTenantError as error:  # it closed this very moment
            raise PermissionDenied from error

    @admin.display(description=gettext_lazy("name"))
    def name(self, tenant: Tenant) -> str:
        """The name in the operator's language."""
        return tenant.name

    @admin.action(description=gettext_lazy("Suspend…"), permissions=["change"])
    def suspend(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> HttpResponse | None:
        """Ask for a reason, then suspend."""
        form = SuspensionForm(request.POST if "reason" in request.POST else None)
        if not form.is_valid():
            return self._ask(request, queryset, form)
        reason, actor_id = form.cleaned_data["reason"], _operator(request).id
        self._change_each(
            request,
            queryset,
            lambda slug: suspend_tenant(slug, reason=reason, now=timezone.now(), actor_id=actor_id),
        )
        return None

    @admin.action(description=gettext_lazy("Reactivate"), permissions=["change"])
    def reactivate(self, request: HttpRequest, queryset: QuerySet[Tenant]) -> None:
        """Let visitors in again."""
        actor_id = _operator(request).id
        self._change_each(
            request,
            queryset,
            lambda slug: reactivate_tenant(slug, now=timezone.now(), actor_id=actor_id),
        )

    def _change_each(
        self, request: HttpRequest, queryset: QuerySet[Tenant], change: Callable[[str], bool]
    ) -> None:
        """Change one after another; one that closed since the list was drawn stops none of the others."""
        count = 0
        for tenant in queryset:
            try:
                count += change(tenant.slug)
            except UnknownTenantError:
                text = _("Nothing was changed at %(slug)s: it is closed.")
                messages.warning(request, text % {"slug": tenant.slug})
        text = ngettext(
            "%(count)d organisation changed.", "%(count)d organisations changed.", count
        )
        messages.success(request, text % {"count": count})

    def _ask(
        self, request: HttpRequest, queryset: QuerySet[Tenant], form: SuspensionForm
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": _("Suspend organisations"),
            "tenants": _open(queryset),
            "form": form,
            "opts": self.opts,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/tenants/suspend.html", context)


def _open(queryset: QuerySet[Tenant]) -> list[Tenant]:
    return [tenant for tenant in queryset if not tenant.is_closed]


def _operator(request: HttpRequest) -> User:
    return cast("User", request.user)
