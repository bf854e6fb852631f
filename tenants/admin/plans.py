"""Plans in the operators' panel."""

from django.contrib import admin
from django.http import HttpRequest

from tenants.admin.site import site
from tenants.models import Plan


@admin.register(Plan, site=site)
class PlanAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Written here and nowhere else. One that tenants are on can't be deleted."""

    list_display = (
        "name",
        "code",
        "monthly_price",
        "max_items",
        "is_public",
        "position",
    )
    fields = (
        "code",
        "name_ar",
        "name_en",
        "monthly_price",
        "max_items",
        "is_public",
        "position",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Plan | None = None) -> list[str]:
        """The code is what tenants refer to: it is chosen once."""
        return ["code"] if obj else []
