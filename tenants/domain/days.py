"""Days as the tenants count them: from midnight to midnight in Kuwait."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Kuwait has no summer time, so a day is always 24 hours.
ZONE = ZoneInfo("Asia/Kuwait")


def day_of(moment: datetime) -> date:
    """The tenants' day that `moment` falls on."""
    return moment.astimezone(ZONE).date()


def day_start(day: date) -> datetime:
    """The first moment of `day`."""
    return datetime.combine(day, time.min, tzinfo=ZONE)


def day_end(day: date) -> datetime:
    """The first moment after `day`."""
    return day_start(day + timedelta(days=1))
