"""Visitors with browsers, and the visits that came of them."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.test import Client

from storefront.domain import visits
from storefront.gateways import visits as gateway
from storefront.models import Visit
from storefront.requests import PageView
from tenants import scopes
from tenants.gateways import valkey
from tenants.models import Tenant

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
    " Version/18.6 Mobile/15E148 Safari/604.1"
)
LAPTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def visitor(
    tenant: Tenant, *, user_agent: str = PHONE, address: str = "", **headers: str
) -> Client:
    """Somebody's browser at a tenant's storefront."""
    host = f"{tenant.slug}.{settings.SOUQNA_DOMAIN}"
    return Client(
        SERVER_NAME=host,
        HTTP_HOST=host,
        REMOTE_ADDR=address or "203.0.113.7",
        headers={"user-agent": user_agent, **headers},
    )


def written(tenant: Tenant) -> list[Visit]:
    """The tenant's visits, after all that was counted has been written."""
    gateway.stream.settle()
    with scopes.tenant(tenant.id):
        visits.write_waiting()
        return list(Visit.objects.order_by("id"))


def rest(tenant: Tenant, **time: Any) -> None:
    """Let a time pass for all visits that are going on."""
    gateway.stream.settle()
    passed = int(timedelta(**time).total_seconds())
    client = valkey.counters()
    for key in client.scan_iter(match=f"{tenant.id}:visit:*"):
        client.expire(key, client.ttl(key) - passed)


def announced(tenant: Tenant, query: str) -> str:
    """The token of a visit that a link with this query began."""
    landing = f"https://shop.example/en/?{query}"
    answer = visitor(tenant).post(
        "/api/v1/visits/", {"landing_url": landing}, content_type="application/json"
    )
    return str(answer.json()["visit"])


def view_of(tenant: Tenant) -> PageView:
    """A phone's first page, as the middleware sees it."""
    return PageView(
        path="/en/",
        query="",
        referrer="",
        host=f"{tenant.slug}.localhost",
        language="en",
        address="203.0.113.7",
        user_agent=PHONE,
    )
