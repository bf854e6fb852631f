"""No tenant can take an address that the platform uses itself."""

import importlib

import pytest
from django.urls import URLPattern, URLResolver

from tenants.validators.slugs import RESERVED_SLUGS, SLUG

_HOSTS = {"www", "app", "admin", "static", "media", "api", "livez", "readyz"}


def _first_segments(patterns) -> set[str]:
    segments = set()
    for entry in patterns:
        route = str(entry.pattern).lstrip("^/")
        if not route and isinstance(entry, URLResolver):
            segments |= _first_segments(entry.url_patterns)
        else:
            assert isinstance(entry, URLPattern | URLResolver)
            segments.add(route.split("/")[0])
    return segments - {""}


def test_every_first_segment_of_the_app_is_reserved():
    segments = _first_segments(importlib.import_module("config.urls.app").urlpatterns)

    assert segments
    assert {one for one in segments if SLUG.match(one)} <= RESERVED_SLUGS


@pytest.mark.parametrize("name", sorted(_HOSTS))
def test_our_own_hosts_and_paths_are_reserved(name):
    assert name in RESERVED_SLUGS


def test_a_dashboard_is_for_members_only(real_db, at):
    """404 for a stranger, whether the tenant exists or not; anybody logged out is sent to log in."""
    from tenants import scopes
    from tenants.models import User

    client = at("app")
    assert client.get("/oud-house/").status_code == client.get("/no-such-one/").status_code == 302
    assert client.get("/oud-house/api/v1/orders/").json()["code"] == "not_authenticated"
    with scopes.public():
        client.force_login(User.objects.get(email="owner@ghaith.example"))

    assert client.get("/ghaith/").status_code == 200
    assert client.get("/ghaith").headers["Location"] == "/ghaith/"
    assert client.get("/oud-house/").status_code == 404
    assert client.get("/no-such-one/").status_code == 404
    assert client.get("/oud-house/api/v1/orders/").json()["code"] == "not_found"
