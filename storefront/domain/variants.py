"""Variants of an item: what staff write of them, and what follows from them for the item.

Whoever takes from their stock or writes them holds the item's lock first.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from storefront.models import CatalogItem, ItemVariant
from storefront.models.items import MOST_STOCK, ZERO
from tenants.validators.text import clean_line

if TYPE_CHECKING:
    from django.utils.functional import Promise

#: Variants of one item.
MOST_VARIANTS = 100
#: Characters of one name.
LONGEST_VARIANT_NAME = 80

_NAMES = ("name_ar", "name_en")
_WRITTEN = (*_NAMES, "price", "stock")


@dataclass(frozen=True, slots=True)
class VariantContent:
    """What staff write of a variant. `id` None: a new one, or the one there with both of its names.
    `price` is KWD; None means on request. `stock` None means that it isn't counted.
    """

    id: UUID | None
    name_ar: str
    name_en: str
    price: Decimal | None = None
    stock: int | None = None

    @property
    def told(self) -> str:
        """What it says, in one line for the audit log."""
        return f"{self.name_en}: {self.price} ({self.stock})"


Variants = tuple[VariantContent, ...]


def variants_of(item: CatalogItem) -> Variants:
    """What its variants say now, in their order. One query unless they were prefetched."""
    return tuple(
        VariantContent(one.id, *(getattr(one, name) for name in _WRITTEN))
        for one in item.variants.all()
    )


def lock_variants(item: CatalogItem) -> None:
    """Lock the variants of a locked item: nobody takes from their stock until the commit."""
    list(ItemVariant.objects.select_for_update().filter(item=item).order_by("id").values_list("id"))


def price_of(variants: Variants) -> Decimal | None:
    """The lowest of their prices, or None if all are on request."""
    return min((one.price for one in variants if one.price is not None), default=None)


def stock_of(variants: Variants) -> int | None:
    """What is left of them all, or None if one of them isn't counted."""
    stocks = [one.stock for one in variants]
    return None if None in stocks else sum(stock for stock in stocks if stock is not None)


def stock_after(*, left: int | None, wanted: int | None, seen: int | None) -> int | None:
    """The stock of which somebody who saw `seen` wants `wanted`, where `left` is there now: it changes by
    the difference, because orders take from it meanwhile.
    """
    if wanted == seen:
        return left
    if left is None or wanted is None or seen is None:
        return wanted
    return max(min(0, wanted), left + wanted - seen)


def recognised(variants: Variants, now: Variants) -> Variants:
    """`variants` where those without an id have that of the one with their names among `now`, if nobody
    else of them has it: what is sent twice isn't made twice.
    """
    named = {one.id for one in variants}
    free = {(one.name_ar, one.name_en): one.id for one in now if one.id not in named}
    return tuple(
        one if one.id else replace(one, id=free.pop((one.name_ar, one.name_en), None))
        for one in variants
    )


def merged(*, wanted: Variants, seen: Variants, now: Variants) -> Variants:
    """What the variants are to be: `now` with what `wanted` has other than `seen`. Those that others
    added meanwhile stay. Raises ValidationError for an id that isn't among them.
    """
    if wanted == seen:
        return now
    there, known = _by_id(now), _by_id(seen)
    if any(one.id and one.id not in there for one in wanted):
        raise ValidationError({"variants": _UNKNOWN})
    named = known.keys() | {one.id for one in wanted}
    added = tuple(one for one in now if one.id not in named)
    return tuple(_merged(one, there, known) for one in wanted) + added


def cleaned(variants: Variants) -> tuple[Variants, list[ValidationError]]:
    """The variants with their names cleaned, and what is wrong with them."""
    rows = [_cleaned(one) for one in variants]
    errors = [
        ValidationError(
            gettext("Variant %(number)d: %(message)s"),
            code="variant",
            params={"number": number, "message": message},
        )
        for number, (_one, wrong) in enumerate(rows, start=1)
        for message in wrong
    ]
    clean = tuple(one for one, _wrong in rows)
    return clean, errors or list(_of_all(clean))


def write_variants(item: CatalogItem, variants: Variants) -> None:
    """Have a locked item have exactly these, in this order. Those that stay keep their ids, because lines
    of orders point at them.
    """
    rows = [
        ItemVariant(**{**asdict(one), "id": one.id or uuid4()}, item=item, position=position)
        for position, one in enumerate(variants)
    ]
    ItemVariant.objects.filter(item=item).exclude(id__in=[row.id for row in rows]).delete()
    ItemVariant.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["position", *_WRITTEN],
    )


def _by_id(variants: Variants) -> dict[UUID, VariantContent]:
    return {one.id: one for one in variants if one.id}


def _merged(
    one: VariantContent, there: dict[UUID, VariantContent], known: dict[UUID, VariantContent]
) -> VariantContent:
    if one.id is None:
        return one
    left, seen = there[one.id], known.get(one.id, there[one.id])
    changed = {
        name: getattr(one, name)
        for name in _WRITTEN
        if name != "stock" and getattr(one, name) != getattr(seen, name)
    }
    stock = stock_after(left=left.stock, wanted=one.stock, seen=seen.stock)
    return replace(left, **changed, stock=stock)


def _cleaned(one: VariantContent) -> tuple[VariantContent, list[str]]:
    names: dict[str, Any] = {}
    wrong: list[str] = []
    for name in _NAMES:
        try:
            names[name] = clean_line(getattr(one, name))
        except ValidationError as error:
            names[name] = "–"
            wrong += error.messages
    clean = replace(one, **names)
    row = ItemVariant(**asdict(clean))
    try:
        row.clean_fields(exclude=["item", "position"])
    except ValidationError as error:
        wrong += [
            f"{ItemVariant._meta.get_field(name).verbose_name}: {message}"  # type: ignore[union-attr]  # a column
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    else:
        wrong += [str(message) for message in _broken(clean)]
    return clean, wrong


def _broken(one: VariantContent) -> Iterator["str | Promise"]:
    if one.price is not None and one.price < ZERO:
        yield _("A price can’t be below zero.")
    if one.stock is not None and one.stock > MOST_STOCK:
        yield _("Enter a number up to 1,000,000, or leave it empty.")


def _of_all(variants: Variants) -> Iterator[ValidationError]:
    if len(variants) > MOST_VARIANTS:
        yield ValidationError(_("An item may have up to 100 variants."), code="many")
    if _repeat(one.id for one in variants if one.id):
        yield ValidationError(_UNKNOWN, code="unknown")
    if any(_repeat(getattr(one, name).casefold() for one in variants) for name in _NAMES):
        yield ValidationError(_("Two variants of an item can’t have the same name."), code="alike")


def _repeat(values: Iterator[Any] | Sequence[Any]) -> bool:
    return any(times > 1 for times in Counter(values).values())


_UNKNOWN = _("This item has no such variant. Someone else may have removed it.")
