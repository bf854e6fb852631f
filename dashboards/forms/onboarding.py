"""A new organisation as its first owner describes it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dashboards.forms.fields import LineField
from storefront.domain.colours import InvalidColourError, parse
from tenants.domain.onboarding import NewTenant, suggested_slug
from tenants.enums import TenantKind
from tenants.validators.slugs import validate_own_slug
from tenants.validators.text import is_blank

#: What an owner may choose without choosing a colour of their own; the first is ours.
ACCENTS = [
    ("#0f6b5c", _("Sea green")),
    ("#0b6e8a", _("Blue")),
    ("#27692f", _("Leaf green")),
    ("#7a4a1e", _("Brown")),
    ("#9c4716", _("Clay")),
    ("#8a2d4f", _("Burgundy")),
    ("#5b3f9e", _("Violet")),
    ("#43505e", _("Slate")),
]
OWN = "own"
#: Languages in order, the one that visitors meet first in front.
LANGUAGES = [
    ("ar en", _("Arabic and English, Arabic first")),
    ("en ar", _("English and Arabic, English first")),
    ("ar", _("Arabic only")),
    ("en", _("English only")),
]
_NAME = 120
_SLUG = 63


def _line(language: str, direction: str) -> forms.TextInput:
    return forms.TextInput(
        attrs={"lang": language, "dir": direction, "translate": "no", "autocomplete": "off"}
    )


class SlugField(LineField):
    """An address as people type it."""

    widget = forms.TextInput(
        attrs={
            "dir": "ltr",
            "autocapitalize": "none",
            "autocomplete": "off",
            "spellcheck": "false",
            "translate": "no",
        }
    )

    def to_python(self, value: Any) -> str:
        """In small letters."""
        return super().to_python(value).lower()


class SlugStateForm(forms.Form):
    """What is in the form so far. Nonsense is left out."""

    name_ar = LineField(required=False, max_length=_NAME)
    name_en = LineField(required=False, max_length=_NAME)
    slug = SlugField(required=False, max_length=_SLUG)
    suggested = SlugField(required=False, max_length=_SLUG)

    def asked(self) -> dict[str, str]:
        """What can be used of it, by name; the slug as it was typed, however wrong."""
        self.is_valid()
        known = {name: self.cleaned_data.get(name, "") for name in self.fields}
        return {**known, "slug": known["slug"] or self.data.get("slug", "").strip()[: _SLUG + 1]}


class OnboardingForm(forms.Form):
    """All of it on one page. One name is enough: it then stands for both languages."""

    kind = forms.ChoiceField(
        label=_("What is it?"), choices=TenantKind.choices, widget=forms.RadioSelect
    )
    name_ar = LineField(
        label=_("Name in Arabic"), required=False, max_length=_NAME, widget=_line("ar", "rtl")
    )
    name_en = LineField(
        label=_("Name in English"), required=False, max_length=_NAME, widget=_line("en", "ltr")
    )
    slug = SlugField(
        label=_("Address of your page"),
        required=False,
        max_length=_SLUG,
        help_text=_("It stays as it is: people keep the link. Empty: made from the name."),
    )
    languages = forms.ChoiceField(
        label=_("Languages of your page"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    accent = forms.ChoiceField(
        label=_("Your colour"),
        choices=[*ACCENTS, (OWN, _("A colour of your own"))],
        widget=forms.RadioSelect,
        initial=ACCENTS[0][0],
    )
    own_accent = forms.CharField(
        label=_("A colour of your own"),
        required=False,
        max_length=7,
        initial="#1a7f5a",
        widget=forms.TextInput(attrs={"type": "color"}),
    )

    def clean_slug(self) -> str:
        """One that may be asked for, or none."""
        slug: str = self.cleaned_data["slug"]
        if slug:
            validate_own_slug(slug)
        return slug

    def clean(self) -> dict[str, Any]:
        """Fill in the name that is missing, and the address made from the names."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._complete_names(cleaned)
        if not cleaned.get("slug") and "slug" not in self.errors:
            cleaned["slug"] = suggested_slug(cleaned.get("name_en", ""), cleaned.get("name_ar", ""))
            if not cleaned["slug"] and not self.errors:
                self.add_error("slug", ValidationError(_("Choose an address."), code="required"))
        if cleaned.get("accent") == OWN:
            self._take_own_accent(cleaned)
        return cleaned

    def _complete_names(self, cleaned: dict[str, Any]) -> None:
        if {"name_ar", "name_en"} & set(self.errors):
            return
        arabic, english = ("" if is_blank(cleaned[n]) else cleaned[n] for n in _NAMES)
        cleaned.update(name_ar=arabic or english, name_en=english or arabic)
        if not (arabic or english):
            text = _("Write the name in one language at least.")
            self.add_error("name_ar", ValidationError(text, code="required"))

    def _take_own_accent(self, cleaned: dict[str, Any]) -> None:
        try:
            cleaned["accent"] = parse(cleaned.get("own_accent", ""))
        except InvalidColourError:
            text = _("Enter a colour such as #1a7f5a.")
            self.add_error("own_accent", ValidationError(text, code="colour"))

    def described(self) -> NewTenant:
        """The organisation, all but its colour."""
        languages = self.cleaned_data["languages"].split()
        return NewTenant(
            **{name: self.cleaned_data[name] for name in ("slug", "kind", *_NAMES)},
            languages=languages,
            default_language=languages[0],
        )


_NAMES = ("name_ar", "name_en")
