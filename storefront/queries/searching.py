"""The search of a catalog: which items match words, and how well."""

from django.db.models import (
    BigIntegerField,
    Case,
    Expression,
    ExpressionWrapper,
    F,
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
#: Above any catalog. With a limit the words are looked up first and by their index, even in a catalog
#: that was filled a moment ago, of which PostgreSQL has no figures: it would join all items' words.
_ALL = 1_000_000


def matching(items: QuerySet[CatalogItem], search: str) -> QuerySet[CatalogItem]:
    """Those of `items` that have every word of `search`, as it is typed, as a beginning or with a slip.
    Nothing to look for: all.
    """
    words = looked_for(search)
    return items.filter(id__in=_found(words).values("item_id")[:_ALL]) if words else items


def best_first(items: QuerySet[CatalogItem], search: str) -> QuerySet[CatalogItem]:
    """Found `items`, the best match first and in the tenant's order within; each has its `place`: the
    smaller, the better.
    """
    words = looked_for(search)
    score: Expression | Value = Value(0)
    for word in words:
        score = score + _score(_found(words), word)
    place = ExpressionWrapper(F("position") - score * _PLACES, output_field=BigIntegerField())
    return items.annotate(place=place).order_by("place", "created_at", "id")


def _found(words: list[str]) -> QuerySet[ItemWords]:
    found = ItemWords.objects.all()
    for word in words:
        found = found.filter(found_by__overlap=_entries(word))
    return found


def _entries(word: str) -> list[str]:
    entries: list[str] = []
    for form in forms_of(word):
        entries += [f"^{form}", f".{form}", *(f"~{slip}" for slip in slips_of(form))]
    return entries


def _score(found: QuerySet[ItemWords], word: str) -> Case:
    """What `word` counts in each of those `found`."""
    forms = forms_of(word)
    slips = [f"~{slip}" for form in forms for slip in slips_of(form)]
    ranks = (
        (_WHOLE, [f"={form}" for form in forms]),
        (_BEGINNING, [f"^{form}" for form in forms]),
        (_SLIP, slips),
    )
    return Case(
        *(When(_among(found, entries), then=rank) for rank, entries in ranks if entries),
        default=0,
        output_field=BigIntegerField(),
    )


def _among(found: QuerySet[ItemWords], entries: list[str]) -> Q:
    """A set of its own, read once by the index. Comparing the arrays of thousands of items, as many as a
    common word finds, would take a tenth of a second; so would reading those that aren't found.
    """
    return Q(id__in=found.filter(found_by__overlap=entries).values("item_id"))
