"""Stock django-tenants in our database, for information: the same orders through its backend."""

from itertools import cycle, islice

from django.db import connection

from tests.bench.orders import OrderFields, take_order
from tests.bench.side import cost


class Order(OrderFields):
    """An order of the row `transaction`."""

    class Meta(OrderFields.Meta):
        abstract = False
        app_label = "bench"
        db_table = "bench_orders"


def transactions(schemas: list[str], times: int) -> int:
    """CPU of `times` orders, schemas in rotation."""
    connection.ensure_connection()
    rotation = islice(cycle(schemas), times)

    def order() -> None:
        connection.set_schema(next(rotation))
        take_order(Order)

    return cost(order, times)
