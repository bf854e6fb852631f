"""The public API of the storefront itself."""

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.domain.colours import palette
from storefront.queries.settings import get_storefront, offers_of
from storefront.serializers.storefront import StorefrontSerializer
from tenants.api.requests import tenant_of


class StorefrontView(APIView):
    """The storefront."""

    @extend_schema(operation_id="storefront_read", responses=StorefrontSerializer)
    def get(self, request: Request) -> Response:
        """Name, languages, colours, contact, and what the tenant takes."""
        tenant = tenant_of(request)
        settings = get_storefront()
        shown = StorefrontSerializer(
            {
                "tenant": tenant,
                "settings": settings,
                "accepts": offers_of(tenant, settings),
                "currency": "KWD",
                "colors": {"accent": settings.accent, **asdict(palette(settings.accent))},
                "logo": None,
                "contact": {"phone": settings.phone or None, "email": settings.email or None},
            }
        )
        return Response(shown.data)
