"""Numbers that people read out on the phone: unique and without gaps, a tenant and kind."""

from django.db import connection

from capture.models import NumberCounter
from tenants.db.messages import GOES_ON, Statement

FIRST = 1001


def next_number(kind: str) -> Statement:
    """What takes the next number: one row, one integer. Ask it after whatever else is locked: it locks
    the counter's row until the commit, and a rollback gives the number back.
    """
    table = connection.ops.quote_name(NumberCounter._meta.db_table)
    return Statement(
        f"INSERT INTO {table} AS counter (kind, value) SELECT %s, %s WHERE {GOES_ON}"
        " ON CONFLICT (kind) DO UPDATE SET value = counter.value + 1 RETURNING value",
        [kind, FIRST],
    )
