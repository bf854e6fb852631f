"""The staff's API of the storefront's settings."""

from django.core.exceptions import ValidationError
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.domain.settings import Presentation, StaleSettingsError, update_storefront
from storefront.queries.settings import get_storefront
from storefront.serializers.storefront import StaffStorefrontSerializer
from tenants.api.authentication import StaffAuthentication
from tenants.api.problems import Problem
from tenants.api.requests import surface_request, tenant_of
from tenants.api.schemas import MEMBERS_ONLY, problems
from tenants.domain.permissions import Permission, may


class StaffStorefrontView(APIView):
    """`storefront/`."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_storefront_read",
        responses={200: StaffStorefrontSerializer, **problems(*MEMBERS_ONLY)},
    )
    def get(self, request: Request) -> Response:
        """All settings, in both languages. One query."""
        return _shown(request, Presentation(tenant_of(request), get_storefront()))

    @extend_schema(
        operation_id="staff_storefront_update",
        request=StaffStorefrontSerializer(partial=True),
        responses={
            200: StaffStorefrontSerializer,
            **problems(
                "invalid", "csrf_failed", "permission_denied", "stale_version", *MEMBERS_ONLY
            ),
        },
    )
    def patch(self, request: Request) -> Response:
        """Write some settings: owners and admins. With `version`, only if nobody has written since. The
        slug can't be changed here.
        """
        actor = surface_request(request).member
        if not may(actor.role, Permission.MANAGE_SETTINGS):
            raise Problem(403, "permission_denied")
        asked = StaffStorefrontSerializer(data=request.data, partial=True)
        asked.is_valid(raise_exception=True)
        changes = dict(asked.validated_data)
        version = changes.pop("version", None)
        try:
            written = update_storefront(
                changes=changes, actor=actor, now=timezone.now(), version=version
            )
        except ValidationError as error:
            raise Problem(400, "invalid", errors=error.message_dict) from error
        except StaleSettingsError as error:
            raise Problem(409, "stale_version") from error
        return _shown(request, Presentation(written.tenant, get_storefront()))


def _shown(request: Request, shown: Presentation) -> Response:
    told = StaffStorefrontSerializer(shown, context={"request": surface_request(request)})
    return Response(told.data)
