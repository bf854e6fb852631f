"""How visitors reach the tenant, and when."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from dashboards.forms.settings.base import SettingsForm, latin, line
from storefront.domain.settings import Presentation
from storefront.validators.hours import DAYS, Hours, clean_hours, read_day, write_day
from storefront.validators.links import NETWORKS, parse_social
from tenants.validators.phones import spaced_phone

_WEEKDAYS = {
    "sun": _("Sunday"),
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
}
_HOURS = {day: f"hours_{day}" for day in DAYS}
_SOCIAL = {network: f"social_{network}" for network in NETWORKS}


class ContactForm(SettingsForm):
    """Phone, address, a field of hours for each weekday, and one for each social network."""

    extra = (*_HOURS.values(), *_SOCIAL.values())

    phone = latin(_("Phone"), 40, inputmode="tel")
    whatsapp = latin(
        _("WhatsApp"), 40, inputmode="tel", help_text=_("Visitors can write to it with one touch.")
    )
    email = latin(_("E-mail"), 254, inputmode="email")
    address_ar = line(_("Address in Arabic"), "ar", 200)
    address_en = line(_("Address in English"), "en", 200)
    map_url = latin(
        _("Link to a map"),
        500,
        inputmode="url",
        help_text=_("In your maps app, share the place and copy the link."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, name in _HOURS.items():
            self.fields[name] = latin(_WEEKDAYS[day], 60)
        for network, name in _SOCIAL.items():
            self.fields[name] = latin(NETWORKS[network].label, 300)

    @classmethod
    def told(cls, shown: Presentation) -> dict[str, Any]:
        """What each field says of the settings."""
        settings = shown.settings
        numbers = {name: spaced_phone(getattr(settings, name)) for name in ("phone", "whatsapp")}
        hours = {
            name: write_day(settings.opening_hours.get(day, [])) for day, name in _HOURS.items()
        }
        social = {name: settings.social.get(network, "") for network, name in _SOCIAL.items()}
        return {**super().told(shown), **numbers, **hours, **social}

    @property
    def days(self) -> list[BoundField]:
        """The fields of the hours, as the week begins in Kuwait."""
        return [self[name] for name in _HOURS.values()]

    @property
    def networks(self) -> list[BoundField]:
        """The fields of the social networks."""
        return [self[name] for name in _SOCIAL.values()]

    def clean(self) -> dict[str, Any]:
        """Say at its day and at its network what is wrong with it."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for day, name in _HOURS.items():
            self._try(name, partial(_parse_day, day))
        for network, name in _SOCIAL.items():
            if cleaned.get(name):
                self._try(name, partial(parse_social, network))
        return cleaned

    def changes(self, shown: Presentation) -> dict[str, Any]:
        """The settings; hours and networks each as one. Fields that are wrong are left out."""
        said = self.cleaned_data
        hours = {day: read_day(said[name]) for day, name in _HOURS.items() if name in said}
        social = {network: said[name] for network, name in _SOCIAL.items() if name in said}
        return {**super().changes(shown), "opening_hours": hours, "social": social}

    def _try(self, name: str, parse: Callable[[str], Any]) -> None:
        try:
            parse(self.cleaned_data.get(name, ""))
        except ValidationError as error:
            self.add_error(name, error)


def _parse_day(day: str, text: str) -> Hours:
    return clean_hours({day: read_day(text)})
