"""Addresses on `app.`, from wherever a page of it is."""

from django import template
from django.conf import settings
from django.urls import get_script_prefix, reverse

register = template.Library()


@register.simple_tag
def app_url(name: str) -> str:
    """The address of a page that belongs to no tenant, on a tenant's dashboard too."""
    path = reverse(name, urlconf=settings.SURFACE_URLCONFS["app"])
    return "/" + path.removeprefix(get_script_prefix())


@register.simple_tag
def dashboard_url(slug: str) -> str:
    """The first page of a tenant's dashboard."""
    return f"/{slug}/"
