"""The address of a tenant's theme."""

from django import template
from django.urls import reverse

from storefront.domain.colours import parse

register = template.Library()

#: Raise it when the rules for `palette()` change: browsers keep a theme for good.
VERSION = 1


@register.simple_tag
def theme_url(accent: str) -> str:
    """The stylesheet for `accent` (`#rrggbb`): `/ar/theme/1/1a7f5a.css`."""
    return reverse("storefront:theme", kwargs={"version": VERSION, "colour": parse(accent)[1:]})
