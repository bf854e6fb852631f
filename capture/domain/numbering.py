"""Numbers that people read out on the phone: unique and without gaps, a tenant and kind."""

from collections.abc import Sequence

from django.db import connection

from capture.models import NumberCounter
from tenants.db.messages import Statement, ask

FIRST = 1001


def take_number(kind: str, prefix: str, *, after: Sequence[Statement] = ()) -> str:
    """The next number, such as `O-1001`. Last in the transaction: it locks the counter's row until the
    commit, and a rollback gives the number back. `after`: statements to send in the same message.
    """
    table = connection.ops.quote_name(NumberCounter._meta.db_table)
    taking = Statement(
        f"INSERT INTO {table} AS counter (kind, value) VALUES (%s, %s)"  # noqa: S608 (a model's table)
        " ON CONFLICT (kind) DO UPDATE SET value = counter.value + 1 RETURNING value",
        [kind, FIRST],
    )
    *_, ((value,),) = ask(*after, taking)
    return f"{prefix}-{value}"
