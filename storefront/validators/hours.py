"""Opening hours: by weekday, up to three times a day at which somebody is there."""

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tenants.validators.text import latin_digits

#: The weekdays, by the names they are kept under, as the week begins in Kuwait.
DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
#: Intervals of one day.
MOST_INTERVALS = 3
_DAY = 24 * 60  # minutes
_TIME = re.compile(r"(?P<hour>[0-9]{1,2})(?:[:.](?P<minute>[0-9]{2}))?\Z")
_BETWEEN_INTERVALS = re.compile(r"[,،;؛\n]+")
_BETWEEN_TIMES = re.compile(r"\s*(?:-|–|—|−|~|\bto\b|إلى)\s*")

Interval = tuple[str, str]
Hours = dict[str, list[list[str]]]


def read_day(text: str) -> list[list[str]]:
    """One day's hours as people write them: `9:00–13:00, 16-21`, in any digits. Empty: a day off. Raises
    ValidationError.
    """
    parts = [part for part in _BETWEEN_INTERVALS.split(latin_digits(text)) if part.strip()]
    return [_BETWEEN_TIMES.split(part.strip()) for part in parts]


def write_day(intervals: list[list[str]]) -> str:
    """One day's hours as `read_day` reads them."""
    return ", ".join(f"{start}–{end}" for start, end in intervals)


def clean_hours(value: Any) -> Hours:
    """Opening hours `{"sun": [["09:00", "13:00"], …], …}` with each time as HH:MM, days off left out.

    An interval whose end is before its start goes on past midnight. Raises ValidationError for what is
    no such thing, for more than three intervals a day, and for those that overlap.
    """
    if not isinstance(value, Mapping) or not set(value) <= set(DAYS):
        raise _malformed()
    hours = {day: _clean_day(value[day]) for day in DAYS if value.get(day)}
    _refuse_overlaps(hours)
    return hours


def _clean_day(intervals: Any) -> list[list[str]]:
    if not isinstance(intervals, list | tuple):
        raise _malformed()
    if len(intervals) > MOST_INTERVALS:
        raise ValidationError(_("Up to three times a day can be given."), code="many")
    return sorted(_clean_interval(interval) for interval in intervals)


def _clean_interval(interval: Any) -> list[str]:
    if not isinstance(interval, list | tuple) or len(interval) != 2:  # noqa: PLR2004 (start and end)
        raise _malformed()
    start, end = map(_minutes, interval)
    if start in (_DAY, end):
        raise _malformed()
    # A whole day ends with its last minute: 24:00 is no time of day elsewhere.
    end = _DAY - 1 if (start, end) == (0, _DAY) else end % _DAY
    return [_told(start), _told(end)]


def _minutes(text: Any) -> int:
    match = _TIME.match(latin_digits(text).strip()) if isinstance(text, str) else None
    if match is None:
        raise _malformed()
    minutes = int(match["hour"]) * 60 + int(match["minute"] or 0)
    if minutes > _DAY or int(match["minute"] or 0) > 59:  # noqa: PLR2004 (minutes of an hour)
        raise _malformed()
    return minutes


def _told(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _refuse_overlaps(hours: Hours) -> None:
    week = sorted(_week(hours))
    if not week:
        return
    # Saturday night goes on into the week's first day.
    first, last = week[0], week[-1]
    week.append((first[0] + 7 * _DAY, last[1] + 7 * _DAY))
    if any(end > later for (_start, end), (later, _end) in pairwise(week)):
        raise ValidationError(_("Two of these times overlap."), code="overlap")


def _week(hours: Hours) -> Iterator[tuple[int, int]]:
    """The intervals in minutes of the week."""
    for number, day in enumerate(DAYS):
        for start_text, end_text in hours.get(day, []):
            start, end = _minutes(start_text), _minutes(end_text)
            begin = number * _DAY
            yield begin + start, begin + (end if end > start else end + _DAY)


def _malformed() -> ValidationError:
    return ValidationError(_("Write times such as 09:00–13:00, 16:00–21:00."), code="hours")
