"""Opening hours as people read them: days one after another that are alike stand in one line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from storefront.validators.hours import DAYS

_NAMES: dict[str, str | Promise] = {
    "sun": _("Sunday"),
    "mon": _("Monday"),
    "tue": _("Tuesday"),
    "wed": _("Wednesday"),
    "thu": _("Thursday"),
    "fri": _("Friday"),
    "sat": _("Saturday"),
}


@dataclass(frozen=True, slots=True)
class OpenDays:
    """Days in a row, from `first` to `last` (the same for one alone), and their `times`: each a start and
    an end as HH:MM. No times: closed.
    """

    first: str
    last: str
    times: Sequence[Sequence[str]]

    @property
    def first_name(self) -> str:
        """The first day's name in the language in force."""
        return str(_NAMES[self.first])

    @property
    def last_name(self) -> str:
        """The last day's name in the language in force; empty for one day alone."""
        return "" if self.last == self.first else str(_NAMES[self.last])


def open_days(hours: Mapping[str, Sequence[Sequence[str]]]) -> list[OpenDays]:
    """The week from Sunday on, as `StorefrontSettings.opening_hours` has it; empty if nothing is said."""
    week: list[OpenDays] = []
    for day in DAYS if hours else ():
        times = hours.get(day, [])
        if week and week[-1].times == times:
            week[-1] = replace(week[-1], last=day)
        else:
            week.append(OpenDays(day, day, times))
    return week
