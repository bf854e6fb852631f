"""The public API of the storefront itself."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.models import StorefrontSettings
from storefront.queries.settings import get_storefront, offers_of
from storefront.serializers.storefront import StorefrontSerializer, address_of, colors_of
from tenants.api.requests import surface_request, tenant_of


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
                "colors": colors_of(settings),
                "logo": address_of(settings.logo, surface_request(request)),
                "contact": _contact(settings),
            }
        )
        return Response(shown.data)


def _contact(settings: StorefrontSettings) -> dict[str, object]:
    ways = ("phone", "whatsapp", "email", "address", "map_url")
    return {
        **{name: getattr(settings, name) or None for name in ways},
        "opening_hours": settings.opening_hours,
        "social": settings.social,
    }
