"""Which items visitors see."""

from datetime import datetime

from django.db.models import Q
from django.db.models.functions import Now

from storefront.enums import ItemStatus


def visible(now: datetime | None = None) -> Q:
    """A condition on items: visitors see them at `now`; None: when the statement runs. In Python it is
    `CatalogItem.is_visible`.
    """
    shown = Q(publish_at__isnull=True) | Q(publish_at__lte=Now() if now is None else now)
    return Q(status=ItemStatus.PUBLISHED) & shown
