"""The storefront in JSON."""

from typing import Any

from rest_framework import serializers

from storefront.enums import Offer


class StorefrontSerializer(serializers.Serializer[Any]):
    """Who the tenant is and what it takes, for a client that draws the storefront itself."""

    slug = serializers.CharField(source="tenant.slug")
    name = serializers.CharField(source="tenant.name")
    tagline = serializers.CharField(source="settings.tagline")
    languages = serializers.ListField(source="tenant.languages", child=serializers.CharField())
    default_language = serializers.CharField(source="tenant.default_language")
    accepts = serializers.ListField(child=serializers.ChoiceField(Offer.choices))
    currency = serializers.CharField()
    colors = serializers.DictField(child=serializers.CharField())
    logo = serializers.CharField(allow_null=True)
    contact = serializers.DictField(child=serializers.CharField(allow_null=True))
