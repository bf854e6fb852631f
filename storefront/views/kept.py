"""Pages that are the same for everybody, and may be kept until the catalog changes."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpResponseBase, QueryDict

V = TypeVar("V", bound=Callable[..., HttpResponseBase])
#: From what was asked for to the part of it that the page shows, written one way; None: not kept.
Query = Callable[[QueryDict], str | None]

_QUERY = "kept_query"


def nothing_asked(query: QueryDict) -> str:
    """The query of a page that looks at none."""
    return ""


def kept(query: Query = nothing_asked) -> Callable[[V], V]:
    """Let what the view answers be kept and shown to everybody, per host, path and `query`.

    The view is then called with a request that says nothing else: no cookie, no header but the host, and
    in place of the query what `query` made of it. It must not read the clock but for what
    `storefront.domain.clock` knows, nor what orders change but through `{% live %}`.
    """

    def mark(view: V) -> V:
        setattr(view, _QUERY, query)
        return view

    return mark


def query_of(view: Any) -> Query | None:
    """How a kept view's query is written; None for a view that isn't kept."""
    return getattr(view, _QUERY, None)
