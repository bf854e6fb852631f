"""What an item may say."""

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from storefront.domain.slugs import RESERVED
from storefront.domain.variants import Variants, cleaned, price_of, stock_of
from storefront.enums import ItemKind
from storefront.models import CatalogItem
from storefront.models.items import MOST_OF_ONE, MOST_STOCK, ZERO
from tenants.validators.text import clean_line, clean_paragraphs

#: Characters of one description.
LONGEST_DESCRIPTION = 10_000
#: Years in which an item may begin to be shown, and a project end.
YEARS = range(2000, 2200)

_DESCRIPTIONS = ("description_ar", "description_en")
_CLEANERS = {
    "name_ar": clean_line,
    "name_en": clean_line,
    **dict.fromkeys(_DESCRIPTIONS, clean_paragraphs),
}
Errors = dict[str, list[ValidationError]]


def check(item: CatalogItem, variants: Variants, errors: Errors | None = None) -> Variants:
    """Clean the texts of an item and of its variants, hold the rules, and have the item say what follows
    from its variants; answers the variants. `errors` are those found already. Raises ValidationError.
    """
    found: Errors = {**(errors or {})}
    clean, wrong = cleaned(variants)
    if wrong:
        found.setdefault("variants", []).extend(wrong)
    item.has_variants = bool(clean)
    if clean:
        item.price = item.stock = None
    _clean(item, found)
    for rule in RULES:
        if rule.field not in found and rule.is_broken(item):
            found[rule.field] = [ValidationError(str(rule.message), code="invalid")]
    if found:
        raise ValidationError(found)
    if clean:
        item.price, item.stock = price_of(clean), stock_of(clean)
    return clean


def _clean(item: CatalogItem, errors: Errors) -> None:
    for name, clean in _CLEANERS.items():
        try:
            setattr(item, name, clean(getattr(item, name)))
        except ValidationError as error:
            errors.setdefault(name, []).append(error)
    try:
        item.clean_fields(exclude=errors.keys())
    except ValidationError as error:
        errors.update(error.error_dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """What must not be true of an item, and how a person is told at the field."""

    field: str
    message: str | Promise
    is_broken: Callable[[CatalogItem], bool]


def _is_project(item: CatalogItem) -> bool:
    return item.kind == ItemKind.PROJECT


_POSITIVE = _("Enter an amount above zero, or leave it empty.")
_PROJECTS_HAVE_NONE = _("Projects are given to, not sold: leave this empty.")
_YEARS = _("Enter a year from 2000 to 2199.")
RULES = (
    Rule("slug", _("This address is reserved."), lambda item: item.slug in RESERVED),
    *(
        Rule(
            name,
            _("Keep it under 10,000 characters."),
            lambda item, name=name: len(getattr(item, name)) > LONGEST_DESCRIPTION,  # type: ignore[misc]  # bound by default
        )
        for name in _DESCRIPTIONS
    ),
    Rule(
        "price",
        _("A price can’t be below zero."),
        lambda item: item.price is not None and item.price < ZERO,
    ),
    Rule(
        "stock",
        _("Enter a number up to 1,000,000, or leave it empty."),
        lambda item: item.stock is not None and item.stock > MOST_STOCK,
    ),
    Rule("goal", _POSITIVE, lambda item: item.goal is not None and item.goal <= ZERO),
    Rule(
        "max_quantity",
        _("Enter a number from 1 to 999, or leave it empty."),
        lambda item: item.max_quantity is not None and not 1 <= item.max_quantity <= MOST_OF_ONE,
    ),
    *(
        Rule(
            name,
            _YEARS,
            lambda item, name=name: (day := getattr(item, name)) and day.year not in YEARS,  # type: ignore[misc]  # bound by default
        )
        for name in ("publish_at", "ends_on")
    ),
    Rule(
        "variants",
        _("Projects have no variants: remove them."),
        lambda item: _is_project(item) and item.has_variants,
    ),
    *(
        Rule(
            name,
            _PROJECTS_HAVE_NONE,
            lambda item, name=name: _is_project(item) and getattr(item, name) is not None,  # type: ignore[misc]  # bound by default
        )
        for name in ("price", "stock", "max_quantity")
    ),
    Rule(
        "goal",
        _("Only projects have a goal: leave this empty."),
        lambda item: not _is_project(item) and item.goal is not None,
    ),
    Rule(
        "ends_on",
        _("Only projects have a last day: leave this empty."),
        lambda item: not _is_project(item) and item.ends_on is not None,
    ),
)
