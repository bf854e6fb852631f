"""Parts of a page that orders and gifts change."""

from typing import Any

from django import template
from django.utils.safestring import SafeString

from storefront.domain.live import shown

register = template.Library()


@register.simple_tag
def live(part: str, item: Any, **given: Any) -> SafeString:
    """`{% live "stock" item %}`: what this part says of the item now, however old the page is."""
    return shown(part, item, **given)
