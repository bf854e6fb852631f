"""The APIs' OpenAPI documents: built once a process, in English, and served with their addresses."""

import json
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import URLPattern, get_script_prefix, include, path
from django.utils.translation import override
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from tenants.serializers.problems import ProblemSerializer

Document = dict[str, Any]

_STATUSES = {
    "invalid": 400,
    "idempotency_key_required": 400,
    "reason_required": 400,
    "not_authenticated": 401,
    "invalid_token": 401,
    "invalid_credentials": 401,
    "permission_denied": 403,
    "mfa_required": 403,
    "csrf_failed": 403,
    "not_found": 404,
    "invalid_transition": 409,
    "stale_version": 409,
    "out_of_stock": 409,
    "price_changed": 409,
    "item_unavailable": 409,
    "last_owner": 409,
    "request_in_flight": 409,
    "idempotency_key_reused": 422,
    "rate_limited": 429,
}

#: What the staff API answers to strangers, to members of other tenants, and for what isn't there.
MEMBERS_ONLY = ("not_authenticated", "not_found")
LOCATION = OpenApiParameter(
    "Location", OpenApiTypes.URI, OpenApiParameter.HEADER, response=[201], required=True
)
RETRY_AFTER = OpenApiParameter(
    "Retry-After", int, OpenApiParameter.HEADER, response=[429], description="Seconds."
)


def problems(*codes: str) -> dict[tuple[int, str], OpenApiResponse]:
    """The refusals with these codes, for `extend_schema(responses=…)`."""
    by_status: dict[int, list[str]] = {}
    for code in codes:
        by_status.setdefault(_STATUSES[code], []).append(f"`{code}`")
    return {
        (status, "application/problem+json"): OpenApiResponse(
            ProblemSerializer, description=", ".join(named)
        )
        for status, named in by_status.items()
    }


@cache
def document_of(endpoints: tuple[URLPattern, ...]) -> Document:
    """The document of an API below `/api/v1/`."""
    generator = SchemaGenerator(patterns=[path("api/v1/", include(list(endpoints)))])  # type: ignore[no-untyped-call]
    with override("en"):
        built = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        # Rendered while the language lasts: lazy texts would follow each request's.
        plain: Document = json.loads(OpenApiJsonRenderer().render(built))
    return plain


class SchemaView(SpectacularAPIView):
    """An API's OpenAPI document."""

    endpoints: tuple[URLPattern, ...] = ()

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The document, with the address of this tenant's API."""
        servers = [{"url": get_script_prefix().rstrip("/") or "/"}]
        return Response({**document_of(self.endpoints), "servers": servers})


class DocsView(SpectacularSwaggerSplitView):
    """A page of an API's document. Its script has an address of its own, so that a content security
    policy can forbid inline ones.
    """

    # Its answer to OPTIONS would be rendered by the page's template, which it names in `get()` alone.
    http_method_names = ("get", "head")


class StaffScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its registration isn't typed
    """How the APIs of `app.` know who asks: by an access token, or by the session of `app.` with its
    token for what changes.
    """

    target_class = "tenants.api.authentication.StaffAuthentication"
    name = ["bearer", "staffSession", "csrfToken"]  # noqa: RUF012 (the base class's attribute)

    def get_security_definition(self, auto_schema: Any) -> list[Document]:
        """All, in the order of `name`."""
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
            {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME},
            {"type": "apiKey", "in": "header", "name": "X-CSRFToken"},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Either is enough. Reading needs no CSRF token."""
        session: list[str] = self.name[1:2] if auto_schema.method == "GET" else self.name[1:]
        return [{self.name[0]: []}, {name: [] for name in session}]
