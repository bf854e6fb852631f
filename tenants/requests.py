"""A request as it is once the surface middleware has seen it."""

from ipaddress import IPv4Address, IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

from tenants.enums import Surface
from tenants.models import Login, Tenant, TenantMember


class SurfaceRequest(HttpRequest):
    """What the middleware adds. `tenant` is None off the storefronts and dashboards; `member` is set
    on dashboards only. `access` is the verified token that an API request came with, `login` the
    browser's; `is_token_bad` says that there was a token, and that it is no good.
    """

    surface: Surface
    tenant: Tenant | None
    member: TenantMember
    access: str | None
    is_token_bad: bool
    login: Login | None
    urlconf: str


def client_address(request: HttpRequest) -> str:
    """The address that the request came from: the connection's, or with `SOUQNA_TRUSTED_HOPS` proxies
    of ours in front, the entry of X-Forwarded-For that the outermost of them wrote (counted from the
    right: what stands further left is the client's own word). Of IPv6 the /64, which is one household's.
    """
    return _household(_address(request))


def _address(request: HttpRequest) -> str:
    hops = settings.SOUQNA_TRUSTED_HOPS
    if hops:
        entries = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        entry = entries[-hops].strip() if len(entries) >= hops else ""
        if entry:
            return str(entry)
    return str(request.META.get("REMOTE_ADDR", ""))


def _household(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped or IPv6Network((parsed, 64), strict=False).network_address)
