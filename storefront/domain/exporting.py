"""All items as a table, such that importing it changes nothing."""

import tempfile
from collections.abc import Iterable, Iterator
from typing import IO

from django.db import transaction

from storefront.domain.item_tables import COLUMNS, FIELDS, VARIANT_NAMES, Draft
from storefront.domain.tables import shielded, written
from storefront.domain.variants import VariantContent
from storefront.models import CatalogItem
from storefront.queries.item_tables import items_with_all

#: Items read at a time, and bytes that are kept in memory.
_CHUNK = 500
_IN_MEMORY = 1024 * 1024


def export_items() -> IO[bytes]:
    """The tenant's items in their order, as of one moment: a file, read from its beginning.

    It is whole before its first byte is sent: a slow reader holds no transaction open, and what goes
    wrong is an error and not half a file.
    """
    file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 (the response closes it)
    with transaction.atomic():  # one statement, read in pieces
        items = items_with_all().iterator(chunk_size=_CHUNK)
        for piece in written(_rows(items)):
            file.write(piece)
    file.seek(0)
    return file


def _rows(items: Iterable[CatalogItem]) -> Iterator[list[str]]:
    yield [column.name for column in COLUMNS]
    for item in items:
        draft = Draft.of(item)
        yield _row({name: column.export(draft) for name, column in FIELDS.items()})
        for variant in draft.variants:
            yield _row(_variant_cells(draft.slug, variant))


def _variant_cells(slug: str, variant: VariantContent) -> dict[str, str]:
    return {
        "slug": slug,
        "price": FIELDS["price"].widget.render(variant.price),
        "stock": FIELDS["stock"].widget.render(variant.stock),
        **dict(zip(VARIANT_NAMES, (variant.name_ar, variant.name_en), strict=True)),
    }


def _row(cells: dict[str, str]) -> list[str]:
    found = ((column, cells.get(column.name, "")) for column in COLUMNS)
    return [shielded(text) if column.is_text else text for column, text in found]
