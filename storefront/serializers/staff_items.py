"""Items in JSON, as the staff write and read them."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from storefront.domain.bulk import MOST_AT_ONCE
from storefront.domain.categories import MOST_CATEGORIES
from storefront.domain.item_rules import LONGEST_DESCRIPTION
from storefront.domain.items import FIELDS, ItemContent
from storefront.domain.media import MOST_PICTURES
from storefront.domain.variants import LONGEST_VARIANT_NAME, MOST_VARIANTS, VariantContent
from storefront.enums import BulkAction, ItemKind, ItemStatus
from storefront.models import CatalogItem, ItemVariant
from storefront.models.items import MOST_STOCK
from storefront.queries.categories import categories_by_name, category_by_name
from storefront.serializers.categories import CategorySerializer
from tenants.serializers.fields import AmountField, LineField, ParagraphsField

#: Items of one new order.
MOST_ORDERED = 10_000
_UNKNOWN = _("There is no such category here.")


class PicturesField(serializers.ListField):
    """The ids of an item's pictures, in order."""

    def to_representation(self, pictures: Any) -> list[str]:
        """Of the item's own."""
        return [str(asset.id) for asset in pictures.all()]


@extend_schema_field(CategorySerializer(many=True))
class CategoriesField(serializers.ListField):
    """An item's categories: slugs or ids in, in no order; each with its names out."""

    child = serializers.CharField(max_length=63)

    def to_internal_value(self, data: Any) -> list[UUID]:
        """Their ids."""
        names = super().to_internal_value(data)
        found = categories_by_name(names)
        if len(found) < len(set(names)):
            raise serializers.ValidationError(_UNKNOWN, code="unknown")
        return [category.id for category in found.values()]

    def to_representation(self, categories: Any) -> list[Any]:
        """Of the item's own."""
        return list(CategorySerializer(categories.all(), many=True).data)


class VariantSerializer(serializers.Serializer[ItemVariant]):
    """One way to have an item. Without `id` it is a new one, or the one with both names."""

    id = serializers.UUIDField(required=False, allow_null=True)
    name_ar = LineField(max_length=LONGEST_VARIANT_NAME)
    name_en = LineField(max_length=LONGEST_VARIANT_NAME)
    price = AmountField(required=False, allow_null=True)
    stock = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_STOCK
    )


class VariantsField(serializers.ListField):
    """An item's variants, in order. Price and stock of an item that has some follow from theirs."""

    child = VariantSerializer()

    def to_internal_value(self, data: Any) -> list[VariantContent]:
        """What was sent."""
        sent = super().to_internal_value(data)
        return [VariantContent(**{"id": None, **one}) for one in sent]

    def to_representation(self, variants: Any) -> list[Any]:
        """Of the item's own."""
        return list(VariantSerializer(variants.all(), many=True).data)


class StaffItemSerializer(serializers.Serializer[CatalogItem]):
    """An item with all that its staff may say of it, in both languages."""

    id = serializers.UUIDField(read_only=True)
    kind = serializers.ChoiceField(ItemKind.choices)
    slug = serializers.CharField(
        max_length=63, required=False, help_text="Left out: made from the names."
    )
    name_ar = LineField(max_length=160)
    name_en = LineField(max_length=160)
    description_ar = ParagraphsField(
        required=False, allow_blank=True, max_length=LONGEST_DESCRIPTION
    )
    description_en = ParagraphsField(
        required=False, allow_blank=True, max_length=LONGEST_DESCRIPTION
    )
    price = AmountField(required=False, allow_null=True)
    stock = serializers.IntegerField(
        required=False, allow_null=True, min_value=0, max_value=MOST_STOCK
    )
    max_quantity = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    goal = AmountField(required=False, allow_null=True)
    status = serializers.ChoiceField(ItemStatus.choices, required=False)
    is_featured = serializers.BooleanField(required=False)
    publish_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="From when a published item is shown; null: at once.",
    )
    ends_on = serializers.DateField(
        required=False, allow_null=True, help_text="A project's last day; null: it stays open."
    )
    categories = CategoriesField(required=False, max_length=MOST_CATEGORIES)
    variants = VariantsField(required=False, max_length=MOST_VARIANTS)
    media = PicturesField(child=serializers.UUIDField(), required=False, max_length=MOST_PICTURES)
    version = serializers.IntegerField(required=False, min_value=1)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def content(self, before: ItemContent | None = None) -> ItemContent:
        """What was sent, on top of what there was."""
        kept = {name: getattr(before, name) for name in FIELDS} if before else {"slug": ""}
        return ItemContent(**{**kept, **self._sent()})

    def whole(self, before: ItemContent) -> ItemContent:
        """What was sent, in place of what there was. What belongs to an item stays if it is left out, as
        its pictures do: variants and categories.
        """
        kept = {"slug": before.slug, "categories": before.categories, "variants": before.variants}
        return ItemContent(**{**kept, **self._sent()})

    def _sent(self) -> dict[str, Any]:
        sent = self.validated_data
        plural = {name: tuple(sent[name]) for name in ("categories", "variants") if name in sent}
        return {**{name: sent[name] for name in FIELDS if name in sent}, **plural}


class StaffItemFilterSerializer(serializers.Serializer[Any]):
    """What the staff's list may be narrowed to."""

    status = serializers.ChoiceField(ItemStatus.choices, required=False, allow_blank=True)
    kind = serializers.ChoiceField(ItemKind.choices, required=False, allow_blank=True)
    category = LineField(required=False, allow_blank=True, max_length=63)
    search = LineField(required=False, allow_blank=True, max_length=100)


class ItemOrderSerializer(serializers.Serializer[Any]):
    """Items that share the places they hold, in a new order."""

    items = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MOST_ORDERED
    )


class BulkSerializer(serializers.Serializer[Any]):
    """One change of many items. `category` (slug or id) goes with `add_category` and
    `remove_category`.
    """

    items = serializers.ListField(
        child=serializers.UUIDField(), allow_empty=False, max_length=MOST_AT_ONCE
    )
    action = serializers.ChoiceField(BulkAction.choices)
    category = LineField(required=False, allow_blank=True, max_length=63)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """With the category's id."""
        if attrs["action"] not in (BulkAction.ADD_CATEGORY, BulkAction.REMOVE_CATEGORY):
            return {**attrs, "category": None}
        found = category_by_name(attrs.get("category", ""))
        if found is None:
            raise serializers.ValidationError({"category": [_UNKNOWN]}, code="unknown")
        return {**attrs, "category": found.id}


class BulkResultSerializer(serializers.Serializer[Any]):
    """How many items changed; the others were so already."""

    changed = serializers.IntegerField()
