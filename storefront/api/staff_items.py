"""The staff's API of the catalog."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.api.items import ItemPages
from storefront.domain import items
from storefront.domain.items import ItemContent
from storefront.domain.media import UnknownMediaError, arrange_media
from storefront.domain.pages import one_change
from storefront.models import CatalogItem
from storefront.queries.staff_items import item_in_full, items_in_full
from storefront.serializers.staff_items import StaffItemFilterSerializer, StaffItemSerializer
from tenants.api.authentication import StaffAuthentication
from tenants.api.problems import Problem, invalid
from tenants.api.schemas import LOCATION, MEMBERS_ONLY, problems
from tenants.models import User

_REFUSALS = problems("invalid", "csrf_failed", "stale_version", *MEMBERS_ONLY)


class StaffItemsView(ListAPIView[CatalogItem]):
    """The tenant's items, published or not."""

    authentication_classes = (StaffAuthentication,)
    serializer_class = StaffItemSerializer
    pagination_class = ItemPages

    @extend_schema(
        operation_id="staff_items_list",
        parameters=[StaffItemFilterSerializer],
        responses={200: StaffItemSerializer(many=True), **problems("invalid", *MEMBERS_ONLY)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Items in the tenant's order."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="staff_items_create",
        parameters=[LOCATION],
        request=StaffItemSerializer,
        responses={201: StaffItemSerializer, **problems("invalid", "csrf_failed", *MEMBERS_ONLY)},
    )
    def post(self, request: Request) -> Response:
        """Write a new item; a draft unless `status` says otherwise."""
        asked = _asked(request)
        item = _written(request, asked, lambda: _create(request, asked.content()))
        location = request.build_absolute_uri(f"{item.id}/")
        shown = StaffItemSerializer(item).data
        return Response(shown, status=201, headers={"Location": location})

    def get_queryset(self) -> Any:
        """The items asked for."""
        asked = StaffItemFilterSerializer(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        return items_in_full(**asked.validated_data)


class StaffItemView(APIView):
    """One item, by id or by slug."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_items_read",
        responses={200: StaffItemSerializer, **problems(*MEMBERS_ONLY)},
    )
    def get(self, request: Request, item: str) -> Response:
        """The item."""
        return Response(StaffItemSerializer(_found(item)).data)

    @extend_schema(
        operation_id="staff_items_replace",
        request=StaffItemSerializer,
        responses={200: StaffItemSerializer, **_REFUSALS},
    )
    def put(self, request: Request, item: str) -> Response:
        """Write the whole item. With `version`, only if nobody has written since."""
        found, asked = _found(item), _asked(request)
        return _changed(request, asked, found, asked.whole(ItemContent.of(found)))

    @extend_schema(
        operation_id="staff_items_update",
        request=StaffItemSerializer(partial=True),
        responses={200: StaffItemSerializer, **_REFUSALS},
    )
    def patch(self, request: Request, item: str) -> Response:
        """Write some of its fields. With `version`, only if nobody has written since."""
        found, asked = _found(item), _asked(request, partial=True)
        return _changed(request, asked, found, asked.content(ItemContent.of(found)))

    @extend_schema(
        operation_id="staff_items_delete",
        responses={204: None, **problems("csrf_failed", *MEMBERS_ONLY)},
    )
    def delete(self, request: Request, item: str) -> Response:
        """Delete it; orders keep what was agreed."""
        found = _found(item)
        try:
            items.delete_item(item_id=found.id, actor_id=_person(request))
        except items.UnknownItemError as error:
            raise Problem(404, "not_found") from error
        return Response(status=204)


def _asked(request: Request, *, partial: bool = False) -> StaffItemSerializer:
    asked = StaffItemSerializer(data=request.data, partial=partial)
    asked.is_valid(raise_exception=True)
    return asked


def _create(request: Request, content: ItemContent) -> CatalogItem:
    return items.create_item(content=content, actor_id=_person(request), now=timezone.now())


def _changed(
    request: Request, asked: StaffItemSerializer, found: CatalogItem, content: ItemContent
) -> Response:
    def update() -> CatalogItem:
        return items.update_item(
            item_id=found.id,
            content=content,
            seen=ItemContent.of(found),
            actor_id=_person(request),
            now=timezone.now(),
            version=asked.validated_data.get("version"),
        )

    return Response(StaffItemSerializer(_written(request, asked, update)).data)


def _written(
    request: Request, asked: StaffItemSerializer, write: Callable[[], CatalogItem]
) -> CatalogItem:
    """The item as it is after `write` and with the pictures sent, if any were; all or nothing."""
    with _refusals(), one_change():
        item = write()
        if "media" in asked.validated_data:
            media = asked.validated_data["media"]
            arrange_media(item=item, media=media, now=timezone.now())
    return _found(str(item.id))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise Problem(400, "invalid", errors=error.message_dict) from error
    except items.SlugTakenError as error:
        raise invalid("slug", _("Another item has this address.")) from error
    except UnknownMediaError as error:
        raise invalid("media", _("There is no such picture here.")) from error
    except items.StaleItemError as error:
        raise Problem(409, "stale_version") from error
    except items.UnknownItemError as error:
        raise Problem(404, "not_found") from error


def _found(name: str) -> CatalogItem:
    item = item_in_full(name)
    if item is None:
        raise Problem(404, "not_found")
    return item


def _person(request: Request) -> UUID:
    return cast("User", request.user).id
