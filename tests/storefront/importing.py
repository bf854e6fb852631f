"""Tables for the tests of importing."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from storefront.domain import importing
from storefront.domain.exporting import export_items
from storefront.domain.item_tables import COLUMNS
from storefront.domain.kept_imports import KeptImport, keep_import
from storefront.domain.tables import Table, read_table
from storefront.models import CatalogItem
from tenants import scopes

KNOWN = [column.name for column in COLUMNS]
OIL = {"kind": "product", "slug": "oil", "name_ar": "دهن", "name_en": "Oil", "price": "5.000"}


def table(*rows: dict[str, str]) -> Table:
    """A table with the columns of its first row."""
    columns = list(rows[0])
    lines = [columns, *([row.get(name, "") for name in columns] for row in rows)]
    text = "\r\n".join(",".join(f'"{cell}"' for cell in line) for line in lines)
    return read_table(text.encode(), known=KNOWN, required=["slug"])


class Importer:
    """A member of staff who imports."""

    def __init__(self, tenant, user):
        self.tenant, self.user = tenant, user

    def scope(self):
        return scopes.tenant(self.tenant.id)

    def compare(self, *rows: Any, pictures=None, stocks=None):
        """The comparison of rows, or of a table."""
        read = rows[0] if isinstance(rows[0], Table) else table(*rows)
        kept = KeptImport("items.csv", read, pictures or {})
        with self.scope():
            return importing.compare(kept, actor_id=self.user.id, now=timezone.now(), stocks=stocks)

    def keep(self, *rows: Any, pictures=None, now=None):
        """Kept rows, and what is seen of them."""
        read = rows[0] if isinstance(rows[0], Table) else table(*rows)
        kept = KeptImport("items.csv", read, pictures or {})
        with self.scope():
            import_id = keep_import(kept, actor_id=self.user.id, now=now or timezone.now())
            seen = self.see(import_id)
        return import_id, seen

    def see(self, import_id):
        now = timezone.now()
        with self.scope():
            kept = importing.kept_import(import_id, actor_id=self.user.id, now=now - timedelta(1))
            comparison = importing.compare(kept, actor_id=self.user.id, now=now)
            return importing.seen_in(comparison, import_id, actor_id=self.user.id)

    def commit(self, import_id, seen, *, now=None):
        with self.scope():
            return importing.import_items(
                import_id=import_id, seen=seen, actor_id=self.user.id, now=now or timezone.now()
            )

    def run(self, *rows: Any, pictures=None):
        return self.commit(*self.keep(*rows, pictures=pictures))

    def export(self) -> bytes:
        with self.scope(), export_items() as file:
            return file.read()

    def read_export(self) -> Table:
        return read_table(self.export(), known=KNOWN, required=["slug"])

    def items(self) -> dict[str, CatalogItem]:
        with self.scope():
            found = CatalogItem.objects.prefetch_related("variants", "categories", "media")
            return {item.slug: item for item in found}


def told(comparison) -> list[tuple[int, str, str]]:
    """What is wrong: row, column, text."""
    return [
        (place.row, place.column, text)
        for entry in comparison.entries
        for place, texts in entry.faults.items()
        for text in texts
    ]
