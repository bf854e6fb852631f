"""Pictures that are sent along with a table that names them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.core.files.base import File

from storefront.domain.cells import BETWEEN
from storefront.domain.item_rows import groups_of
from storefront.domain.tables import Table
from storefront.domain.uploads import Announcement, upload_file
from storefront.queries.item_tables import (
    NamedPicture,
    items_with_all,
    name_in_tables,
    pictures_told,
)

Files = Sequence[tuple[Announcement, "File[bytes]"]]


def take_pictures(
    table: Table, files: Files, *, actor_id: UUID, now: datetime
) -> tuple[dict[str, UUID], tuple[str, ...]]:
    """Upload the files that rows name, by the same way as all pictures. Answers their pictures' ids by
    name in small letters, and the names of files that no row names.

    A file that the row's item shows already, by name, size and type, isn't uploaded again.
    """
    owners = _owners(table)
    own = {item.slug: pictures_told(item) for item in items_with_all(set(owners.values()))}
    sent: dict[str, UUID] = {}
    unnamed = []
    for file, content in files:
        key = name_in_tables(file.filename).casefold()
        if key not in owners:
            unnamed.append(file.filename)
        elif key not in sent and not _is_among(own.get(owners[key], ()), key, file):
            sent[key] = upload_file(file=file, content=content, actor_id=actor_id, now=now)
    return sent, tuple(unnamed)


def _owners(table: Table) -> dict[str, str]:
    """The first item's slug that names a picture, by the picture's name in small letters."""
    owners: dict[str, str] = {}
    for group in groups_of(table):
        for name in group.head.cells.get("pictures", "").split(BETWEEN):
            owners.setdefault(name_in_tables(name).casefold(), group.slug)
    owners.pop("", None)
    return owners


def _is_among(own: Iterable[NamedPicture], key: str, file: Announcement) -> bool:
    return any(
        (one.name.casefold(), one.size, one.content_type) == (key, file.size, file.content_type)
        for one in own
    )
