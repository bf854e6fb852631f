"""The public API of the catalog."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.models import CatalogItem
from storefront.queries.items import published_item
from storefront.queries.shelves import categories_shown, in_order, shelf
from storefront.serializers.items import (
    CategoriesSerializer,
    ItemDetailSerializer,
    ItemFilterSerializer,
    ItemSerializer,
)
from tenants.api.pagination import CursorPages
from tenants.api.problems import Problem
from tenants.api.schemas import problems


class ItemPages(CursorPages):
    """In the tenant's own order."""

    ordering = ("position", "created_at", "id")


class ShelfPages(ItemPages):
    """In the order that the visitor chose. Many items may be alike in price, or match words equally well:
    so many are counted through.
    """

    offset_cutoff = 100_000

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """The query's own."""
        return tuple(map(str, queryset.query.order_by)) or self.ordering


class ItemsView(ListAPIView[CatalogItem]):
    """What the storefront offers."""

    serializer_class = ItemSerializer
    pagination_class = ShelfPages

    @extend_schema(
        operation_id="items_list",
        parameters=[ItemFilterSerializer],
        responses={200: ItemSerializer(many=True), **problems("invalid", "not_found")},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Published items: in the tenant's order, or as `sort` says; found by `search`, the best match
        first.
        """
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[CatalogItem]:
        """The items asked for, in the order asked for."""
        asked = ItemFilterSerializer(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        sent = {"sort": "", "search": "", **asked.validated_data}
        sort = sent.pop("sort")
        return in_order(shelf(**sent), sort=sort, search=sent["search"])


class CategoriesView(APIView):
    """How the catalog is divided."""

    @extend_schema(
        operation_id="categories_list",
        responses={200: CategoriesSerializer, **problems("not_found")},
    )
    def get(self, request: Request) -> Response:
        """The categories that hold published items, in the tenant's order; all at once."""
        shown = {"next": None, "previous": None, "results": categories_shown()}
        return Response(CategoriesSerializer(shown).data)


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
