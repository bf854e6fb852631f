"""The public API of the catalog."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.models import CatalogItem
from storefront.queries.items import published_item, published_items
from storefront.serializers.items import ItemDetailSerializer, ItemFilterSerializer, ItemSerializer
from tenants.api.pagination import CursorPages
from tenants.api.problems import Problem
from tenants.api.schemas import problems


class ItemPages(CursorPages):
    """In the tenant's own order."""

    ordering = ("position", "created_at", "id")


class ItemsView(ListAPIView[CatalogItem]):
    """What the storefront offers."""

    serializer_class = ItemSerializer
    pagination_class = ItemPages

    @extend_schema(
        operation_id="items_list",
        parameters=[ItemFilterSerializer],
        responses={200: ItemSerializer(many=True), **problems("invalid", "not_found")},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Published items, in the tenant's order."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """The items asked for."""
        asked = ItemFilterSerializer(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        sent = asked.validated_data
        found = published_items(kind=sent.get("kind", ""), search=sent.get("search", ""))
        # Items have no categories yet, so none is in the one asked for.
        return found.none() if sent.get("category") else found


class ItemView(APIView):
    """One item."""

    @extend_schema(
        operation_id="items_read",
        responses={200: ItemDetailSerializer, **problems("not_found")},
    )
    def get(self, request: Request, slug: str) -> Response:
        """A published item."""
        item = published_item(slug)
        if item is None:
            raise Problem(404, "not_found")
        return Response(ItemDetailSerializer(item, context={"request": request}).data)
