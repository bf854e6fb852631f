"""The person who asks."""

from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.api.authentication import IsLoggedIn, StaffAuthentication
from tenants.api.schemas import problems
from tenants.models import User
from tenants.queries.members import memberships_of
from tenants.serializers.auth import MembershipSerializer, MeSerializer


class MeView(APIView):
    """`me/`."""

    authentication_classes = (StaffAuthentication,)
    permission_classes = (IsLoggedIn,)

    @extend_schema(
        operation_id="me",
        responses={200: MeSerializer, **problems("not_authenticated", "invalid_token")},
    )
    def get(self, request: Request) -> Response:
        """Who is logged in, and where they belong. Two queries."""
        user = cast("User", request.user)
        memberships = MembershipSerializer(memberships_of(user), many=True).data
        return Response(
            {
                "id": str(user.id),
                "sub": user.cognito_sub,
                "email": user.email,
                "name": user.name,
                "mfa": user.has_mfa,
                "memberships": memberships,
            }
        )
