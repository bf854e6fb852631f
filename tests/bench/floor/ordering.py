"""Placing an order: the writes of ours in one transaction, and as little around them as will do."""

import hashlib
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, F, When
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_POST

from tests.bench.floor.models import CatalogItem
from tests.bench.floor.orders import (
    CustomerOrder,
    IdempotencyRecord,
    OrderChange,
    OrderLine,
    OutboxEvent,
)
from tests.bench.floor.views import SITES

_NUMBER = (
    'INSERT INTO "number_counters" AS counter (kind, value) VALUES (%s, %s)'
    " ON CONFLICT (kind) DO UPDATE SET value = counter.value + 1 RETURNING value"
)


@require_POST
def order(request: HttpRequest) -> HttpResponse:
    """201 and the order, or 400."""
    try:
        asked = json.loads(request.body)
        wanted = {UUID(line["item"]): int(line["quantity"]) for line in asked["lines"]}
        key = UUID(request.headers["Idempotency-Key"])
        who = {
            name: str(asked[name])
            for name in ("customer_name", "customer_email", "note", "language")
        }
        who["customer_phone"] = f"+965{int(asked['customer_phone'])}"
    except (ValueError, LookupError, TypeError):
        return HttpResponse(status=400)
    with transaction.atomic():
        found = CatalogItem.objects.select_for_update().filter(id__in=wanted).order_by("id")
        items = {item.id: item for item in found}
        if any(key not in items or items[key].stock < count for key, count in wanted.items()):
            return HttpResponse(status=409)
        document = _placed(request, items, wanted, who)
        location = request.build_absolute_uri(f"/api/v1/track/{document['tracking_token']}/")
        IdempotencyRecord.objects.create(
            endpoint="orders",
            key=key,
            fingerprint=hashlib.sha256(request.body).hexdigest(),
            status=201,
            body=json.dumps(document, ensure_ascii=False),
            location=location,
            created_at=timezone.now(),
        )
    return JsonResponse(document, status=201, headers={"Location": location})


def _placed(
    request: HttpRequest,
    items: dict[UUID, CatalogItem],
    wanted: dict[UUID, int],
    who: dict[str, str],
) -> dict[str, Any]:
    now = timezone.now()
    taken = (When(id=key, then=-count) for key, count in wanted.items())
    CatalogItem.objects.filter(id__in=wanted).update(stock=F("stock") + Case(*taken))
    total = sum((items[key].price * count for key, count in wanted.items()), Decimal("0.000"))
    placed = CustomerOrder(**who, total=total, created_at=now, updated_at=now)
    with connection.cursor() as cursor:
        cursor.execute(_NUMBER, ["order", 1001])
        placed.number = f"O-{cursor.fetchone()[0]}"
    placed.save(force_insert=True)
    lines = [
        OrderLine(
            order=placed,
            item_id=key,
            position=position,
            name_ar=items[key].name_ar,
            name_en=items[key].name_en,
            unit_price=items[key].price,
            quantity=count,
            total=items[key].price * count,
        )
        for position, (key, count) in enumerate(wanted.items())
    ]
    OrderLine.objects.bulk_create(lines)
    OrderChange.objects.create(order=placed, to_status="pending", version=1, created_at=now)
    OutboxEvent(
        tenant_id=SITES[request.get_host()].folder,
        kind="order.created",
        payload={"order": str(placed.id), "number": placed.number},
    ).save(force_insert=True)
    return _document(request, placed, lines, items)


def _document(
    request: HttpRequest,
    placed: CustomerOrder,
    lines: list[OrderLine],
    items: dict[UUID, CatalogItem],
) -> dict[str, Any]:
    address = f"/{placed.language}/track/{placed.tracking_token}/"
    return {
        "number": placed.number,
        "status": placed.status,
        "payment_status": placed.payment_status,
        "currency": placed.currency,
        "created_at": placed.created_at.isoformat().replace("+00:00", "Z"),
        "tracking_token": placed.tracking_token,
        "tracking_url": request.build_absolute_uri(address),
        "lines": [
            {
                "item": str(line.item_id),
                "name": items[line.item_id].name,
                "variant": None,
                "unit_price": f"{line.unit_price:.3f}",
                "quantity": line.quantity,
                "total": f"{line.total:.3f}",
            }
            for line in lines
        ],
        "delivery_fee": f"{placed.delivery_fee:.3f}",
        "total": f"{placed.total:.3f}",
    }
