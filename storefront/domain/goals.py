"""What was given to a project: moved by those who write the gifts, in their transaction."""

from decimal import Decimal
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction

ZERO = Decimal(0)
# Without a row yet: one of zeros. The update below is then the same for all, and a lowering that
# PostgreSQL would refuse to insert is refused only if it leads below zero.
_BEGIN = """
INSERT INTO goal_totals (item_id, received, pending, pledged)
SELECT id, 0, 0, 0 FROM catalog_items WHERE id = %s AND kind = 'project' FOR KEY SHARE
ON CONFLICT (item_id) DO NOTHING
"""
_MOVE = """
UPDATE goal_totals
SET received = received + %s, pending = pending + %s, pledged = pledged + %s
WHERE item_id = %s
"""


class UnknownProjectError(Exception):
    """There is no such project here."""


class TotalsRefusedError(Exception):
    """A layer would come below zero, or above what it can hold: more is taken back than was given."""


def move_totals(
    item_id: UUID, *, received: Decimal = ZERO, pending: Decimal = ZERO, pledged: Decimal = ZERO
) -> None:
    """Add to the layers of a project's bar, in KWD; below zero takes away, as a refund does.

    In the transaction of the gift, last of what can wait: from here to its commit the project's other
    gifts do. Pages show it at once (`storefront/domain/live.py`). Raises UnknownProjectError and
    TotalsRefusedError; then nothing is changed.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_BEGIN, [item_id])
            cursor.execute(_MOVE, [received, pending, pledged, item_id])
            if not cursor.rowcount:
                raise UnknownProjectError
    except (DataError, IntegrityError) as error:
        raise TotalsRefusedError(f"project {item_id}") from error
