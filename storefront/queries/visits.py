"""Reads of visits."""

from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from storefront.models import Visit

#: What is told of the visit that a submission came from.
TOLD = ("utm_source", "utm_medium", "utm_campaign", "channel", "source")


def visit_told() -> Subquery:
    """`TOLD` of the visit that a row's `utm_visit_id` names, as a dictionary; None for no visit."""
    visits = Visit.objects.filter(id=OuterRef("utm_visit_id"))
    return Subquery(visits.values(told=JSONObject(**{name: name for name in TOLD}))[:1])
