"""Tables of items are looked at, and then imported as they were seen: all of it or nothing."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import tablib
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction
from import_export.exceptions import ImportError as RowError

from storefront.domain.item_resource import GROUP, Entry, ItemResource, World
from storefront.domain.item_rows import groups_of
from storefront.domain.items import SlugTakenError, StaleItemError, UnknownItemError
from storefront.domain.kept_imports import LASTS, KeptImport, forget_import, kept_import
from storefront.domain.media import UnknownMediaError
from storefront.domain.pages import one_change
from storefront.domain.picture_names import PictureNames
from storefront.domain.tables import Table
from storefront.domain.turns import take_turn
from storefront.models import CatalogItem, Category
from storefront.queries.item_tables import category_ids, items_with_all, loose_pictures, uploads_of
from tenants import scopes
from tenants.domain import audit
from tenants.models import AuditEntry

_ACTION = "items.imported"
_CHANGED_MEANWHILE = (
    SlugTakenError,
    StaleItemError,
    UnknownItemError,
    UnknownMediaError,
    ValidationError,
)


class StaleImportError(Exception):
    """The catalog isn't any more as the person saw it: the table has to be looked at again."""


@dataclass(frozen=True, slots=True)
class Imported:
    """How many items were made and changed."""

    new: int
    changed: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What an import would do, item by item in the table's order."""

    entries: Sequence[Entry]
    world: World

    @property
    def new(self) -> list[Entry]:
        """The items that would be made."""
        return [one for one in self.right if one.item is None]

    @property
    def changed(self) -> list[Entry]:
        """The items that would be changed."""
        return [one for one in self.right if one.item and one.is_changed]

    @property
    def unchanged(self) -> list[Entry]:
        """The items that are as the table has them."""
        return [one for one in self.right if not one.is_changed]

    @property
    def wrong(self) -> list[Entry]:
        """The items with which something is wrong: with one of them nothing is imported."""
        return [one for one in self.entries if one.faults]

    @property
    def right(self) -> list[Entry]:
        """The others."""
        return [one for one in self.entries if not one.faults]

    @property
    def writes(self) -> int:
        """How many items would be made or changed."""
        return len(self.new) + len(self.changed)


def compare(
    kept: KeptImport,
    *,
    actor_id: UUID,
    now: datetime,
    stocks: Mapping[str, Sequence[int | None]] | None = None,
) -> Comparison:
    """What importing the table would do now. Nothing is written. `stocks` are those that the person saw,
    as in `seen_in`; without them, those that there are.
    """
    world = _world(kept, stocks or {})
    resource = ItemResource(world, actor_id=actor_id, now=now)
    _run(resource, kept.table, dry_run=True)
    return Comparison(resource.entries, world)


def seen_in(comparison: Comparison, import_id: UUID, *, actor_id: UUID) -> str:
    """What the person saw, signed for the form that imports it: the items' versions and pictures, and
    their stocks, which orders change at any time.
    """
    stocks = {
        one.before.slug: one.before.stocks
        for one in comparison.entries
        if one.before and any(stock is not None for stock in one.before.stocks)
    }
    told = {"digest": _digest(comparison), "stocks": stocks}
    return signing.dumps(told, salt=_salt(import_id, actor_id), compress=True)


def import_items(*, import_id: UUID, seen: str, actor_id: UUID, now: datetime) -> Imported:
    """Import what the person saw, at once or not at all; said again, it is done once. Stock changes by
    the difference to what they saw.

    Raises ImportGoneError, and StaleImportError if something isn't as they saw it.
    """
    shown = _opened(seen, import_id, actor_id)
    with one_change():
        take_turn("items/import")
        done = _done_already(import_id, now - 2 * LASTS)
        if done is not None:
            return done
        kept = kept_import(import_id, actor_id=actor_id, now=now)
        comparison = compare(kept, actor_id=actor_id, now=now, stocks=shown["stocks"])
        if _digest(comparison) != shown["digest"] or comparison.wrong:
            raise StaleImportError
        _lock(comparison)
        _write(kept.table, ItemResource(comparison.world, actor_id=actor_id, now=now))
        imported = Imported(len(comparison.new), len(comparison.changed))
        audit.record(
            _ACTION,
            actor_id=actor_id,
            file=kept.filename,
            new=imported.new,
            changed=imported.changed,
            **{"import": str(import_id)},
        )
        transaction.on_commit(lambda: forget_import(import_id), robust=True)
    return imported


def _world(kept: KeptImport, stocks: Mapping[str, Sequence[int | None]]) -> World:
    slugs = {group.slug for group in groups_of(kept.table)}
    return World(
        items={item.slug: item for item in items_with_all(slugs)},
        categories=category_ids(),
        pictures=PictureNames(
            sent=kept.pictures, uploads=uploads_of(kept.pictures.values()), loose=loose_pictures()
        ),
        stocks=stocks,
    )


def _run(resource: ItemResource, table: Table, *, dry_run: bool) -> None:
    """Give the rows to the resource. What is wrong with a row is in its entry; all else is raised."""
    dataset = tablib.Dataset(headers=[*table.columns, GROUP])
    for group in groups_of(table):
        dataset.append([*(group.head.cells[name] for name in table.columns), group])
    # Not `import_data`, which has a dry run write all rows and roll back.
    result = resource.import_data_inner(
        dataset,
        dry_run=dry_run,
        raise_errors=not dry_run,
        using_transactions=False,
        collect_failed_rows=False,
    )
    for error in [
        *result.base_errors,
        *(e for _number, errors in result.row_errors() for e in errors),
    ]:
        raise error.error


def _write(table: Table, resource: ItemResource) -> None:
    try:
        _run(resource, table, dry_run=False)
    except RowError as error:
        if isinstance(error.error, _CHANGED_MEANWHILE):
            raise StaleImportError from error
        raise error.error from None


def _lock(comparison: Comparison) -> None:
    """Lock the items that are to be changed, then all categories that are written of, each in the order
    in which others do: item by item they would be locked in the table's. Raises StaleImportError.
    """
    versions = {one.item.id: one.item.version for one in comparison.changed if one.item}
    rows = CatalogItem.objects.select_for_update().filter(id__in=versions).order_by("id")
    if dict(rows.values_list("id", "version")) != versions:
        raise StaleImportError
    _lock_categories(comparison)


def _lock_categories(comparison: Comparison) -> None:
    known = comparison.world.categories
    drafts = [
        draft
        for one in (*comparison.new, *comparison.changed)
        for draft in (one.draft, one.before)
        if draft
    ]
    ids = {known[slug] for draft in drafts for slug in draft.categories if slug in known}
    if ids:
        list(Category.objects.select_for_update(no_key=True).filter(id__in=ids).order_by("id"))


def _done_already(import_id: UUID, since: datetime) -> Imported | None:
    entry = (
        AuditEntry.objects.filter(tenant_id=scopes.current_tenant_id(), action=_ACTION)
        .filter(created_at__gt=since, detail__import=str(import_id))
        .order_by("-created_at")
        .first()
    )
    return Imported(entry.detail["new"], entry.detail["changed"]) if entry else None


def _opened(seen: str, import_id: UUID, actor_id: UUID) -> dict[str, Any]:
    try:
        told: dict[str, Any] = signing.loads(seen, salt=_salt(import_id, actor_id))
        return told
    except signing.BadSignature as error:
        raise StaleImportError from error


def _salt(import_id: UUID, actor_id: UUID) -> str:
    return f"storefront.importing/{scopes.current_tenant_id()}/{import_id}/{actor_id}"


def _digest(comparison: Comparison) -> str:
    told = [
        (
            one.group.slug,
            one.item and [one.item.id, one.item.version, one.shown],
            one.is_changed,
            one.ids,
        )
        for one in comparison.entries
    ]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()
