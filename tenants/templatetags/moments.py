"""Moments as people read them: on Kuwait's clock, or how long ago."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.domain.days import ZONE

register = template.Library()

_MINUTE, _HOUR, _DAY = 60, 3600, 86400  # seconds


@register.filter
def moment(value: datetime) -> str:
    """`23 November 2026, 12:24`, «23 نوفمبر 2026، 12:24»."""
    local = value.astimezone(ZONE)
    return _("%(day)s, %(time)s") % {
        "day": date_format(local, "j F Y"),
        "time": date_format(local, "H:i"),
    }


@register.filter
def age(value: datetime) -> str:
    """How long ago: `now`, `5 minutes ago`, `3 hours ago`, `2 days ago`."""
    seconds = int((timezone.now() - value).total_seconds())
    if seconds < _MINUTE:
        return _("just now")
    if seconds < _HOUR:
        count = seconds // _MINUTE
        text = ngettext("%(count)d minute ago", "%(count)d minutes ago", count)
    elif seconds < _DAY:
        count = seconds // _HOUR
        text = ngettext("%(count)d hour ago", "%(count)d hours ago", count)
    else:
        count = seconds // _DAY
        text = ngettext("%(count)d day ago", "%(count)d days ago", count)
    return text % {"count": count}
