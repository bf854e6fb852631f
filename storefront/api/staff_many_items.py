"""The staff's API of many items at once: their order, and changes of them all."""

from typing import cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.domain.bulk import UnknownItemsError, change_items
from storefront.domain.categories import UnknownCategoryError
from storefront.domain.items import UnknownItemError
from storefront.domain.ordering import arrange_items
from storefront.enums import BulkAction
from storefront.serializers.staff_items import (
    BulkResultSerializer,
    BulkSerializer,
    ItemOrderSerializer,
)
from tenants.api.authentication import StaffAuthentication
from tenants.api.problems import Problem, invalid
from tenants.api.schemas import MEMBERS_ONLY, problems
from tenants.models import User

_REFUSALS = problems("invalid", "csrf_failed", *MEMBERS_ONLY)


class StaffItemOrderView(APIView):
    """The order of the items."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_items_order",
        request=ItemOrderSerializer,
        responses={204: None, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Have these items share the places they hold in this order; all others stay where they are."""
        asked = ItemOrderSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            arrange_items(ids=asked.validated_data["items"], actor_id=_person(request))
        except UnknownItemError as error:
            raise invalid("items", _("There is no such item here.")) from error
        return Response(status=204)


class StaffItemBulkView(APIView):
    """A change of many items."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_items_bulk",
        request=BulkSerializer,
        responses={200: BulkResultSerializer, **_REFUSALS},
    )
    def post(self, request: Request) -> Response:
        """Change all of these items or none; the ids that stand in the way are the names of `errors`."""
        asked = BulkSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        sent = asked.validated_data
        try:
            changed = change_items(
                ids=sent["items"],
                action=BulkAction(sent["action"]),
                category_id=sent["category"],
                actor_id=_person(request),
                now=timezone.now(),
            )
        except UnknownItemsError as error:
            told = [_("There is no such item here.")]
            raise Problem(
                400, "invalid", errors=dict.fromkeys(map(str, error.ids), told)
            ) from error
        except UnknownCategoryError as error:
            raise invalid("category", _("There is no such category here.")) from error
        return Response(BulkResultSerializer({"changed": changed}).data)


def _person(request: Request) -> UUID:
    return cast("User", request.user).id
