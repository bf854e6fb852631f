"""What is wrong with an item of a table, and in which cell."""

from collections.abc import Collection, Iterator

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from storefront.domain.item_rows import Faults, Group, Place, note
from storefront.domain.item_rules import check
from storefront.domain.item_tables import COLUMN_OF, Draft
from storefront.domain.items import ItemContent, columns_of
from storefront.models import CatalogItem


def note_faults_of_table(
    group: Group, draft: Draft, faults: Faults, *, is_there: bool, categories: Collection[str]
) -> None:
    """Note what only a table can get wrong. `is_there`: there is an item with this slug; `categories`:
    the slugs that there are.
    """
    if group.is_suggested and is_there:
        told = _("Another item has the address %(slug)s. To change that item, write it here.")
        note(faults, group.place("slug"), told % {"slug": group.slug})
    for name in ("price", "stock"):
        if draft.variants and getattr(draft, name) is not None:
            note(faults, group.place(name), _("Its variants have their own: leave this empty."))
    unknown = [slug for slug in draft.categories if slug not in categories]
    if unknown:
        told = _("There are no such categories: %(names)s.")
        note(faults, group.place("categories"), told % {"names": _(", ").join(unknown)})


def faults_of_catalog(group: Group, content: ItemContent) -> Iterator[tuple[Place, str]]:
    """The rules of the catalog that the item breaks, each at its cell."""
    item = CatalogItem(**columns_of(content), has_variants=bool(content.variants))
    try:
        check(item, content.variants)
    except ValidationError as error:
        for name, errors in error.error_dict.items():
            yield from (_placed(group, name, one) for one in errors)


def _placed(group: Group, name: str, error: ValidationError) -> tuple[Place, str]:
    params = error.params or {}
    if name == "variants" and "number" in params and params["number"] <= len(group.variants):
        # The row says already which variant it is.
        return Place(group.variants[params["number"] - 1].number, "variant_en"), params["message"]
    column = "variant_en" if name == "variants" else COLUMN_OF.get(name, name)
    return group.place(column), " ".join(error.messages)
