"""A person's organisations: those they belong to, and a new one."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.domain.onboarding import start_storefront
from storefront.serializers.onboarding import (
    NewTenantSerializer,
    OwnTenantSerializer,
    OwnTenantsSerializer,
)
from tenants.api.authentication import IsLoggedIn, StaffAuthentication
from tenants.api.problems import Problem, invalid, limits
from tenants.api.schemas import LOCATION, RETRY_AFTER, problems
from tenants.domain.addresses import surface_address
from tenants.domain.onboarding import NewTenant, Standing, TooManyTenantsError
from tenants.domain.provisioning import PoolExhaustedError
from tenants.domain.tenants import SlugAlikeError, SlugTakenError
from tenants.enums import Role
from tenants.models import Tenant, User
from tenants.queries.members import memberships_of


class TenantsView(APIView):
    """`tenants/`."""

    authentication_classes = (StaffAuthentication,)
    permission_classes = (IsLoggedIn,)

    @extend_schema(
        operation_id="tenants_list",
        responses={200: OwnTenantsSerializer, **problems("not_authenticated", "invalid_token")},
    )
    def get(self, request: Request) -> Response:
        """The organisations that the person belongs to, by slug. One query more than knowing who asks."""
        found = memberships_of(cast("User", request.user))
        results = [_shown(request, member.tenant, member.role) for member in found]
        return Response({"next": None, "previous": None, "results": results})

    @extend_schema(
        operation_id="tenants_create",
        request=NewTenantSerializer,
        responses={
            201: OwnTenantSerializer,
            **problems(
                "invalid",
                "not_authenticated",
                "invalid_token",
                "csrf_failed",
                "permission_denied",
                "rate_limited",
            ),
        },
        parameters=[LOCATION, RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Open an organisation of the person's own. Sent twice within a minute, it is opened once."""
        asked = NewTenantSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        fields = cast("dict[str, Any]", asked.validated_data)
        accent = fields.pop("accent")
        owner = cast("User", request.user)
        with _refusals():
            tenant = start_storefront(
                NewTenant(**fields), accent=accent, owner=owner, now=timezone.now()
            )
        shown = _shown(request, tenant, Role.OWNER)
        return Response(shown, status=201, headers={"Location": shown["dashboard_url"]})


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        with limits():
            yield
    except SlugAlikeError as error:
        raise invalid("slug", Standing.ALIKE.words) from error
    except SlugTakenError as error:
        raise invalid("slug", Standing.TAKEN.words) from error
    except TooManyTenantsError as error:
        raise Problem(403, "permission_denied", members={"detail": str(error)}) from error
    except PoolExhaustedError as error:
        raise Problem(503, "unavailable") from error


def _shown(request: Request, tenant: Tenant, role: str) -> dict[str, Any]:
    host = request.get_host()
    document = OwnTenantSerializer(
        {
            "id": tenant.id,
            "slug": tenant.slug,
            "name_ar": tenant.name_ar,
            "name_en": tenant.name_en,
            "kind": tenant.kind,
            "status": tenant.status,
            "role": role,
            "dashboard_url": surface_address("app", f"/{tenant.slug}/", host=host),
            "storefront_url": surface_address(tenant.slug, host=host),
        }
    )
    return dict(document.data)
