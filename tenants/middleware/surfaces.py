"""From the host to the surface: who is served, by which URLs, in which scope."""

import re
from collections.abc import AsyncIterable, Callable, Iterable
from contextlib import AbstractContextManager
from typing import cast

import redis
import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import (
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    StreamingHttpResponse,
)
from django.urls import set_urlconf
from django_tenants.middleware.main import TenantMainMiddleware
from kombu.exceptions import OperationalError as BrokerError

from tenants import scopes
from tenants.domain.addresses import surface_address
from tenants.domain.release import tenant_fingerprint
from tenants.enums import Surface
from tenants.models import Tenant
from tenants.queries.hosts import is_former, tenant_of_host
from tenants.requests import SurfaceRequest
from tenants.views.health import health_response
from tenants.views.problems import problem_response

_log = structlog.get_logger(__name__)
_HOST = re.compile(r"(?P<name>[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)\.?(?P<port>:[0-9]{0,5})?\Z")
_RETRY_SECONDS = "10"
_SERVER_AWAY = (
    OperationalError,
    InterfaceError,
    redis.ConnectionError,
    redis.TimeoutError,
    BrokerError,
)


class SurfaceMiddleware(TenantMainMiddleware):
    """Set `request.surface`, `request.tenant` and `request.urlconf`, and answer in their scope.

    Domain rows decide which tenant a host leads to, as in django-tenants; nothing is kept on the
    database connection. `/livez` and `/readyz` answer for any host.
    """

    def __init__(self, get_response: Callable[[SurfaceRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self.answer = get_response
        domain = settings.SOUQNA_DOMAIN
        self.own_hosts = {
            domain: Surface.LANDING,
            f"www.{domain}": Surface.LANDING,
            f"app.{domain}": Surface.APP,
            f"admin.{domain}": Surface.ADMIN,
        }

    def __call__(self, request: SurfaceRequest) -> HttpResponseBase:  # type: ignore[override]  # every request here becomes one
        """Answer the request on its surface, or say which host, tenant or server is missing."""
        health = health_response(request)
        if health is not None:
            return health
        request.surface, request.tenant = Surface.LANDING, None
        if not _is_utf8(request):
            return problem_response(request, status=415, code="unsupported_media_type")
        try:
            return self._on_surface(request)
        except _SERVER_AWAY as error:
            return _away(request, error)

    def process_exception(
        self, request: SurfaceRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Turn a view's lost server into a 503; anything else stays an error."""
        return _away(request, exception) if isinstance(exception, _SERVER_AWAY) else None

    def _on_surface(self, request: SurfaceRequest) -> HttpResponseBase:
        host = normalised_host(request)
        surface = self.own_hosts.get(host)
        if surface is None:
            request.tenant = tenant_of_host(host) if host else None
            if request.tenant is None or request.tenant.is_closed:
                return problem_response(request, status=404, code="tenant_not_found")
            surface = Surface.STOREFRONT
        request.surface = surface
        request.urlconf = settings.SURFACE_URLCONFS[surface]
        set_urlconf(request.urlconf)
        structlog.contextvars.bind_contextvars(surface=surface.value, **_log_ids(request.tenant))
        if request.tenant is not None:
            if new := moved_to(host, request.tenant):
                address = surface_address(new, request.get_full_path(), host=request.get_host())
                return moved_response(address)
            closed = unavailable_response(request, request.tenant)
            if closed is not None:
                return closed
        with _scope_of(request):
            return in_scope(self.answer(request))


def normalised_host(request: SurfaceRequest) -> str:
    """The host name in lower case, without trailing dot and port; empty if it is none.

    The request's own header is rewritten likewise, so that no later reader meets another spelling.
    """
    match = _HOST.match(request.META.get("HTTP_HOST", "").lower())
    if match is None:
        request.META["HTTP_HOST"] = settings.SOUQNA_DOMAIN
        return ""
    port = match["port"] or ""
    request.META["HTTP_HOST"] = match["name"] + (port if len(port) > 1 else "")
    return match["name"]


def moved_to(host: str, tenant: Tenant) -> str:
    """The tenant's slug, if `host` is of a slug that it had before. A tenant's own domain is none."""
    label, _, domain = host.partition(".")
    if label == tenant.slug or domain != settings.SOUQNA_DOMAIN:
        return ""
    return tenant.slug if is_former(host) else ""


def moved_response(address: str, *, cache: str = "max-age=3600") -> HttpResponseBase:
    """The answer of an address that was given up: the method and the body go on to the new one."""
    response = HttpResponsePermanentRedirect(address, preserve_request=True)
    response.headers["Cache-Control"] = cache
    return response


def _is_utf8(request: SurfaceRequest) -> bool:
    """Whether the body is said to be in UTF-8, or nothing is said. Django would decode by whatever codec
    is named, among them some that aren't of text.
    """
    charset = (request.content_params or {}).get("charset", "utf-8")
    return charset.lower() in ("utf-8", "utf8")


def log_tenant(tenant: Tenant) -> None:
    """Name the tenant on every further log line: by id, as tasks do, and for people by slug."""
    structlog.contextvars.bind_contextvars(**_log_ids(tenant))


def _log_ids(tenant: Tenant | None) -> dict[str, str]:
    return {"tenant": str(tenant.id), "slug": tenant.slug} if tenant else {}


def unavailable_response(
    request: SurfaceRequest, tenant: Tenant, *, though_suspended: bool = False
) -> HttpResponseBase | None:
    """The answer of a tenant that can't serve now: suspended (unless that is no matter here), or not
    migrated to this release.
    """
    if tenant.is_suspended and not though_suspended:
        is_api = request.path_info.startswith("/api/")
        return problem_response(
            request,
            status=403 if is_api else 503,
            code="tenant_suspended",
        )
    if tenant.schema_fingerprint != tenant_fingerprint():
        _log.warning("tenant_not_migrated", tenant=tenant.slug)
        return problem_response(
            request, status=503, code="unavailable", headers={"Retry-After": _RETRY_SECONDS}
        )
    return None


def in_scope(response: HttpResponseBase) -> HttpResponseBase:
    """The response, its streamed content (read after the scope is left) kept in the scope."""
    if isinstance(response, StreamingHttpResponse):
        content = response.streaming_content
        response.streaming_content = (
            scopes.streamed_async(cast("AsyncIterable[bytes]", content))
            if response.is_async
            else scopes.streamed(cast("Iterable[bytes]", content))
        )
    return response


def _scope_of(request: SurfaceRequest) -> AbstractContextManager[None]:
    if request.tenant is not None:
        return scopes.tenant(request.tenant.id)
    return scopes.platform() if request.surface == Surface.ADMIN else scopes.public()


def _away(request: SurfaceRequest, error: Exception) -> HttpResponseBase:
    _log.error("server_away", error=f"{type(error).__name__}: {error}".strip())
    return problem_response(
        request, status=503, code="unavailable", headers={"Retry-After": _RETRY_SECONDS}
    )
