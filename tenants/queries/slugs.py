"""Whose slugs there are. All of these are in the public scope."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Expression, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Replace

from tenants.models import Domain, Tenant
from tenants.validators.slugs import LOOKS_LIKE_FROM, LOOKS_LIKE_ONE, LOOKS_LIKE_TO, UNSEEN


def skeleton_of(slug: Expression | F) -> Expression:
    """`tenants.validators.slugs.skeleton` in SQL."""
    # translate() drops what has no counterpart.
    seen = Value(LOOKS_LIKE_FROM + UNSEEN), Value(LOOKS_LIKE_TO)
    shape: Expression = Func(slug, *seen, function="translate", output_field=TextField())
    for pair, letter in LOOKS_LIKE_ONE:
        shape = Replace(shape, Value(pair), Value(letter), output_field=TextField())
    return shape


def slugs_like(skeletons: set[str], *, but: UUID | None = None) -> dict[str, set[str]]:
    """Skeleton → the slugs that look so, for those of `skeletons` that somebody holds, the tenant with
    the id `but` left out. One query.

    A slug is held by a tenant in whatever state, closed for good too, and by a host below our domain that
    still leads to a tenant whose slug is another by now.
    """
    below = f".{settings.SOUQNA_DOMAIN}"
    labels = Replace("domain", Value(below), Value(""), output_field=TextField())
    hosts = Domain.objects.filter(domain__endswith=below).annotate(label=labels)
    tenants = Tenant.objects.exclude(id=but) if but else Tenant.objects.all()
    hosts = hosts.exclude(tenant_id=but) if but else hosts
    found: dict[str, set[str]] = {}
    for slug, shape in _shaped(tenants, "slug", skeletons).union(
        _shaped(hosts, "label", skeletons)
    ):
        found.setdefault(shape, set()).add(slug)
    return found


def _shaped(rows: QuerySet[Any], column: str, skeletons: set[str]) -> QuerySet[Any, Any]:
    shaped = rows.annotate(shape=skeleton_of(F(column))).filter(shape__in=skeletons)
    # Without the models' own order: one in the middle of a union is an error.
    pairs: QuerySet[Any, Any] = shaped.order_by().values_list(Cast(column, TextField()), "shape")
    return pairs
