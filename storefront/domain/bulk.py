"""One change of many items at once: all of them or none."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F

from storefront.domain.categories import UnknownCategoryError, take_out
from storefront.domain.media import discard
from storefront.domain.pages import pages_changed
from storefront.enums import BulkAction, ItemStatus
from storefront.models import CatalogItem, Category, ItemCategory, MediaAsset
from tenants.domain import audit

#: Items of one change.
MOST_AT_ONCE = 500

#: What an action writes into the items themselves.
_FIELDS: dict[str, dict[str, Any]] = {
    BulkAction.PUBLISH: {"status": ItemStatus.PUBLISHED.value},
    BulkAction.ARCHIVE: {"status": ItemStatus.ARCHIVED.value},
    BulkAction.DRAFT: {"status": ItemStatus.DRAFT.value},
    BulkAction.FEATURE: {"is_featured": True},
    BulkAction.UNFEATURE: {"is_featured": False},
}


class UnknownItemsError(Exception):
    """Some of the items aren't here: `ids`, in the order they were named."""

    def __init__(self, ids: Sequence[UUID]) -> None:
        super().__init__(ids)
        self.ids = ids


def change_items(
    *,
    ids: Sequence[UUID],
    action: BulkAction,
    actor_id: UUID,
    now: datetime,
    category_id: UUID | None = None,
) -> int:
    """Do `action` with each of these items (`category_id` goes with those of categories), or nothing at
    all. Answers how many changed; those that were so already aren't written.

    Raises UnknownItemsError and UnknownCategoryError.
    """
    with transaction.atomic():
        # By id, as orders lock them: they would wait for one another otherwise.
        rows = CatalogItem.objects.select_for_update().filter(id__in=set(ids)).order_by("id")
        found = set(rows.values_list("id", flat=True))
        missing = [item_id for item_id in dict.fromkeys(ids) if item_id not in found]
        if missing:
            raise UnknownItemsError(missing)
        changed = _act(action, category_id)(found)
        if action != BulkAction.DELETE:
            own = CatalogItem.objects.filter(id__in=changed)
            own.update(version=F("version") + 1, updated_at=now)
        if changed:
            told = sorted(map(str, changed))
            audit.record(f"items.{action}", actor_id=actor_id, items=told, **_of(category_id))
            pages_changed()
    return len(changed)


Act = Callable[[Collection[UUID]], set[UUID]]


def _act(action: BulkAction, category_id: UUID | None) -> Act:
    if action == BulkAction.DELETE:
        return _delete
    if action in _FIELDS:
        return lambda ids: _write(ids, _FIELDS[action])
    wanted = Category.objects.filter(id=category_id) if category_id else Category.objects.none()
    category = wanted.select_for_update(no_key=True).first()
    if category is None:
        raise UnknownCategoryError
    act = _add if action == BulkAction.ADD_CATEGORY else _remove
    return lambda ids: act(ids, category)


def _write(ids: Collection[UUID], values: dict[str, Any]) -> set[UUID]:
    other = CatalogItem.objects.filter(id__in=ids).exclude(**values)
    changed = set(other.values_list("id", flat=True))
    CatalogItem.objects.filter(id__in=changed).update(**values)
    return changed


def _delete(ids: Collection[UUID]) -> set[UUID]:
    discard(MediaAsset.objects.select_for_update().filter(item__in=ids).order_by("id"))
    take_out(ItemCategory.objects.filter(item__in=ids))
    CatalogItem.objects.filter(id__in=ids).delete()
    return set(ids)


def _add(ids: Collection[UUID], category: Category) -> set[UUID]:
    there = ItemCategory.objects.filter(category=category, item__in=ids)
    added = set(ids) - set(there.values_list("item_id", flat=True))
    ItemCategory.objects.bulk_create(
        ItemCategory(item_id=item_id, category=category) for item_id in sorted(added)
    )
    return added


def _remove(ids: Collection[UUID], category: Category) -> set[UUID]:
    there = ItemCategory.objects.filter(category=category, item__in=ids)
    removed = set(there.values_list("item_id", flat=True))
    there.delete()
    return removed


def _of(category_id: UUID | None) -> dict[str, str]:
    return {"category": str(category_id)} if category_id else {}
