"""What the forms of all settings share."""

from typing import Any, ClassVar, Self

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext

from dashboards.forms.fields import LineField, ParagraphsField
from storefront.domain.settings import Presentation
from tenants.domain.profiles import PROFILE

_DIRECTIONS = {"ar": "rtl", "en": "ltr"}


class SettingsForm(forms.Form):
    """Some of the settings: those of its fields, and of what `changes` makes of others. `version` is as
    it was on the page.
    """

    #: Fields that are no settings by themselves.
    extra: ClassVar[tuple[str, ...]] = ()

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def of(cls, shown: Presentation) -> Self:
        """The form with what the settings say now."""
        return cls(initial={**cls.told(shown), "version": shown.settings.version})

    @classmethod
    def told(cls, shown: Presentation) -> dict[str, Any]:
        """What each field says of the settings, as a person would type it."""
        names = set(cls.base_fields) - {"version", *cls.extra}
        return {
            name: getattr(shown.tenant if name in PROFILE else shown.settings, name)
            for name in names
        }

    def changes(self, shown: Presentation) -> dict[str, Any]:
        """The settings that can be read from the form, by name."""
        left_out = {"version", *self.extra}
        return {name: said for name, said in self.cleaned_data.items() if name not in left_out}

    def refuse(self, error: ValidationError) -> None:
        """Say what is wrong at its fields; what has no field of its own, of the whole form."""
        for name, errors in error.error_dict.items():
            self.add_error(name if name in self.fields else None, errors)

    def show_other_version(self, shown: Presentation) -> None:
        """Say what the settings are now, at the lines that differ; the form sent again replaces them."""
        for name, now in self.told(shown).items():
            if isinstance(now, str) and self[name].value() != now:
                text = gettext("Now it says: %(value)s") % {"value": now or "–"}
                self.add_error(name, ValidationError(text, code="stale"))
        told = gettext(
            "Someone else changed these settings meanwhile. Save again to replace what they say now."
        )
        self.add_error(None, ValidationError(told, code="stale"))
        self.rewrite("version", str(shown.settings.version))

    def rewrite(self, name: str, text: str) -> None:
        """Have a hidden field say something else, as if it had been sent so."""
        sent = self.data
        self.data = sent.copy() if isinstance(sent, QueryDict) else {**sent}
        self.data[name] = text

    @property
    def is_stale(self) -> bool:
        """Whether somebody else was faster."""
        return self.has_error("__all__", "stale")


def line(label: Any, language: str, most: int, **options: Any) -> LineField:
    """A line in one of the two languages."""
    widget = forms.TextInput(attrs=_written(language))
    return LineField(label=label, required=False, max_length=most, widget=widget, **options)


def text(label: Any, language: str, most: int, rows: int, **options: Any) -> ParagraphsField:
    """Text of several lines in one of the two languages."""
    widget = forms.Textarea(attrs={**_written(language), "rows": rows})
    return ParagraphsField(label=label, required=False, max_length=most, widget=widget, **options)


def latin(label: Any, most: int, *, inputmode: str = "text", **options: Any) -> LineField:
    """A line that reads from left to right: a number, an address."""
    attributes = {
        "dir": "ltr",
        "translate": "no",
        "autocapitalize": "none",
        "autocomplete": "off",
        "spellcheck": "false",
        "inputmode": inputmode,
    }
    widget = forms.TextInput(attrs=attributes)
    return LineField(label=label, required=False, max_length=most, widget=widget, **options)


def _written(language: str) -> dict[str, str]:
    return {"lang": language, "dir": _DIRECTIONS[language], "translate": "no"}
