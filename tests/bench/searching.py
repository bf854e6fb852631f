"""Our side with a catalog of 10,000 items."""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, cycle, islice
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import connections

from storefront.models import CatalogItem, Category, ItemCategory, ItemWords, MediaAsset
from tenants import scopes
from tenants.domain import provisioning
from tenants.models import Tenant
from tests.bench import bazaar, cpu
from tests.bench.side import cost
from tests.bench.visits import LANGUAGES, ask

SLUG = "fleet-3"
_QUERIES = list(chain.from_iterable(bazaar.QUERIES.values()))
_AT_ONCE = 500
_PATH = "/en/items/"
_OF_ITEMS: dict[Any, Any] = {
    MediaAsset: bazaar.pictures,
    Category: bazaar.categories,
    ItemCategory: bazaar.memberships,
}
_CARD = re.compile(b'class="item-card[ "]')


def open_bazaar() -> None:
    """Put the items on a tenant's shelf, and have PostgreSQL know what it has, as autovacuum would."""
    with scopes.public():
        tenant_id = Tenant.objects.get(slug=SLUG).id
    with scopes.tenant(tenant_id):
        items = [CatalogItem(**fields) for fields in bazaar.items()]
        CatalogItem.objects.bulk_create(items, batch_size=_AT_ONCE)
        for start in range(0, bazaar.SIZE, _AT_ONCE):
            ItemWords.write(items[start : start + _AT_ONCE])
        for model, rows in _OF_ITEMS.items():
            model.objects.bulk_create((model(**one) for one in rows()), batch_size=_AT_ONCE)
    schema = scopes.schema_name(tenant_id)
    with connections[provisioning.OWNER].cursor() as cursor:
        for model in (CatalogItem, ItemWords, *_OF_ITEMS):
            cursor.execute(f'VACUUM ANALYZE "{schema}"."{model._meta.db_table}"')


def cards() -> dict[str, int]:
    """How many items the page of each query shows."""
    return {query: len(_CARD.findall(_ask(_PATH, query))) for query in _QUERIES}


def searches(times: int, valkey: int) -> int:
    """CPU of `times` pages of results, queries in rotation, in the process `valkey` too."""
    return _cost("searches", times, valkey)


def api_searches(times: int, valkey: int) -> int:
    """The same through the API."""
    return _cost("api_searches", times, valkey)


def items(times: int, valkey: int) -> int:
    """CPU of `times` pages of an item."""
    return _cost("items", times, valkey)


@lru_cache(maxsize=8)
def _asked(what: str) -> Iterator[tuple[str, str]]:
    """Addresses and what is looked for there, for ever; both languages in turn, of each query."""
    slugs = [one["slug"] for one in bazaar.items()[:: bazaar.SIZE // 10]]
    asked = {
        "searches": [(f"/{code}/items/", one) for one in _QUERIES for code in LANGUAGES],
        "api_searches": [("/api/v1/items/", one) for one in _QUERIES],
        "items": [(f"/{code}/items/{slug}/", "") for slug in slugs for code in LANGUAGES],
    }
    return cycle(asked[what])


def _cost(what: str, times: int, valkey: int) -> int:
    rotation = islice(_asked(what), times)
    before = cpu.of_process(valkey)
    return cost(lambda: _ask(*next(rotation)), times) + cpu.of_process(valkey) - before


def _ask(path: str, query: str) -> bytes:
    """Raises RuntimeError if the answer is no page."""
    host = f"{SLUG}.{settings.SOUQNA_DOMAIN}"
    answer = ask(host, path, QUERY_STRING=urlencode({"search": query}) if query else "")
    if answer["status"] != "200 OK":
        raise RuntimeError(answer["status"])
    body: bytes = answer["body"]
    return body
