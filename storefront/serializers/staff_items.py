"""Items in JSON, as the staff write and read them."""

from dataclasses import fields
from typing import Any

from rest_framework import serializers

from storefront.domain.item_rules import LONGEST_DESCRIPTION
from storefront.domain.items import ItemContent
from storefront.domain.media import MOST_PICTURES
from storefront.enums import ItemKind, ItemStatus
from storefront.models import CatalogItem
from storefront.models.items import MOST_STOCK
from tenants.serializers.fields import AmountField, LineField, ParagraphsField


class PicturesField(serializers.ListField):
    """The ids of an item's pictures, in order."""

    def to_representation(self, pictures: Any) -> list[str]:
        """Of the item's own."""
        return [str(asset.id) for asset in pictures.all()]


class StaffItemSerializer(serializers.Serializer[CatalogItem]):
    """An item with all that its staff may say of it, in both languages."""

    id = serializers.UUIDField(read_only=True)
    kind = serializers.ChoiceField(ItemKind.choices)
    slug = serializers.CharField(max_length=63)
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
    media = PicturesField(child=serializers.UUIDField(), required=False, max_length=MOST_PICTURES)
    version = serializers.IntegerField(required=False, min_value=1)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def content(self, before: ItemContent | None = None) -> ItemContent:
        """What was sent, on top of what there was."""
        names = [each.name for each in fields(ItemContent)]
        sent = {name: self.validated_data[name] for name in names if name in self.validated_data}
        kept = {name: getattr(before, name) for name in names} if before else {}
        return ItemContent(**{**kept, **sent})


class StaffItemFilterSerializer(serializers.Serializer[Any]):
    """What the staff's list may be narrowed to."""

    status = serializers.ChoiceField(ItemStatus.choices, required=False, allow_blank=True)
    kind = serializers.ChoiceField(ItemKind.choices, required=False, allow_blank=True)
    search = LineField(required=False, allow_blank=True, max_length=100)
