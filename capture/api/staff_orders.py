"""The staff's API of orders: list, one, and its steps."""

from datetime import date, datetime
from typing import Any, cast

from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from capture.api.orders import refusals
from capture.domain import orders, workflows
from capture.models import Order
from capture.queries.orders import order_by_number, orders_matching, with_details, with_visits
from capture.serializers.orders import (
    OrderFilterSerializer,
    StaffOrderSerializer,
    TransitionSerializer,
)
from tenants.api.authentication import StaffAuthentication
from tenants.api.pagination import CursorPages
from tenants.api.problems import Problem
from tenants.api.requests import surface_request
from tenants.api.schemas import MEMBERS_ONLY, problems
from tenants.domain.addresses import surface_address
from tenants.domain.days import day_end, day_start
from tenants.models import Tenant, User
from tenants.requests import SurfaceRequest


class OrderPages(CursorPages):
    """Newest first."""

    ordering = ("-created_at", "-id")


class StaffOrdersView(ListAPIView[Order]):
    """The tenant's orders."""

    authentication_classes = (StaffAuthentication,)
    serializer_class = StaffOrderSerializer
    pagination_class = OrderPages

    @extend_schema(
        operation_id="orders_list",
        parameters=[OrderFilterSerializer],
        responses={
            200: StaffOrderSerializer(many=True),
            **problems("invalid", *MEMBERS_ONLY),
        },
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Orders, newest first, with lines and history."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """The orders asked for."""
        asked = OrderFilterSerializer(data=self.request.query_params.dict())
        asked.is_valid(raise_exception=True)
        sent = asked.validated_data
        found = orders_matching(
            status=sent.get("status", ""),
            search=sent.get("search", ""),
            created_from=_start(sent.get("created_from")),
            created_before=_end(sent.get("created_to")),
        )
        return with_visits(with_details(found))

    def get_serializer_context(self) -> dict[str, Any]:
        """What the serializer needs of the request."""
        return {**super().get_serializer_context(), **staff_context(surface_request(self.request))}


class StaffOrderView(APIView):
    """One order."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="orders_read",
        responses={200: StaffOrderSerializer, **problems(*MEMBERS_ONLY)},
    )
    def get(self, request: Request, number: str) -> Response:
        """The order with its lines, its history and what can be done next."""
        return _shown(request, number)


class StaffOrderTransitionsView(APIView):
    """The steps of one order."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="orders_transition",
        request=TransitionSerializer,
        responses={
            200: StaffOrderSerializer,
            **problems(
                "invalid",
                "reason_required",
                "csrf_failed",
                "invalid_transition",
                "stale_version",
                "out_of_stock",
                *MEMBERS_ONLY,
            ),
        },
    )
    def post(self, request: Request, number: str) -> Response:
        """Take a step, as seen at `version`."""
        asked = TransitionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        sent = asked.validated_data
        user = cast("User", request.user)
        try:
            with refusals():
                orders.change_status(
                    number,
                    to=sent["to"],
                    version=sent["version"],
                    reason=sent.get("reason") or "",
                    actor=orders.Actor(user.id, user.name or user.email),
                    now=timezone.now(),
                )
        except orders.UnknownOrderError as error:
            raise Problem(404, "not_found") from error
        except workflows.StaleVersionError as error:
            raise Problem(409, "stale_version") from error
        except workflows.InvalidTransitionError as error:
            raise Problem(409, "invalid_transition") from error
        except workflows.ReasonRequiredError as error:
            raise Problem(400, "reason_required") from error
        return _shown(request, number)


def staff_context(request: HttpRequest) -> dict[str, Any]:
    """The serializers' context on a dashboard: customers' addresses are on the storefront's host."""
    tenant = cast("Tenant", cast("SurfaceRequest", request).tenant)
    host = request.get_host()

    def tracking_url(order: Order) -> str:
        path = f"/{order.language}/track/{order.tracking_token}/"
        return surface_address(tenant.slug, path, host=host)

    return {"tracking_url": tracking_url}


def _shown(request: Request, number: str) -> Response:
    order = order_by_number(number)
    if order is None:
        raise Problem(404, "not_found")
    context = staff_context(surface_request(request))
    return Response(StaffOrderSerializer(order, context=context).data)


def _start(asked: date | None) -> datetime | None:
    return asked if isinstance(asked, datetime) or asked is None else day_start(asked)


def _end(asked: date | None) -> datetime | None:
    return asked if isinstance(asked, datetime) or asked is None else day_end(asked)
