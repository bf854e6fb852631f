"""Visits in JSON, as clients that render their own pages announce them."""

from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from storefront.domain.arrivals import LONGEST_QUERY

_SCHEMES = ("http", "https")


class NewVisitSerializer(serializers.Serializer[Any]):
    """The page that somebody opened, and the one that led there."""

    landing_url = serializers.CharField(max_length=LONGEST_QUERY)
    referrer = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, max_length=LONGEST_QUERY
    )

    def validate_landing_url(self, url: str) -> str:
        """An address of the web."""
        try:
            parts = urlsplit(url)
            is_address = parts.scheme in _SCHEMES and bool(parts.hostname)
        except ValueError:
            is_address = False
        if not is_address:
            raise serializers.ValidationError(_("Enter a full address, such as https://…"))
        return url


class VisitSerializer(serializers.Serializer[Any]):
    """The visit, as submissions name it."""

    visit = serializers.CharField(
        help_text="A signed token, for `visit` of an order. Good for a day."
    )
