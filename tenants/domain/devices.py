"""A browser's user agent, in a person's words."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# In this order: most browsers name others as well.
_BROWSERS: list[tuple[str, Promise]] = [
    (r"Edg(?:e|A|iOS)?/", gettext_lazy("Edge")),
    (r"OPR/|Opera", gettext_lazy("Opera")),
    (r"SamsungBrowser/", gettext_lazy("Samsung Internet")),
    (r"Firefox/|FxiOS/", gettext_lazy("Firefox")),
    (r"Chrome/|CriOS/", gettext_lazy("Chrome")),
    (r"Safari/", gettext_lazy("Safari")),
]
_SYSTEMS: list[tuple[str, Promise]] = [
    (r"iPhone", gettext_lazy("iPhone")),
    (r"iPad", gettext_lazy("iPad")),
    (r"Android", gettext_lazy("Android")),
    (r"Windows", gettext_lazy("Windows")),
    (r"Macintosh", gettext_lazy("Mac")),
    (r"CrOS", gettext_lazy("Chromebook")),
    (r"Linux", gettext_lazy("Linux")),
]


def device_in_words(user_agent: str) -> str:
    """`Chrome on Android`, in the language in force; as much of it as can be told."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("An unknown device")


def _first(kinds: list[tuple[str, Promise]], user_agent: str) -> str:
    return next((str(name) for pattern, name in kinds if re.search(pattern, user_agent)), "")
