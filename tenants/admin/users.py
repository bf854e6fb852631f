"""People in the operators' panel."""

from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.utils import display_for_value
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenants.admin.site import site
from tenants.identity import accounts
from tenants.identity.port import EngineBusyError, EngineUnavailableError
from tenants.models import User

_NOTHING = "-"


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
        "mfa_enabled_at",
        "last_login",
        "created_at",
        "sub",
        "signed_out_at",
    )
    actions = ("log_out_everywhere",)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Nobody shuts themselves out, and rank isn't given here."""
        fixed = [name for name in self.fields if name not in ("name", "is_active")]
        return [*fixed, "is_active"] if obj == request.user else fixed

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's signature)
        """Write what was changed and nothing else, such as a password that was chosen meanwhile; who is
        shut out is logged out.
        """
        obj.save(update_fields=form.changed_data)
        if "is_active" in form.changed_data and not obj.is_active:
            accounts.log_out_everywhere(obj, now=timezone.now(), operator=_operator(request))

    @admin.display(description=gettext_lazy("identity"))
    def sub(self, user: User) -> str:
        """The person's `sub` at the identity engine."""
        return str(display_for_value(user.cognito_sub, _NOTHING))

    @admin.display(description=gettext_lazy("signed out everywhere at"))
    def signed_out_at(self, user: User) -> str:
        """Since when logins and tokens count."""
        return str(display_for_value(user.tokens_valid_after, _NOTHING))

    @admin.action(description=gettext_lazy("Sign out everywhere"), permissions=["change"])
    def log_out_everywhere(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """End all logins and tokens of the chosen."""
        count = 0
        for user in queryset:
            try:
                accounts.log_out_everywhere(user, now=timezone.now(), operator=_operator(request))
            except (EngineUnavailableError, EngineBusyError):
                text = _("%(email)s could not be signed out of everything. Please try again.")
                messages.error(request, text % {"email": user.email})
            else:
                count += 1
        text = ngettext("%(count)d person signed out.", "%(count)d people signed out.", count)
        messages.success(request, text % {"count": count})

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """By what is listed only: by a password's beginning, its hash could be guessed."""
        return lookup.partition("__")[0] in self.list_filter

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody is made here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """History names them."""
        return False


def _operator(request: HttpRequest) -> User:
    return cast("User", request.user)
