"""The form that a visitor reports a storefront with."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.enums import AbuseReason
from tenants.validators.text import clean_line, clean_paragraphs

LONGEST_TEXT = 2000
LONGEST_PAGE = 300
_WEB = ("", "http", "https")
# Whoever has the address of an order sees the order.
_SECRET = re.compile(r"(/track/).*")


class ReportForm(forms.Form):
    """What is wrong, where, and (if they want an answer) how to reach the visitor."""

    reason = forms.ChoiceField(
        label=_("What is wrong?"), choices=AbuseReason.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("What should we know?"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
    )
    page = forms.CharField(
        label=_("Page"),
        required=False,
        help_text=_("The address of the page that it is about. Empty: all of them."),
        widget=forms.TextInput(attrs={"dir": "ltr", "inputmode": "url", "translate": "no"}),
    )
    email = forms.EmailField(
        label=_("Your e-mail"),
        required=False,
        help_text=_("Only if we may ask you something. The page’s owner doesn’t see it."),
        widget=forms.EmailInput(attrs={"dir": "ltr", "autocomplete": "email"}),
    )
    #: Seen by programs alone: what a person sends has nothing in it.
    website = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, host: str, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.host = host

    @property
    def is_from_program(self) -> bool:
        """Whether the field was filled in that no person sees."""
        return bool(self.data.get("website"))

    def clean_text(self) -> str:
        """Several lines of plain text."""
        return clean_paragraphs(self.cleaned_data["text"])

    def clean_page(self) -> str:
        """A path on this host, from a path or an address. Raises ValidationError for another host's."""
        path = own_path(self.cleaned_data["page"], host=self.host)
        if path is None:
            raise ValidationError(_("Enter an address on this site."), code="foreign")
        return path


def own_path(text: str, *, host: str) -> str | None:
    """The path of a page on `host` that an address or a path leads to, without its query and without an
    order's secret; empty for none, None for what leads elsewhere.
    """
    try:
        parts = urlsplit(clean_line(text))
    except (ValidationError, ValueError):
        return None
    is_ours = parts.scheme in _WEB and parts.netloc in ("", host) and "\\" not in text
    path = _SECRET.sub(r"\1", parts.path)
    if not is_ours or len(path) > LONGEST_PAGE or (path and not path.startswith("/")):
        return None
    return path
