"""Tables on their way into the catalog, kept between the look at them and the import."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from storefront.domain.tables import Row, Table
from storefront.uploads.models import QUARANTINE

#: How long a person may look before they import.
LASTS = timedelta(hours=1)


class ImportGoneError(Exception):
    """There is no such import of this person any more, or there never was."""


@dataclass(frozen=True, slots=True)
class KeptImport:
    """A table as it was read, with the pictures that were sent along: their ids, by name in small
    letters. `unnamed` files no row named; `refused` ones are no pictures that can be taken.
    """

    filename: str
    table: Table
    pictures: Mapping[str, UUID] = field(default_factory=dict)
    unnamed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def keep_import(kept: KeptImport, *, actor_id: UUID, now: datetime) -> UUID:
    """Keep it for this person; its id. The file lies where no one is ever served from, and is swept a day
    later if nothing comes of it.
    """
    import_id = uuid4()
    told = {**asdict(kept), "actor": actor_id, "at": now.isoformat()}
    content = json.dumps(told, default=str, ensure_ascii=False).encode()
    default_storage.save(_name(import_id), ContentFile(content))
    return import_id


def kept_import(import_id: UUID, *, actor_id: UUID, now: datetime) -> KeptImport:
    """What was kept for this person. Raises ImportGoneError."""
    try:
        with default_storage.open(_name(import_id)) as file:
            told = json.load(file)
    except FileNotFoundError as error:
        raise ImportGoneError from error
    is_theirs = told["actor"] == str(actor_id)
    if not is_theirs or datetime.fromisoformat(told["at"]) + LASTS < now:
        raise ImportGoneError
    return _read(told)


def forget_import(import_id: UUID) -> None:
    """Keep it no longer."""
    default_storage.delete(_name(import_id))


def _read(told: dict[str, Any]) -> KeptImport:
    table = told["table"]
    rows = tuple(Row(**row) for row in table["rows"])
    return KeptImport(
        told["filename"],
        Table(tuple(table["columns"]), rows, table["is_guessed"]),
        {name: UUID(media_id) for name, media_id in told["pictures"].items()},
        tuple(told["unnamed"]),
        tuple(told["refused"]),
    )


def _name(import_id: UUID) -> str:
    return f"{QUARANTINE}/{import_id}.json"
