"""What may stand in each of a storefront's settings."""

from collections.abc import Callable, Mapping
from datetime import MAXYEAR, MINYEAR, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from storefront.domain.colours import InvalidColourError
from storefront.domain.colours import parse as parse_colour
from storefront.enums import Offer
from storefront.models import StorefrontSettings
from storefront.validators.banks import parse_iban
from storefront.validators.hours import clean_hours
from storefront.validators.links import NETWORKS, parse_link, parse_social
from tenants.domain.profiles import PROFILE
from tenants.validators.phones import parse_phone
from tenants.validators.text import clean_line, clean_paragraphs, is_blank

Cleaner = Callable[[Any], Any]

#: Characters of the text about the tenant, and of each legal page.
LONGEST_ABOUT = 5_000
LONGEST_LEGAL = 20_000
#: Settings that are pictures: each the id of a MediaAsset, or None.
PICTURES = ("logo", "cover")
#: Texts that are too long for the audit log.
LONG = (
    "about_ar",
    "about_en",
    "privacy_ar",
    "privacy_en",
    "returns_ar",
    "returns_en",
    "delivery_ar",
    "delivery_en",
)
_WAMD = "+965"  # a service of Kuwait's banks, by Kuwaiti numbers


def clean_settings(changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as they may be kept. Raises ValidationError with what is wrong at each field; for names
    that are no settings too.
    """
    cleaned, errors = sort_out(changes)
    if errors:
        raise ValidationError(errors)
    return cleaned


def sort_out(
    changes: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, list[ValidationError]]]:
    """What of `changes` may be kept, and what is wrong with the rest, by field."""
    cleaned: dict[str, Any] = {}
    errors: dict[str, list[ValidationError]] = {}
    for name, value in changes.items():
        try:
            cleaned[name] = FIELDS[name](value)
        except KeyError:
            errors[name] = [ValidationError(_("There is no such setting."), code="unknown")]
        except ValidationError as error:
            errors[name] = error.error_list
    return cleaned, errors


def _text(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValidationError(_("Enter text."), code="type")
    return "" if is_blank(value) else value


def _short(text: str, most: int) -> str:
    if len(text) > most:
        raise ValidationError(
            _("Keep it under %(most)d characters."), code="too_long", params={"most": most + 1}
        )
    return text


def _width(name: str) -> int:
    """Characters that the column takes."""
    column: Field[Any, Any] = getattr(StorefrontSettings, name).field
    return column.max_length or 0


def _line(name: str) -> Cleaner:
    most = _width(name)
    return lambda value: _short(clean_line(_text(value)), most)


def _paragraphs(most: int) -> Cleaner:
    return lambda value: _short(clean_paragraphs(_text(value)), most)


def _link(name: str) -> Cleaner:
    most = _width(name)

    def clean(value: Any) -> str:
        text = _text(value).strip()
        return parse_link(text, longest=most) if text else ""

    return clean


def _phone(value: Any) -> str:
    text = _text(value).strip()
    return parse_phone(text) if text else ""


def _wamd(value: Any) -> str:
    number = _phone(value)
    if number and not number.startswith(_WAMD):
        raise ValidationError(_("Wamd takes a Kuwaiti mobile number."), code="wamd")
    return number


def _email(value: Any) -> str:
    address = clean_line(_text(value))
    if address:
        validate_email(address)
    return _short(address, _width("email"))


def _iban(value: Any) -> str:
    text = _text(value).strip()
    return parse_iban(text) if text else ""


def _accent(value: Any) -> str:
    try:
        return parse_colour(_text(value).strip())
    except InvalidColourError as error:
        raise ValidationError(_("Enter a colour such as #1a7f5a."), code="colour") from error


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValidationError(_("Choose yes or no."), code="type")
    return value


def _social(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not set(value) <= set(NETWORKS):
        raise ValidationError(_("Choose among the networks offered."), code="network")
    texts = {network: _text(value[network]).strip() for network in NETWORKS if network in value}
    return {network: parse_social(network, text) for network, text in texts.items() if text}


def _accepts(value: Any) -> list[str] | None:
    if value is None:
        return None
    if not isinstance(value, list | tuple) or not {*map(str, value)} <= {*Offer.values}:
        raise ValidationError(_("Choose among orders, donations and pledges."), code="invalid")
    return [offer.value for offer in Offer if offer in value]


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime) or timezone.is_naive(value) or not _is_anywhere(value):
        raise ValidationError(_("Enter a date and a time."), code="type")
    return value


def _is_anywhere(moment: datetime) -> bool:
    """Whether all zones have this moment: at the calendar's ends some don't."""
    return MINYEAR + 1 < moment.year < MAXYEAR


def _media(value: Any) -> UUID | None:
    try:
        return value if value is None or isinstance(value, UUID) else UUID(str(value))
    except ValueError as error:
        raise ValidationError(_("There is no such picture here."), code="media") from error


#: Every setting (the tenant's own among them), with what makes it one that can be kept or raises
#: ValidationError.
FIELDS: dict[str, Cleaner] = {
    **PROFILE,
    **{
        name: _line(name)
        for name in (
            "tagline_ar",
            "tagline_en",
            "announcement_ar",
            "announcement_en",
            "address_ar",
            "address_en",
            "bank_name",
            "account_holder",
            "payment_note_ar",
            "payment_note_en",
            "licence_number",
        )
    },
    **{
        name: _paragraphs(LONGEST_ABOUT if name.startswith("about") else LONGEST_LEGAL)
        for name in LONG
    },
    **{name: _link(name) for name in ("announcement_url", "map_url", "payment_url")},
    "announcement_until": _moment,
    "phone": _phone,
    "whatsapp": _phone,
    "wamd": _wamd,
    "email": _email,
    "iban": _iban,
    "accent": _accent,
    "takes_cash": _flag,
    "opening_hours": clean_hours,
    "social": _social,
    "accepts": _accepts,
    "logo": _media,
    "cover": _media,
}
