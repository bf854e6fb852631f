"""A table of items, compared with the catalog and written into it by django-import-export."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import Resource

from storefront.domain.item_faults import faults_of_catalog, note_faults_of_table
from storefront.domain.item_rows import Faults, Group, note, noted, variants_of
from storefront.domain.item_tables import FIELDS, VARIANT_NAMES, Draft
from storefront.domain.items import create_item, update_item
from storefront.domain.media import arrange_media
from storefront.domain.picture_names import PictureNames
from storefront.models import CatalogItem
from storefront.queries.item_tables import pictures_told

#: In the rows that the resource is given, beside the columns: the Group.
GROUP = "group"


@dataclass(frozen=True, slots=True)
class World:
    """What a table is compared with: the items that it names, by slug, the categories' ids, what names of
    pictures mean, and the stocks that the person saw (Draft's, by slug; others are as they are now).
    """

    items: Mapping[str, CatalogItem]
    categories: Mapping[str, UUID]
    pictures: PictureNames
    stocks: Mapping[str, Sequence[int | None]] = field(default_factory=dict)

    def draft_of(self, item: CatalogItem) -> Draft:
        """The item as the person saw it."""
        draft = Draft.of(item)
        stocks = self.stocks.get(item.slug, ())
        return draft.with_stocks(stocks) if len(stocks) == len(draft.stocks) else draft


@dataclass(slots=True)
class Entry:
    """An item as it is to be, and as it is: `item` and `before` are None for a new one. `ids` are its
    pictures, `doubtful` the names of those of which the newest of several was taken.
    """

    group: Group
    draft: Draft
    item: CatalogItem | None = None
    before: Draft | None = None
    ids: tuple[UUID, ...] = ()
    doubtful: tuple[str, ...] = ()
    is_changed: bool = False
    faults: Faults = field(default_factory=dict)

    @property
    def shown(self) -> tuple[UUID, ...]:
        """The pictures that it shows now."""
        return tuple(one.id for one in pictures_told(self.item)) if self.item else ()


class _Loader(BaseInstanceLoader):  # type: ignore[misc]  # the package has no types, here and below
    """Items by slug, out of the world."""

    def get_instance(self, row: Mapping[str, Any]) -> Entry | None:
        """The entry of an item that there is."""
        group, world = row[GROUP], self.resource.world
        item = world.items.get(group.slug)
        if item is None:
            return None
        before = world.draft_of(item)
        return Entry(group, replace(before), item, before)


class ItemResource(Resource):  # type: ignore[misc]  # untyped library
    """Items, written by the verbs that staff's pages use. `entries` says what became of each row."""

    class Meta:
        """The package's options."""

        import_id_fields = ("slug",)
        instance_loader_class = _Loader
        using_db = "default"
        # Its own comparison copies each instance and makes HTML of it.
        skip_diff = True

    def __init__(self, world: World, *, actor_id: UUID, now: datetime) -> None:
        super().__init__()
        self.fields = FIELDS
        self.world, self.actor_id, self.now = world, actor_id, now
        self.entries: list[Entry] = []
        self._used: set[UUID] = set()

    def init_instance(self, row: Mapping[str, Any] | None = None) -> Entry:
        """The entry of a new item."""
        return Entry((row or {})[GROUP], Draft())

    def after_init_instance(
        self,
        instance: Entry,
        new: bool,  # noqa: FBT001 (theirs)
        row: Mapping[str, Any],
        **options: Any,
    ) -> None:
        """Remember it."""
        self.entries.append(instance)

    def import_instance(self, instance: Entry, row: Mapping[str, Any], **options: Any) -> None:
        """Read the cells of all its rows. What is wrong with them is noted by Place."""
        entry, draft, faults = instance, instance.draft, instance.faults
        faults.update(entry.group.faults)
        if faults:  # what the row says is of no account until it is clear whose row it is
            return
        for column in self.get_import_fields():
            with noted(faults, entry.group.place(column.column_name)):
                self.import_field(column, draft, row, **options)
        draft.slug = entry.group.slug
        if set(VARIANT_NAMES) & row.keys():
            draft.variants = variants_of(entry.group, draft.variants, faults)
        note_faults_of_table(
            entry.group,
            draft,
            faults,
            is_there=entry.item is not None,
            categories=self.world.categories,
        )
        self._choose_pictures(entry)

    def skip_row(
        self, instance: Entry, original: None, row: Any, import_validation_errors: Any = None
    ) -> bool:
        """Whether there is nothing to write: it says what it said."""
        entry, slugs = instance, self.world.categories
        entry.is_changed = (
            entry.before is None
            or entry.draft.content(slugs) != entry.before.content(slugs)
            or entry.ids != entry.shown
        )
        return not entry.is_changed and not entry.faults

    def validate_instance(
        self,
        instance: Entry,
        import_validation_errors: Any = None,
        validate_unique: bool = True,  # noqa: FBT001, FBT002 (theirs)
    ) -> None:
        """Hold the catalog's rules as well. Raises ValidationError if anything is wrong."""
        content = instance.draft.content(self.world.categories)
        wrong = set(instance.faults)
        broken = [] if instance.group.faults else faults_of_catalog(instance.group, content)
        for place, told in broken:
            if place not in wrong:
                note(instance.faults, place, told)
        if instance.faults:
            raise ValidationError([told for texts in instance.faults.values() for told in texts])

    def do_instance_save(self, instance: Entry, is_create: bool) -> None:  # noqa: FBT001 (theirs)
        """Write it with its pictures."""
        item = self._created(instance) if is_create else self._updated(instance)
        if instance.ids != instance.shown:
            arrange_media(item=item, media=instance.ids, now=self.now)

    def _created(self, entry: Entry) -> CatalogItem:
        content = entry.draft.content(self.world.categories)
        return create_item(content=content, actor_id=self.actor_id, now=self.now)

    def _updated(self, entry: Entry) -> CatalogItem:
        item, before = cast("CatalogItem", entry.item), cast("Draft", entry.before)
        return update_item(
            item_id=item.id,
            content=entry.draft.content(self.world.categories),
            seen=before.content(self.world.categories),
            actor_id=self.actor_id,
            now=self.now,
            version=item.version,
        )

    def _choose_pictures(self, entry: Entry) -> None:
        if "pictures" not in entry.group.head.cells:
            entry.ids = entry.shown
            return
        own = pictures_told(entry.item) if entry.item else []
        with noted(entry.faults, entry.group.place("pictures")):
            chosen = self.world.pictures.chosen(entry.draft.pictures, own=own)
            if self._used & set(chosen.ids):
                raise ValueError(_("Another row has one of these pictures already."))
            self._used.update(chosen.ids)
            entry.ids, entry.doubtful = chosen.ids, chosen.doubtful
