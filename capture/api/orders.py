"""The public API of orders: placing one, and following it by its token."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from capture.api.submissions import submit
from capture.domain import orders
from capture.domain.idempotency import Answer
from capture.domain.orders import NewOrder, place_order, wanted
from capture.domain.quotes import LineProblem
from capture.queries.orders import order_by_token
from capture.serializers.orders import (
    NewOrderSerializer,
    OrderSerializer,
    TrackedOrderSerializer,
    new_order,
    order_document,
    public_context,
    quote_document,
)
from storefront.enums import Offer
from storefront.models import StorefrontSettings
from storefront.queries.settings import offer_settings, offers_of, the_storefront
from tenants.api.problems import Problem
from tenants.api.requests import surface_request, tenant_of
from tenants.api.schemas import LOCATION, RETRY_AFTER, problems

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key", {"type": "string", "format": "uuid"}, OpenApiParameter.HEADER, required=True
)
REPLAYED = OpenApiParameter(
    "Idempotent-Replayed",
    {"type": "string", "enum": ["true"]},
    OpenApiParameter.HEADER,
    response=[201],
    description="There if the answer to the key's first request is repeated.",
)


class OrdersView(APIView):
    """Orders of this storefront."""

    @extend_schema(
        operation_id="place_order",
        request=NewOrderSerializer,
        responses={
            201: OrderSerializer,
            **problems(
                "invalid",
                "idempotency_key_required",
                "item_unavailable",
                "out_of_stock",
                "price_changed",
                "request_in_flight",
                "idempotency_key_reused",
                "rate_limited",
            ),
        },
        parameters=[KEY_HEADER, LOCATION, REPLAYED, RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Place an order. Prices come from the catalog; `expected_total` is only compared."""
        submitted = partial(submit, request, "orders", now=timezone.now())
        try:
            asked = new_order(request.data, language=get_language() or "en")
        except ValidationError as error:
            # A key that has an answer repeats it, and its reuse is told first.
            return submitted(partial(_refuse, error))
        asking = [offer_settings(), *wanted(asked)]
        return submitted(partial(_placed, request, asked), asking=asking)


def _refuse(error: ValidationError) -> Answer:
    raise error


def _placed(
    request: Request, asked: NewOrder, settings: Iterable[StorefrontSettings], *rows: Any
) -> Answer:
    is_open = Offer.ORDERS in offers_of(tenant_of(request), the_storefront(settings))
    with refusals():
        order = place_order(asked, is_open=is_open, rows=rows, now=timezone.now())
    tracking_url = public_context(surface_request(request))["tracking_url"](order)
    body = order_document(order, tracking_url=tracking_url)
    location = request.build_absolute_uri(f"/api/v1/track/{order.tracking_token}/")
    return Answer(201, body, location=location)


class TrackView(APIView):
    """One submission, for whoever holds its token."""

    @extend_schema(
        operation_id="track", responses={200: TrackedOrderSerializer, **problems("not_found")}
    )
    def get(self, request: Request, token: str) -> Response:
        """Where it stands and what became of it."""
        order = order_by_token(token)
        if order is None:
            raise Problem(404, "not_found")
        shown = TrackedOrderSerializer(order, context=public_context(surface_request(request)))
        return Response(shown.data, headers={"Cache-Control": "private, no-store"})


@contextmanager
def refusals() -> Iterator[None]:
    """Turn an order's refusal into a problem that names the lines."""
    try:
        yield
    except orders.InvalidLinesError as error:
        raise Problem(400, "invalid", errors=_lines(error.problems)) from error
    except orders.ItemUnavailableError as error:
        raise Problem(409, "item_unavailable", errors=_lines(error.problems)) from error
    except orders.OutOfStockError as error:
        raise Problem(409, "out_of_stock", errors=_lines(error.problems)) from error
    except orders.PriceChangedError as error:
        raise Problem(
            409, "price_changed", members={"quote": quote_document(error.quote)}
        ) from error


def _lines(problems: Sequence[LineProblem]) -> dict[str, list[str]]:
    return {"lines": [problem.message for problem in problems]} if problems else {}
