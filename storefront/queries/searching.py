"""The search of a catalog: which items match words, and how well."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BigIntegerField,
    BooleanField,
    Case,
    Expression,
    ExpressionWrapper,
    F,
    Func,
    Q,
    QuerySet,
    Value,
    When,
)

from storefront.models import CatalogItem, ItemWords
from storefront.validators.words import forms_of, looked_for, slips_of

#: What one word's match counts, the best first: a word of the names, the beginning of one, a word with a
#: slip; a word of the descriptions counts nothing.
_WHOLE, _BEGINNING, _SLIP = 4, 3, 1
#: Places in the tenant's order fit below.
_PLACES = 2**32


class _IsAmong(Func):
    """Whether a key is in an array: PostgreSQL takes words for far more common than they are, and joined,
    or with IN, it would look through the whole catalog for what a few keys lead to.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()


def matching(items: QuerySet[CatalogItem], search: str) -> QuerySet[CatalogItem]:
    """Those of `items` that have every word of `search`, as it is typed, as a beginning or with a slip.
    Nothing to look for: all.
    """
    words = looked_for(search)
    found = ItemWords.objects.all()
    for word in words:
        found = found.filter(found_by__overlap=_entries(word))
    return items.filter(_IsAmong("id", ArraySubquery(found.values("item_id")))) if words else items


def best_first(items: QuerySet[CatalogItem], search: str) -> QuerySet[CatalogItem]:
    """Found `items`, the best match first and in the tenant's order within; each has its `place`: the
    smaller, the better.
    """
    score: Expression | Value = Value(0)
    for word in looked_for(search):
        score = score + _score(word)
    place = ExpressionWrapper(F("position") - score * _PLACES, output_field=BigIntegerField())
    return items.annotate(place=place).order_by("place", "created_at", "id")


def _entries(word: str) -> list[str]:
    entries: list[str] = []
    for form in forms_of(word):
        entries += [f"^{form}", f".{form}", *(f"~{slip}" for slip in slips_of(form))]
    return entries


def _score(word: str) -> Case:
    forms = forms_of(word)
    ranks = (
        (_WHOLE, [f"={form}" for form in forms]),
        (_BEGINNING, [f"^{form}" for form in forms]),
        (_SLIP, [f"~{slip}" for form in forms for slip in slips_of(form)]),
    )
    return Case(
        *(When(_has(entries), then=rank) for rank, entries in ranks if entries),
        default=0,
        output_field=BigIntegerField(),
    )


def _has(entries: list[str]) -> Q:
    return Q(words__found_by__overlap=entries)
