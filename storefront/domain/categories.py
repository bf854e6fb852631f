"""Categories: made, renamed, deleted and put in order by staff."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from typing import Self
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from storefront.domain.pages import pages_changed
from storefront.domain.slugs import SlugTakenError, save_with_slug, suggested_slug
from storefront.domain.turns import take_turn
from storefront.models import Category, ItemCategory
from tenants.domain import audit
from tenants.validators.text import clean_line

__all__ = [
    "MOST_CATEGORIES",
    "CategoryContent",
    "SlugTakenError",
    "TooManyCategoriesError",
    "UnknownCategoryError",
    "create_category",
    "delete_category",
    "find_or_create_category",
    "order_categories",
    "place_category",
    "rename_category",
    "step_category",
    "take_out",
]

#: Categories of one tenant.
MOST_CATEGORIES = 50

#: Slugs that the staff's API needs for itself.
RESERVED = frozenset({"new", "order"})

_NAMES = ("name_ar", "name_en")
_TURN = "categories"


class UnknownCategoryError(Exception):
    """There is no such category here."""


class TooManyCategoriesError(Exception):
    """There are as many categories as there may be."""


@dataclass(frozen=True, slots=True)
class CategoryContent:
    """What staff write of a category. `slug` empty: it is suggested from the names."""

    name_ar: str
    name_en: str
    slug: str = ""

    @classmethod
    def of(cls, category: Category) -> Self:
        """What the category says now."""
        return cls(name_ar=category.name_ar, name_en=category.name_en, slug=category.slug)


def create_category(*, content: CategoryContent, actor_id: UUID) -> Category:
    """Write a new category, behind the others. Raises ValidationError (texts by field), SlugTakenError
    and TooManyCategoriesError.
    """
    category = Category(**asdict(content))
    with transaction.atomic():
        take_turn(_TURN)
        if Category.objects.count() >= MOST_CATEGORIES:
            raise TooManyCategoriesError
        last = Category.objects.aggregate(last=Max("position"))["last"]
        category.position = 0 if last is None else last + 1
        _save(category, content, force_insert=True)
        _record("category.created", category, actor_id)
        pages_changed()
    return category


def find_or_create_category(*, content: CategoryContent, actor_id: UUID) -> Category:
    """The category with these names, made if there is none: what is sent twice isn't made twice. Raises
    what create_category raises.
    """
    with transaction.atomic():
        take_turn(_TURN)
        names = {"name_ar": content.name_ar, "name_en": content.name_en}
        there = Category.objects.filter(**names).first()
        return there or create_category(content=content, actor_id=actor_id)


def rename_category(*, category_id: UUID, content: CategoryContent, actor_id: UUID) -> Category:
    """Write a category's names and slug. Writing what is there already is no error. Raises
    UnknownCategoryError, ValidationError (texts by field) and SlugTakenError.
    """
    with transaction.atomic():
        category = _locked(category_id)
        before = CategoryContent.of(category)
        category.name_ar, category.name_en = content.name_ar, content.name_en
        category.slug = content.slug
        _save(category, content)
        after = CategoryContent.of(category)
        if after != before:
            _record("category.renamed", category, actor_id, was=asdict(before))
            pages_changed()
    return category


def delete_category(*, category_id: UUID, actor_id: UUID) -> None:
    """Delete a category; its items stay. Raises UnknownCategoryError."""
    with transaction.atomic():
        category = _locked(category_id)
        _record("category.deleted", category, actor_id)
        take_out(ItemCategory.objects.filter(category=category))
        category.delete()
        pages_changed()


def take_out(rows: QuerySet[ItemCategory]) -> None:
    """Delete these rows, locked in one order: items' deletion finds them by another index than their
    category's, and the two would wait for one another.
    """
    ids = rows.select_for_update().order_by("item_id", "category_id").values_list("id", flat=True)
    ItemCategory.objects.filter(id__in=list(ids)).delete()


def order_categories(*, ids: Sequence[UUID], actor_id: UUID) -> None:
    """Put categories in this order. Those that aren't named (somebody made them meanwhile) come behind,
    and ids of those that are gone are passed over.
    """
    _arrange(lambda _there: ids, actor_id)


def step_category(*, category_id: UUID, by: int, actor_id: UUID) -> None:
    """Move a category so many places on, or back if `by` is negative, as far as there are places. Raises
    UnknownCategoryError.
    """

    def stepped(there: list[UUID]) -> list[UUID]:
        return _with(there, category_id, max(0, _place(there, category_id) + by))

    _arrange(stepped, actor_id)


def place_category(*, category_id: UUID, beside: UUID, is_after: bool, actor_id: UUID) -> None:
    """Move a category right before another one, or right after it. Raises UnknownCategoryError for
    either.
    """

    def placed(there: list[UUID]) -> list[UUID]:
        here, target = _place(there, category_id), _place(there, beside)
        # Those in between close the gap that it leaves.
        moved = target + is_after - (here < target)
        return _with(there, category_id, here if category_id == beside else moved)

    _arrange(placed, actor_id)


def _arrange(wanted: Callable[[list[UUID]], Sequence[UUID]], actor_id: UUID) -> None:
    """Put the categories in the order that `wanted` makes of the one they are in when it is our turn."""
    with transaction.atomic():
        take_turn(_TURN)
        # In the order of their ids, as everybody locks them.
        locked = Category.objects.select_for_update(no_key=True).order_by("id")
        rows = sorted(locked, key=lambda row: (row.position, row.id))
        changed = _placed(rows, wanted([row.id for row in rows]))
        if changed:
            Category.objects.bulk_update(changed, ["position"])
            audit.record("categories.ordered", actor_id=actor_id)
            pages_changed()


def _place(ids: Sequence[UUID], category_id: UUID) -> int:
    if category_id not in ids:
        raise UnknownCategoryError
    return ids.index(category_id)


def _with(ids: Sequence[UUID], category_id: UUID, place: int) -> list[UUID]:
    """`ids` with one of them at another place."""
    others = [each for each in ids if each != category_id]
    return [*others[:place], category_id, *others[place:]]


def _placed(rows: Sequence[Category], ids: Iterable[UUID]) -> list[Category]:
    """Those of `rows` that get another place, with it."""
    wanted = {category_id: place for place, category_id in enumerate(dict.fromkeys(ids))}
    changed = []
    for place, row in enumerate(sorted(rows, key=lambda row: wanted.get(row.id, len(wanted)))):
        if row.position != place:
            row.position = place
            changed.append(row)
    return changed


def _locked(category_id: UUID) -> Category:
    found = Category.objects.select_for_update().filter(id=category_id).first()
    if found is None:
        raise UnknownCategoryError
    return found


def _save(category: Category, content: CategoryContent, *, force_insert: bool = False) -> None:
    suggest = None if content.slug else _suggestion(category)
    if suggest:
        category.slug = suggest()
    _clean(category)
    save_with_slug(
        category,
        suggest=suggest,
        constraint="catalog_categories_slug",
        force_insert=force_insert,
    )


def _suggestion(category: Category) -> Callable[[], str]:
    return partial(
        suggested_slug,
        rows=Category.objects.exclude(id=category.id),
        name_en=category.name_en,
        name_ar=category.name_ar,
        otherwise="category",
        reserved=RESERVED,
    )


def _clean(category: Category) -> None:
    errors: dict[str, list[ValidationError]] = {}
    for name in _NAMES:
        try:
            setattr(category, name, clean_line(getattr(category, name)))
        except ValidationError as error:
            errors.setdefault(name, []).append(error)
    try:
        category.clean_fields(exclude=errors.keys())
    except ValidationError as error:
        errors.update(error.error_dict)
    if category.slug in RESERVED:
        errors["slug"] = [ValidationError(_("This address is reserved."), code="invalid")]
    if errors:
        raise ValidationError(errors)


def _record(action: str, category: Category, actor_id: UUID, **more: object) -> None:
    audit.record(action, actor_id=actor_id, category=str(category.id), slug=category.slug, **more)
