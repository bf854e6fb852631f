"""The storefront's address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboards.forms.onboarding import SlugField
from tenants.validators.slugs import validate_own_slug


class AddressForm(forms.Form):
    """Another slug."""

    slug = SlugField(
        label=_("New address"),
        max_length=63,
        help_text=_("Small Latin letters, digits and hyphens, 3 to 63 of them."),
    )

    def clean_slug(self) -> str:
        """One that may be asked for."""
        slug: str = self.cleaned_data["slug"]
        validate_own_slug(slug)
        return slug


def asked_slug(query: Any) -> str:
    """What is in the field so far, however wrong."""
    return str(query.get("slug", "")).strip().lower()[:64]
