"""What staff ask of their team."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tenants.domain.permissions import may_handle
from tenants.enums import MfaPolicy, Role


def roles_for(role: str) -> list[tuple[str, Any]]:
    """The roles that a member in this one may give, as choices; the lowest first."""
    return [(each.value, each.label) for each in reversed(Role) if may_handle(role, each)]


class InviteForm(forms.Form):
    """Whom to invite, and as what."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "off"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def offer(self, role: str) -> None:
        """Show the roles that a member in `role` may give. What is sent beyond them is refused later."""
        self.fields["role"].widget.choices = roles_for(role)


class RoleForm(forms.Form):
    """Another role for a member."""

    role = forms.ChoiceField(choices=Role.choices)


class SecurityForm(forms.Form):
    """Whom the organisation asks for a second factor."""

    policy = forms.ChoiceField(
        label=_("Who needs it"), choices=MfaPolicy.choices, widget=forms.RadioSelect
    )
