"""Reads of categories."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, QuerySet

from storefront.models import Category


def categories() -> QuerySet[Category]:
    """The tenant's categories in its order."""
    return Category.objects.all()


def counted_categories() -> QuerySet[Category]:
    """They, each with `item_count`: the items in it, published or not."""
    # Grouping drops the models' own order.
    counted = Category.objects.annotate(item_count=Count("items"))
    return counted.order_by("position", "id")


def category_by_name(name: str) -> Category | None:
    """The category with this slug or this id, or None."""
    return categories_by_name([name]).get(name)


def categories_by_name(names: Iterable[str]) -> dict[str, Category]:
    """Slugs and ids → the category, for those of `names` that there are. One query."""
    wanted = set(names)
    # The slug first: 32 letters and digits can be one as well as an id. There are fifty at most.
    rows = list(Category.objects.all())
    known = {**{row.id.hex: row for row in rows}, **{row.slug: row for row in rows}}
    found = {name: known.get(name) or known.get(_hex(name)) for name in wanted}
    return {name: row for name, row in found.items() if row}


def _hex(name: str) -> str:
    try:
        return UUID(name).hex
    except ValueError:
        return ""
