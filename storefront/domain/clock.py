"""When a storefront's pages change though nobody changes anything.

Whoever shows something else from a certain moment on adds the moment here: a page is kept until the next.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from tenants.domain.days import day_end, day_of

# An item that is shown from a moment on; an announcement that ends; a project's days, which are counted
# down at midnight until its last one is over. A moment that has just passed counts too: a page may have
# been read before it.
_MOMENTS = """
WITH clock AS (SELECT statement_timestamp() AS now, statement_timestamp() - %(passed)s AS since)
SELECT clock.now, LEAST(
    (SELECT min(publish_at) FROM catalog_items WHERE status = 'published' AND publish_at > clock.since),
    (SELECT min(announcement_until) FROM storefront_settings WHERE announcement_until > clock.since),
    (SELECT %(midnight)s WHERE EXISTS (
        SELECT FROM catalog_items WHERE status = 'published' AND ends_on >= %(today)s))
)
FROM clock
"""
#: How long a moment counts as just passed: longer than a kept page takes to be made, or the clocks of two
#: servers are apart.
JUST_PASSED = timedelta(seconds=30)


def next_moment(*, now: datetime) -> datetime | None:
    """The first moment at which the clock changes a page, up to `JUST_PASSED` before `now`; None if none
    is known. The database's clock decides, as it does for what is shown; what it says is told in ours.

    One query.
    """
    today = day_of(now)
    asked: dict[str, Any] = {"passed": JUST_PASSED, "today": today, "midnight": day_end(today)}
    with connection.cursor() as cursor:
        cursor.execute(_MOMENTS, asked)
        theirs, found = cursor.fetchone()
    return None if found is None else now + (found - theirs)
