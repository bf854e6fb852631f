"""The addresses of a tenant's theme and icon."""

from django import template
from django.urls import reverse

from storefront.domain.colours import palette, parse

register = template.Library()

#: Raise it when the rules for `palette()` change: browsers keep a theme for good.
VERSION = 1


@register.simple_tag
def theme_url(accent: str) -> str:
    """The stylesheet for `accent` (`#rrggbb`): `/ar/theme/1/1a7f5a.css`."""
    return reverse("storefront:theme", kwargs={"version": VERSION, "colour": parse(accent)[1:]})


@register.simple_tag
def icon_url(accent: str) -> str:
    """The tenant's initial on `accent` (`#rrggbb`): `/ar/icon/1a7f5a.svg`."""
    return reverse("storefront:icon", kwargs={"colour": parse(accent)[1:]})


@register.simple_tag
def theme_color(accent: str) -> str:
    """The readable shade of `accent` that browsers may paint their own frame in, in light."""
    return palette(accent).light.accent
