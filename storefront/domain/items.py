"""Items: written by staff, on pages and through the API."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from typing import Any, Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from storefront.domain.item_rules import LONGEST_DESCRIPTION, Errors, check
from storefront.domain.media import discard
from storefront.domain.pages import pages_changed
from storefront.domain.slugs import SlugTakenError, save_with_slug, suggested_slug
from storefront.domain.variants import (
    Variants,
    lock_variants,
    merged,
    recognised,
    stock_after,
    variants_of,
    write_variants,
)
from storefront.enums import ItemStatus
from storefront.models import CatalogItem, Category, MediaAsset
from tenants.domain import audit

__all__ = [
    "COLUMNS",
    "FIELDS",
    "LONGEST_DESCRIPTION",
    "ItemContent",
    "SlugTakenError",
    "StaleItemError",
    "UnknownItemError",
    "columns_of",
    "create_item",
    "delete_item",
    "update_item",
]

_UNTOLD = ("description_ar", "description_en")


class UnknownItemError(Exception):
    """There is no such item here."""


class StaleItemError(Exception):
    """The item has changed since the person saw it."""


@dataclass(frozen=True, slots=True)
class ItemContent:
    """What staff write of an item. Amounts are KWD; see CatalogItem for what None means. `slug` empty: it
    is suggested. `categories` are ids, in no order. With `variants`, `price` and `stock` follow from
    theirs, whatever was sent.
    """

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
    is_featured: bool = False
    publish_at: datetime | None = None
    ends_on: date | None = None
    categories: tuple[UUID, ...] = ()
    variants: Variants = ()

    def __post_init__(self) -> None:
        """Have the same categories always be equal."""
        object.__setattr__(self, "categories", tuple(sorted(set(self.categories))))

    @classmethod
    def of(cls, item: CatalogItem) -> Self:
        """What the item says now. Two queries unless its variants and categories were prefetched."""
        return cls(
            **columns_of(item),
            categories=tuple(category.id for category in item.categories.all()),
            variants=variants_of(item),
        )


FIELDS = tuple(each.name for each in fields(ItemContent))
#: Those that are columns of the item.
COLUMNS = tuple(name for name in FIELDS if name not in ("categories", "variants"))


def columns_of(item: CatalogItem | ItemContent) -> dict[str, Any]:
    """What an item says in its own columns, by name."""
    return {name: getattr(item, name) for name in COLUMNS}


def create_item(*, content: ItemContent, actor_id: UUID, now: datetime) -> CatalogItem:
    """Write a new item. Raises ValidationError (texts by field) and SlugTakenError; a slug that was only
    suggested gets a number instead.
    """
    item = CatalogItem(**columns_of(content), created_at=now, updated_at=now)
    suggest = None if content.slug else partial(_suggested, item)
    item.slug = content.slug or _suggested(item)
    with transaction.atomic():
        errors = _unknown_categories(content.categories)
        fresh = tuple(replace(one, id=None) for one in content.variants)
        wanted = replace(content, variants=check(item, fresh, errors))
        item.position = _last_position() + 1
        _save(item, suggest, force_insert=True)
        _save_relations(item, replace(content, categories=(), variants=()), wanted)
        audit.record("item.created", actor_id=actor_id, item=str(item.id), slug=item.slug)
        pages_changed()
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
        lock_variants(item)
        before = ItemContent.of(item)
        wanted = _settled(item, content, before)
        if wanted == before:
            return item
        if version is not None and item.version != version:
            raise StaleItemError
        after = _applied(item, wanted, seen, before)
        changes = _changes(before, after)
        if changes:
            item.version, item.updated_at = item.version + 1, now
            _save(item, None)
            _save_relations(item, before, after)
            audit.record("item.updated", actor_id=actor_id, item=str(item.id), changes=changes)
            pages_changed()
    return item


def delete_item(*, item_id: UUID, actor_id: UUID) -> None:
    """Delete an item with its pictures and variants; lines of orders keep their names and prices. Raises
    UnknownItemError.
    """
    with transaction.atomic():
        item = _locked(item_id)
        discard(MediaAsset.objects.select_for_update().filter(item=item).order_by("id"))
        audit.record("item.deleted", actor_id=actor_id, item=str(item.id), slug=item.slug)
        item.delete()
        pages_changed()


def _last_position() -> int:
    return CatalogItem.objects.aggregate(last=Max("position"))["last"] or 0


def _locked(item_id: UUID) -> CatalogItem:
    found: CatalogItem | None = (
        CatalogItem.objects.select_for_update().filter(id=item_id).order_by().first()
    )
    if found is None:
        raise UnknownItemError
    return found


def _suggested(item: CatalogItem) -> str:
    others = CatalogItem.objects.exclude(id=item.id)
    return suggested_slug(rows=others, name_en=item.name_en, name_ar=item.name_ar, otherwise="item")


def _unknown_categories(ids: Iterable[UUID]) -> Errors:
    """What is wrong with categories of these ids; those that there are stay until the commit."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = Category.objects.select_for_update(no_key=True).filter(id__in=wanted).order_by("id")
    if set(found.values_list("id", flat=True)) == wanted:
        return {}
    return {"categories": [ValidationError(_("There is no such category here."), code="unknown")]}


def _settled(item: CatalogItem, content: ItemContent, before: ItemContent) -> ItemContent:
    """`content` such that it equals `before` if it asks for nothing else."""
    variants = recognised(content.variants, before.variants)
    named = CatalogItem(**{**columns_of(content), "id": item.id})
    settled = replace(content, slug=content.slug or _suggested(named), variants=variants)
    if variants and before.variants:
        settled = replace(settled, price=before.price, stock=before.stock)
    return settled


def _applied(
    item: CatalogItem, wanted: ItemContent, seen: ItemContent, before: ItemContent
) -> ItemContent:
    """Have `item` say what `wanted` has other than `seen`; answers all that it is to say. Raises
    ValidationError.
    """
    left = item.stock
    for name in COLUMNS:
        if getattr(wanted, name) != getattr(seen, name):
            setattr(item, name, getattr(wanted, name))
    item.stock = stock_after(left=left, wanted=wanted.stock, seen=seen.stock)
    added, removed = _difference(wanted.categories, seen.categories)
    categories = (set(before.categories) - removed) | added
    errors = _unknown_categories(categories) if categories != set(before.categories) else {}
    variants = merged(wanted=wanted.variants, seen=seen.variants, now=before.variants)
    clean = check(item, variants, errors)
    return ItemContent(**columns_of(item), categories=tuple(categories), variants=clean)


def _difference(wanted: Iterable[UUID], seen: Iterable[UUID]) -> tuple[set[UUID], set[UUID]]:
    """What was added and what was removed."""
    return set(wanted) - set(seen), set(seen) - set(wanted)


def _save(
    item: CatalogItem, suggest: Callable[[], str] | None, *, force_insert: bool = False
) -> None:
    save_with_slug(
        item, suggest=suggest, constraint="catalog_items_slug", force_insert=force_insert
    )


def _save_relations(item: CatalogItem, before: ItemContent, after: ItemContent) -> None:
    if after.variants != before.variants:
        write_variants(item, after.variants)
    if after.categories != before.categories:
        item.categories.set(Category.objects.filter(id__in=after.categories))


def _changes(before: ItemContent, after: ItemContent) -> dict[str, Any]:
    """The fields that differ: old and new as text; of descriptions only that they changed."""
    return {
        name: [] if name in _UNTOLD else [_told(before, after, name), _told(after, before, name)]
        for name in FIELDS
        if getattr(before, name) != getattr(after, name)
    }


def _told(content: ItemContent, other: ItemContent, name: str) -> str | None:
    value = getattr(content, name)
    if name == "variants":
        return "; ".join(one.told for one in content.variants if one not in other.variants)
    if name == "categories":
        return ", ".join(map(str, content.categories))
    return None if value is None else str(value)
