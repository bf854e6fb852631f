"""Slugs of items and categories: suggested from their names, with a number where it has to be."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from itertools import chain, count
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet

from tenants.validators.names import numbered, slug_from

#: Slugs of items that the staff's pages and API need for themselves.
RESERVED = frozenset(
    {"bulk", "categories", "export", "import", "new", "order", "pictures", "slug", "template"}
)
#: How often a suggestion is made anew because somebody else took it at the same moment.
_TRIES = 20


class SlugTakenError(Exception):
    """Another one has this slug."""


def suggested_slug(
    *,
    rows: QuerySet[Any],
    name_en: str,
    name_ar: str,
    otherwise: str,
    reserved: AbstractSet[str] = RESERVED,
) -> str:
    """A slug that none of `rows` has now, from the first name that one can be made of; `otherwise` stands
    for names of which none can. One query.
    """
    stem = slug_from(name_en) or slug_from(name_ar) or otherwise
    held = set(rows.filter(slug__startswith=stem[:_SHARED]).values_list("slug", flat=True))
    candidates = chain([stem], (numbered(stem, number) for number in count(2)))
    return next(slug for slug in candidates if slug not in held and slug not in reserved)


#: What a numbered slug has of its stem at least: `numbered` cuts long ones.
_SHARED = 50


def save_with_slug(
    row: Model, *, suggest: Callable[[], str] | None, constraint: str, force_insert: bool = False
) -> None:
    """Save `row`. With `suggest`, its slug is what that says; should somebody take it at the same moment,
    it is asked again. Raises SlugTakenError where `constraint` refuses the slug.
    """
    for left in reversed(range(_TRIES if suggest else 1)):
        if suggest:
            row.slug = suggest()  # type: ignore[attr-defined]  # any row with a slug
        try:
            with transaction.atomic():
                row.save(force_insert=force_insert)
        except IntegrityError as error:
            if constraint not in str(error):
                raise
            if not left:
                raise SlugTakenError from error
        else:
            return
