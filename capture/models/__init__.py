"""Models of what visitors submit, in the tenant's schema."""

from capture.models.orders import Order, OrderChange, OrderLine
from capture.models.submissions import IdempotencyRecord, NumberCounter

__all__ = ["IdempotencyRecord", "NumberCounter", "Order", "OrderChange", "OrderLine"]
