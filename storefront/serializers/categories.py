"""Categories in JSON, as the staff write and read them."""

from typing import Any

from rest_framework import serializers

from storefront.domain.categories import MOST_CATEGORIES, CategoryContent
from storefront.models import Category
from tenants.serializers.fields import LineField

_LONGEST_NAME = 80


class CategorySerializer(serializers.Serializer[Category]):
    """A category in both languages."""

    id = serializers.UUIDField(read_only=True)
    slug = serializers.CharField(
        max_length=63, required=False, help_text="Left out: made from the names."
    )
    name_ar = LineField(max_length=_LONGEST_NAME)
    name_en = LineField(max_length=_LONGEST_NAME)

    def content(self, before: CategoryContent | None = None) -> CategoryContent:
        """What was sent, on top of what there was."""
        kept = {name: getattr(before, name) for name in ("name_ar", "name_en", "slug") if before}
        return CategoryContent(**{**kept, **self.validated_data})


class CategoriesSerializer(serializers.Serializer[Any]):
    """All of the tenant's categories, in the form of other lists."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CategorySerializer(many=True)


class CategoryOrderSerializer(serializers.Serializer[Any]):
    """Categories in a new order; those that aren't named come behind."""

    categories = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MOST_CATEGORIES
    )
