"""Categories as staff write them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboards.forms.fields import LineField
from storefront.domain.categories import CategoryContent
from storefront.models import Category

LONGEST_NAME = 80


def name_field(language: str, label: Any, *, required: bool = True) -> LineField:
    """A category's name in a language."""
    direction = "rtl" if language == "ar" else "ltr"
    attrs = {"lang": language, "dir": direction, "translate": "no", "autocomplete": "off"}
    return LineField(
        label=label,
        required=required,
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs=attrs),
    )


class CategoryForm(forms.Form):
    """A category's names and its slug."""

    name_ar = name_field("ar", _("Name in Arabic"))
    name_en = name_field("en", _("Name in English"))
    slug = LineField(
        label=_("Address"),
        required=False,
        max_length=63,
        help_text=_("Small Latin letters, digits and hyphens. Empty: made from the name."),
        widget=forms.TextInput(
            attrs={"dir": "ltr", "autocapitalize": "none", "translate": "no", "autocomplete": "off"}
        ),
    )

    def content(self) -> CategoryContent:
        """What was written."""
        return CategoryContent(**self.cleaned_data)


def initial_of(category: Category) -> dict[str, Any]:
    """The form's content for a category."""
    return {name: getattr(category, name) for name in CategoryForm.base_fields}
