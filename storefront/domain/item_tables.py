"""Items as a table has them: the columns, and an item between a table and the catalog."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from import_export.fields import Field
from import_export.widgets import Widget

from storefront.domain.cells import (
    AmountCell,
    ChoiceCell,
    CountCell,
    DayCell,
    FlagCell,
    LineCell,
    MomentCell,
    ParagraphsCell,
    WordsCell,
)
from storefront.domain.items import COLUMNS as COLUMNS_OF_ITEMS
from storefront.domain.items import ItemContent
from storefront.domain.variants import VariantContent, Variants, price_of, stock_of
from storefront.enums import ItemKind, ItemStatus
from storefront.models import CatalogItem
from storefront.queries.item_tables import pictures_told


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading in the file, what people call it, and how its cells are read and written.
    `help` tells what to write, and `words` what may be written, or an example. `of_variants`: it is read
    in the rows of variants too; `only_variants`: nowhere else. `is_text`: what looks like a formula in it
    is shielded.
    """

    name: str
    label: str | Promise
    cell: Widget
    help: str | Promise = ""
    words: tuple[str, ...] = ()
    of_variants: bool = False
    only_variants: bool = False
    is_text: bool = True


_LINE, _PARAGRAPHS = LineCell(), ParagraphsCell()
_AMOUNT, _COUNT = AmountCell(), CountCell()
COLUMNS = (
    Column(
        "kind",
        _("kind"),
        ChoiceCell(ItemKind),
        help=_("What it is."),
        words=tuple(ItemKind.values),
    ),
    Column(
        "slug",
        _("address"),
        _LINE,
        help=_(
            "What the address of its page ends with. An item that has it is changed; "
            "else a new one is made. Empty: made from the name."
        ),
        of_variants=True,
    ),
    Column("name_ar", _("name in Arabic"), _LINE),
    Column("name_en", _("name in English"), _LINE),
    Column("description_ar", _("description in Arabic"), _PARAGRAPHS),
    Column("description_en", _("description in English"), _PARAGRAPHS),
    Column(
        "price",
        _("price"),
        _AMOUNT,
        help=_("In dinars, in Latin or Arabic digits. Empty: on request."),
        of_variants=True,
        is_text=False,
    ),
    Column(
        "stock",
        _("stock"),
        _COUNT,
        help=_("How many there are. Empty: it isn’t counted."),
        of_variants=True,
        is_text=False,
    ),
    Column(
        "max_quantity",
        _("maximum quantity"),
        _COUNT,
        help=_("The most in one order."),
        is_text=False,
    ),
    Column("goal", _("goal"), _AMOUNT, help=_("Of a project, in dinars."), is_text=False),
    Column(
        "status",
        _("status"),
        ChoiceCell(ItemStatus, default=ItemStatus.DRAFT),
        help=_("Empty: a draft."),
        words=tuple(ItemStatus.values),
    ),
    Column("featured", _("featured"), FlagCell(), words=("yes", "no")),
    Column(
        "publish_at",
        _("shown from"),
        MomentCell(),
        help=_("In Kuwait’s time, as in the example."),
        words=("2027-01-31 08:00",),
    ),
    Column(
        "ends_on",
        _("last day"),
        DayCell(),
        help=_("Of a project, as in the example."),
        words=("2027-01-31",),
    ),
    Column(
        "categories",
        _("categories"),
        WordsCell(),
        help=_("The addresses of categories that there are, with a bar between them."),
        words=("gifts|oud",),
    ),
    Column(
        "pictures",
        _("pictures"),
        WordsCell(repeats=True),
        help=_(
            "The names of files that you send along, or of pictures uploaded before, "
            "with a bar between them. The first is the cover."
        ),
        words=("front.jpg|back.jpg",),
    ),
    Column(
        "variant_ar",
        _("variant in Arabic"),
        _LINE,
        help=_(
            "Each variant has a row of its own below its item’s: the same address, "
            "its names, its price and its stock, and nothing else."
        ),
        of_variants=True,
        only_variants=True,
    ),
    Column("variant_en", _("variant in English"), _LINE, of_variants=True, only_variants=True),
)
BY_NAME = {column.name: column for column in COLUMNS}
#: Those of a row of an item, in their order.
OF_ITEMS = tuple(column.name for column in COLUMNS if not column.only_variants)
VARIANT_NAMES = tuple(column.name for column in COLUMNS if column.only_variants)

#: The same as django-import-export knows them: attributes of a Draft.
FIELDS = {name: Field(name, name, BY_NAME[name].cell) for name in OF_ITEMS}


@dataclass(slots=True)
class Draft:
    """An item as a table has it: an attribute a column. `categories` are slugs, `pictures` names."""

    kind: str = ""
    slug: str = ""
    name_ar: str = ""
    name_en: str = ""
    description_ar: str = ""
    description_en: str = ""
    price: Decimal | None = None
    stock: int | None = None
    max_quantity: int | None = None
    goal: Decimal | None = None
    status: str = ItemStatus.DRAFT.value
    featured: bool = False
    publish_at: datetime | None = None
    ends_on: date | None = None
    categories: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    variants: Variants = ()

    @classmethod
    def of(cls, item: CatalogItem) -> Self:
        """What an item of `items_with_all` says. With variants, price and stock are theirs alone."""
        variants = tuple(_variant(**told) for told in item.all_variants)  # type: ignore[attr-defined]  # annotated
        own = {name: getattr(item, name) for name in _SHARED}
        if variants:
            own |= {"price": None, "stock": None}
        return cls(
            **own,
            featured=item.is_featured,
            categories=tuple(item.all_categories),  # type: ignore[attr-defined]  # annotated
            pictures=tuple(picture.name for picture in pictures_told(item)),
            variants=variants,
        )

    def content(self, categories: Mapping[str, UUID]) -> ItemContent:
        """What staff would write of it, given the categories' ids by slug. Slugs that aren't among them
        are left out.
        """
        ids = tuple(categories[slug] for slug in self.categories if slug in categories)
        own = {name: getattr(self, name) for name in _SHARED}
        if self.variants:
            own |= {"price": price_of(self.variants), "stock": stock_of(self.variants)}
        return ItemContent(**own, is_featured=self.featured, categories=ids, variants=self.variants)

    @property
    def stocks(self) -> list[int | None]:
        """Its own stock, then those of its variants."""
        return [self.stock, *(one.stock for one in self.variants)]

    def with_stocks(self, stocks: Sequence[int | None]) -> Self:
        """The same, were these its stocks."""
        own, *others = stocks
        pairs = zip(self.variants, others, strict=True)
        return replace(self, stock=own, variants=tuple(replace(v, stock=s) for v, s in pairs))


def _variant(
    *,
    id: str,  # noqa: A002 (the column's name)
    name_ar: str,
    name_en: str,
    price: str | None,
    stock: int | None,
) -> VariantContent:
    return VariantContent(
        UUID(id), name_ar, name_en, None if price is None else Decimal(price), stock
    )


_SHARED = tuple(set(OF_ITEMS) & set(COLUMNS_OF_ITEMS))
#: The columns of what `storefront.domain.item_rules` speaks of, where they have another name.
COLUMN_OF = {"is_featured": "featured"}
