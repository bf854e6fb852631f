"""People in the operators' panel."""

from django.contrib import admin
from django.http import HttpRequest

from tenants.admin.site import site
from tenants.models import User


@admin.register(User, site=site)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Found and, if need be, shut out. They sign up themselves; passwords are nobody's to see."""

    list_display = (
        "email",
        "name",
        "is_active",
        "is_superuser",
        "last_login",
        "created_at",
    )
    list_filter = (
        "is_active",
        "is_superuser",
    )
    search_fields = (
        "email",
        "name",
    )
    ordering = ("email",)
    fields = (
        "email",
        "name",
        "is_active",
        "is_superuser",
        "last_login",
        "created_at",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody shuts themselves out, and rank isn't given here."""
        fixed = ["email", "is_superuser", "last_login", "created_at"]
        return [*fixed, "is_active"] if obj == request.user else fixed

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """By what is listed only: by a password's beginning, its hash could be guessed."""
        return lookup.partition("__")[0] in self.list_filter

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody is made here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """History names them."""
        return False
