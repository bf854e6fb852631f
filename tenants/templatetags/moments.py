"""Moments as people read them: how long ago."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()

_MINUTE, _HOUR, _DAY = 60, 3600, 86400  # seconds


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
