"""The catalog in JSON, as visitors see it."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from storefront.enums import ItemKind, ItemSort
from storefront.models import CatalogItem, Category, GoalTotals, MediaAsset
from tenants.serializers.fields import AmountField, LineField


class RenditionSerializer(serializers.Serializer[Any]):
    """A picture in one width (pixels)."""

    url = serializers.SerializerMethodField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    content_type = serializers.CharField()

    def get_url(self, rendition: dict[str, Any]) -> str:
        """The file's address."""
        request: HttpRequest = self.context["request"]
        return request.build_absolute_uri(rendition["url"])


class ImageSerializer(serializers.Serializer[Any]):
    """A picture: its largest rendition at the top, all of them in `renditions`."""

    url = serializers.URLField(read_only=True)
    width = serializers.IntegerField(read_only=True)
    height = serializers.IntegerField(read_only=True)
    id = serializers.UUIDField()
    alt = serializers.CharField()
    renditions = RenditionSerializer(many=True, source="urls")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The picture, with `url`, `width` and `height` of the largest."""
        own = RenditionSerializer(instance.urls, many=True, context=self.context).data
        largest = own[-1]
        return {
            "url": largest["url"],
            "width": largest["width"],
            "height": largest["height"],
            "id": str(instance.id),
            "alt": instance.alt,
            "renditions": own,
        }


class ItemSerializer(serializers.Serializer[CatalogItem]):
    """An item in a list."""

    id = serializers.UUIDField()
    slug = serializers.CharField()
    kind = serializers.ChoiceField(ItemKind.choices)
    name = serializers.CharField()
    price = AmountField(allow_null=True)
    currency = serializers.SerializerMethodField()
    available = serializers.BooleanField(source="is_available")
    image = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    def get_currency(self, item: CatalogItem) -> str:
        """All prices are Kuwaiti dinars."""
        return "KWD"

    @extend_schema_field(ImageSerializer(allow_null=True))
    def get_image(self, item: CatalogItem) -> dict[str, Any] | None:
        """The first picture."""
        pictures = _pictures(item)
        return ImageSerializer(pictures[0], context=self.context).data if pictures else None

    def get_url(self, item: CatalogItem) -> str:
        """The item's page, in the request's language."""
        request: HttpRequest = self.context["request"]
        return request.build_absolute_uri(f"/{get_language()}/items/{item.slug}/")


class VariantSerializer(serializers.Serializer[Any]):
    """One way to have an item. `price` is null if it is on request; then it can't be ordered."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    price = AmountField(allow_null=True)
    available = serializers.BooleanField(source="is_available")


class ProgressSerializer(serializers.Serializer[Any]):
    """What was given to a project so far, and its last day (None: it stays open)."""

    received = AmountField()
    pending = AmountField()
    pledged = AmountField()
    ends_on = serializers.DateField(allow_null=True)


class ItemDetailSerializer(ItemSerializer):
    """One item."""

    description = serializers.CharField()
    images = serializers.SerializerMethodField()
    variants = serializers.SerializerMethodField()
    goal = AmountField(allow_null=True)
    progress = serializers.SerializerMethodField()
    max_quantity = serializers.IntegerField(source="most")

    @extend_schema_field(ImageSerializer(many=True))
    def get_images(self, item: CatalogItem) -> list[Any]:
        """All pictures."""
        return list(ImageSerializer(_pictures(item), many=True, context=self.context).data)

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, item: CatalogItem) -> dict[str, Any] | None:
        """What a project has so far."""
        if item.kind != ItemKind.PROJECT:
            return None
        totals = getattr(item, "totals", None) or GoalTotals()
        shown = {name: getattr(totals, name) for name in ("received", "pending", "pledged")}
        return dict(ProgressSerializer({**shown, "ends_on": item.ends_on}).data)

    @extend_schema_field(VariantSerializer(many=True))
    def get_variants(self, item: CatalogItem) -> list[Any]:
        """The ways to have it, in the tenant's order; one more query if it has some."""
        variants = item.variants.all() if item.has_variants else []
        return list(VariantSerializer(variants, many=True).data)


class ItemFilterSerializer(serializers.Serializer[Any]):
    """What the list may be narrowed to, and its order. `category` is a slug; `least` and `most` are KWD;
    `available=true` keeps what can be had now.
    """

    kind = serializers.ChoiceField(ItemKind.choices, required=False, allow_blank=True)
    category = LineField(required=False, allow_blank=True, max_length=63)
    search = LineField(required=False, allow_blank=True, max_length=100)
    available = serializers.BooleanField(required=False)
    least = AmountField(required=False)
    most = AmountField(required=False)
    sort = serializers.ChoiceField(ItemSort.choices, required=False, allow_blank=True)


class CategorySerializer(serializers.Serializer[Category]):
    """A part of the catalog; `items` is how many can be seen in it."""

    slug = serializers.CharField()
    name = serializers.CharField()
    items = serializers.IntegerField(source="shown")


class CategoriesSerializer(serializers.Serializer[Any]):
    """All categories that hold something, in the form of other lists."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = CategorySerializer(many=True)


def _pictures(item: CatalogItem) -> list[MediaAsset]:
    return [asset for asset in item.media.all() if asset.renditions]
