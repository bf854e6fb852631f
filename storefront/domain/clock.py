"""When a storefront's pages change though nobody changes anything.

Whoever shows something else from a certain moment on adds the moment here: a page is kept until the next.
"""

from datetime import datetime

from django.db import connection

from tenants.domain.days import day_end, day_of

# An item that is shown from a moment on; an announcement that ends; a project's days, which are counted
# down at midnight until its last one is over.
_MOMENTS = """
SELECT LEAST(
    (SELECT min(publish_at) FROM catalog_items WHERE status = 'published' AND publish_at > %(now)s),
    (SELECT min(announcement_until) FROM storefront_settings WHERE announcement_until > %(now)s),
    (SELECT %(midnight)s WHERE EXISTS (
        SELECT FROM catalog_items WHERE status = 'published' AND ends_on >= %(today)s))
)
"""


def next_moment(*, now: datetime) -> datetime | None:
    """The first moment after `now` at which the clock changes a page; None if none is known.

    One query.
    """
    today = day_of(now)
    with connection.cursor() as cursor:
        cursor.execute(_MOMENTS, {"now": now, "today": today, "midnight": day_end(today)})
        found: datetime | None = cursor.fetchone()[0]
    return found
