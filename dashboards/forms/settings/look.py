"""Name, look and announcement."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dashboards.forms.onboarding import ACCENTS, LANGUAGES, OWN
from dashboards.forms.pictures import ACCEPTED, announcements
from dashboards.forms.settings.base import SettingsForm, latin, line, text
from storefront.domain.settings import Presentation
from storefront.domain.settings_fields import LONGEST_ABOUT, PICTURES
from storefront.domain.uploads import Announcement
from storefront.enums import Offer
from storefront.queries.settings import offers_of
from tenants.domain.days import ZONE
from tenants.domain.profiles import LONGEST_NAME
from tenants.validators.text import is_blank

#: Takes a file that came along; returns the id of its picture.
Upload = Callable[[Announcement, UploadedFile], UUID]

_OFFERS = [
    (Offer.ORDERS.value, _("Orders")),
    (Offer.DONATIONS.value, _("Donations")),
    (Offer.PLEDGES.value, _("Pledges")),
]
_MINUTE = "%Y-%m-%dT%H:%M"


class MomentField(forms.DateTimeField):
    """A date and a time of day in Kuwait."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=_MINUTE)

    def to_python(self, value: Any) -> datetime | None:
        """The moment, or None."""
        with timezone.override(ZONE):
            return super().to_python(value)

    def prepare_value(self, value: Any) -> Any:
        """What was typed, or the moment in Kuwait's time."""
        is_moment = isinstance(value, datetime)
        return value.astimezone(ZONE).strftime(_MINUTE) if is_moment else value


def _file(label: Any, help_text: Any) -> forms.FileField:
    # A file that is empty or of another type is refused in words of ours (dashboards.forms.pictures).
    return forms.FileField(
        label=label,
        help_text=help_text,
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


class LookForm(SettingsForm):
    """What visitors see first. A picture that is uploaded is named by its id in `logo` or `cover`."""

    extra = (
        "own_accent",
        "logo_file",
        "cover_file",
        "remove_logo",
        "remove_cover",
    )

    name_ar = line(_("Name in Arabic"), "ar", LONGEST_NAME)
    name_en = line(_("Name in English"), "en", LONGEST_NAME)
    tagline_ar = line(_("In a few words, in Arabic"), "ar", 160)
    tagline_en = line(_("In a few words, in English"), "en", 160)
    about_ar = text(_("About you, in Arabic"), "ar", LONGEST_ABOUT, 6)
    about_en = text(_("About you, in English"), "en", LONGEST_ABOUT, 6)
    languages = forms.ChoiceField(
        label=_("Languages of your page"), choices=LANGUAGES, widget=forms.RadioSelect
    )
    accepts = forms.MultipleChoiceField(
        label=_("Open on your page"),
        choices=_OFFERS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "What isn’t open can’t be sent by visitors. Orders that are here already go on."
        ),
    )
    accent = forms.ChoiceField(
        label=_("Your colour"),
        choices=[*ACCENTS, (OWN, _("A colour of your own"))],
        widget=forms.RadioSelect,
    )
    own_accent = forms.CharField(
        label=_("A colour of your own"),
        required=False,
        max_length=7,
        widget=forms.TextInput(attrs={"type": "color"}),
    )
    logo = forms.UUIDField(required=False, widget=forms.HiddenInput)
    logo_file = _file(
        _("Logo"), _("Square is best. A background that can be seen through stays so.")
    )
    remove_logo = forms.BooleanField(label=_("Remove the logo"), required=False)
    cover = forms.UUIDField(required=False, widget=forms.HiddenInput)
    cover_file = _file(
        _("Cover"), _("A wide picture at the top of your page, and in links that are shared.")
    )
    remove_cover = forms.BooleanField(label=_("Remove the cover"), required=False)
    announcement_ar = line(_("Announcement in Arabic"), "ar", 200)
    announcement_en = line(_("Announcement in English"), "en", 200)
    announcement_url = latin(_("Where it leads"), 300, inputmode="url")
    announcement_until = MomentField(
        label=_("Shown until"), required=False, help_text=_("Kuwait time. Empty: it stays.")
    )

    @classmethod
    def told(cls, shown: Presentation) -> dict[str, Any]:
        """What each field says of the settings."""
        settings, accent = shown.settings, shown.settings.accent
        return {
            **super().told(shown),
            "languages": _languages(shown),
            "accepts": offers_of(shown.tenant, settings),
            "accent": accent if accent in dict(ACCENTS) else OWN,
            "own_accent": accent,
            **{name: getattr(settings, f"{name}_id") for name in PICTURES},
        }

    def clean(self) -> dict[str, Any]:
        """One name is enough: it then stands for both languages."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        names = {name: cleaned.get(name, "") for name in ("name_ar", "name_en")}
        arabic, english = ("" if is_blank(name) else name for name in names.values())
        if not {*names} & set(self.errors):
            cleaned.update(name_ar=arabic or english, name_en=english or arabic)
            if not (arabic or english):
                told = _("Write the name in one language at least.")
                self.add_error("name_ar", ValidationError(told, code="required"))
        if cleaned.get("accent") == OWN:
            cleaned["accent"] = cleaned.get("own_accent", "")
        return cleaned

    def take_files(self, upload: Upload) -> None:
        """Have the files taken that came along, even if something else is wrong: a browser doesn't send
        them again. One that can't be taken is told about.
        """
        for name in PICTURES:
            file = self.cleaned_data.get(f"{name}_file")
            taken, errors = announcements([file] if file else [])
            if errors:
                self.add_error(f"{name}_file", errors)
            for announcement, content in taken:
                media_id = upload(announcement, content)
                self.cleaned_data[name] = media_id
                self.rewrite(name, str(media_id))

    def changes(self, shown: Presentation) -> dict[str, Any]:
        """The settings; what is open only where it is another than the kind's own."""
        said = super().changes(shown)
        if "languages" in said:
            said["languages"] = said["languages"].split()
            said["default_language"] = said["languages"][0]
        if said.get("accepts") == offers_of(shown.tenant, shown.settings):
            del said["accepts"]
        for name in PICTURES:
            is_new = self.cleaned_data.get(f"{name}_file")
            if self.cleaned_data.get(f"remove_{name}") and not is_new:
                said[name] = None
        return said


def _languages(shown: Presentation) -> str:
    first = shown.tenant.default_language
    return " ".join([first, *(code for code in shown.tenant.languages if code != first)])
