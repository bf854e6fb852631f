"""Items: written by staff, on pages and through the API."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from storefront.domain.media import discard
from storefront.enums import ItemKind, ItemStatus
from storefront.models import CatalogItem, MediaAsset
from storefront.models.items import MOST_OF_ONE, MOST_STOCK, ZERO
from tenants.domain import audit
from tenants.validators.text import clean_line, clean_paragraphs

#: Slugs that the staff's pages need for themselves.
RESERVED = frozenset({"new"})
#: Characters of one description.
LONGEST_DESCRIPTION = 10_000

_CLEANERS = {
    "name_ar": clean_line,
    "name_en": clean_line,
    "description_ar": clean_paragraphs,
    "description_en": clean_paragraphs,
}
_UNTOLD = ("description_ar", "description_en")


class UnknownItemError(Exception):
    """There is no such item here."""


class StaleItemError(Exception):
    """The item has changed since the person saw it."""


class SlugTakenError(Exception):
    """Another item has this slug."""


@dataclass(frozen=True, slots=True)
class ItemContent:
    """What staff write of an item. Amounts are KWD; see CatalogItem for what None means."""

    kind: str
    slug: str
    name_ar: str
    name_en: str
    description_ar: str = ""
    description_en: str = ""
    price: Decimal | None = None
    stock: int | None = None
    max_quantity: int | None = None
    goal: Decimal | None = None
    status: str = ItemStatus.DRAFT.value

    @classmethod
    def of(cls, item: CatalogItem) -> Self:
        """What the item says now."""
        return cls(**{name: getattr(item, name) for name in FIELDS})


FIELDS = tuple(each.name for each in fields(ItemContent))


def create_item(*, content: ItemContent, actor_id: UUID, now: datetime) -> CatalogItem:
    """Write a new item. Raises ValidationError (texts by field) and SlugTakenError."""
    item = CatalogItem(**asdict(content), created_at=now, updated_at=now)
    _check(item)
    with transaction.atomic():
        item.position = _last_position() + 1
        _save(item, force_insert=True)
        audit.record("item.created", actor_id=actor_id, item=str(item.id), slug=item.slug)
    return item


def update_item(
    *,
    item_id: UUID,
    content: ItemContent,
    seen: ItemContent,
    actor_id: UUID,
    now: datetime,
    version: int | None = None,
) -> CatalogItem:
    """Write what `content` has other than `seen` (the item as the person had it before them). Stock
    changes by the difference, because orders take from it meanwhile.

    With `version`, nobody else may have written since. Writing what is there already is no error.
    Raises UnknownItemError, StaleItemError, ValidationError (texts by field) and SlugTakenError.
    """
    with transaction.atomic():
        item = _locked(item_id)
        before = ItemContent.of(item)
        if content == before:
            return item
        if version is not None and item.version != version:
            raise StaleItemError
        _apply(item, content, seen)
        _check(item)
        changes = _changes(before, ItemContent.of(item))
        if changes:
            item.version, item.updated_at = item.version + 1, now
            _save(item)
            audit.record("item.updated", actor_id=actor_id, item=str(item.id), changes=changes)
    return item


def delete_item(*, item_id: UUID, actor_id: UUID) -> None:
    """Delete an item with its pictures; lines of orders keep its names and price. Raises
    UnknownItemError.
    """
    with transaction.atomic():
        item = _locked(item_id)
        discard(MediaAsset.objects.select_for_update().filter(item=item).order_by("id"))
        audit.record("item.deleted", actor_id=actor_id, item=str(item.id), slug=item.slug)
        item.delete()


def _last_position() -> int:
    return CatalogItem.objects.aggregate(last=Max("position"))["last"] or 0


def _locked(item_id: UUID) -> CatalogItem:
    found: CatalogItem | None = (
        CatalogItem.objects.select_for_update().filter(id=item_id).order_by().first()
    )
    if found is None:
        raise UnknownItemError
    return found


def _apply(item: CatalogItem, content: ItemContent, seen: ItemContent) -> None:
    left = item.stock
    for name in FIELDS:
        if getattr(content, name) != getattr(seen, name):
            setattr(item, name, getattr(content, name))
    if left is not None and content.stock is not None and seen.stock is not None:
        item.stock = max(min(0, content.stock), left + content.stock - seen.stock)


def _save(item: CatalogItem, *, force_insert: bool = False) -> None:
    try:
        with transaction.atomic():
            item.save(force_insert=force_insert)
    except IntegrityError as error:
        if "catalog_items_slug" in str(error):
            raise SlugTakenError from error
        raise


def _changes(before: ItemContent, after: ItemContent) -> dict[str, Any]:
    """The fields that differ: old and new as text; of descriptions only that they changed."""
    return {
        name: [] if name in _UNTOLD else [_told(before, name), _told(after, name)]
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    }


def _told(content: ItemContent, name: str) -> str | None:
    value = getattr(content, name)
    return None if value is None else str(value)


def _check(item: CatalogItem) -> None:
    """Clean the texts and hold the rules. Raises ValidationError."""
    errors: dict[str, list[ValidationError]] = {}
    for name, clean in _CLEANERS.items():
        try:
            setattr(item, name, clean(getattr(item, name)))
        except ValidationError as error:
            errors.setdefault(name, []).append(error)
    try:
        item.clean_fields(exclude=errors.keys())
    except ValidationError as error:
        errors.update(error.error_dict)
    for rule in RULES:
        if rule.field not in errors and rule.is_broken(item):
            errors[rule.field] = [ValidationError(str(rule.message), code="invalid")]
    if errors:
        raise ValidationError(errors)


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
RULES = (
    Rule("slug", _("This address is reserved."), lambda item: item.slug in RESERVED),
    *(
        Rule(
            name,
            _("Keep it under 10,000 characters."),
            lambda item, name=name: len(getattr(item, name)) > LONGEST_DESCRIPTION,  # type: ignore[misc]
        )
        for name in _UNTOLD
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
            _PROJECTS_HAVE_NONE,
            lambda item, name=name: _is_project(item) and getattr(item, name) is not None,  # type: ignore[misc]
        )
        for name in ("price", "stock", "max_quantity")
    ),
    Rule(
        "goal",
        _("Only projects have a goal: leave this empty."),
        lambda item: not _is_project(item) and item.goal is not None,
    ),
)
