"""The staff's API of the team."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.api.authentication import StaffAuthentication
from tenants.api.pagination import CursorPages
from tenants.api.problems import Problem
from tenants.api.requests import surface_request
from tenants.api.schemas import MEMBERS_ONLY, problems
from tenants.domain import members
from tenants.domain.permissions import Permission, PermissionDeniedError, require
from tenants.models import TenantMember
from tenants.queries.members import team, with_people
from tenants.serializers.members import MemberSerializer, RoleSerializer


class MemberPages(CursorPages):
    """The longest members first."""

    ordering = ("created_at", "id")


class MembersView(ListAPIView[TenantMember]):
    """`members/`."""

    authentication_classes = (StaffAuthentication,)
    serializer_class = MemberSerializer
    pagination_class = MemberPages

    @extend_schema(
        operation_id="members_list",
        responses={200: MemberSerializer(many=True), **problems("mfa_required", *MEMBERS_ONLY)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The team, the longest members first. Two queries."""
        rows = self.paginate_queryset(team()) or []
        shown = MemberSerializer(with_people(rows), many=True).data
        return self.get_paginated_response(shown)


class MemberView(APIView):
    """`members/{id}/`."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="members_read",
        responses={200: MemberSerializer, **problems("mfa_required", *MEMBERS_ONLY)},
    )
    def get(self, request: Request, member_id: UUID) -> Response:
        """One member. Two queries."""
        return _shown(team().filter(id=member_id).first())

    @extend_schema(
        operation_id="members_update",
        request=RoleSerializer,
        responses={
            200: MemberSerializer,
            **problems(
                "invalid", "csrf_failed", "mfa_required", "permission_denied", "last_owner",
                *MEMBERS_ONLY,
            ),
        },
    )  # fmt: skip
    def patch(self, request: Request, member_id: UUID) -> Response:
        """Give a member another role."""
        with refusals():
            actor = manager(request)
            asked = RoleSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            changed = members.change_role(
                member_id=member_id, role=asked.validated_data["role"], actor=actor
            )
        return _shown(changed)

    @extend_schema(
        operation_id="members_delete",
        responses={
            204: None,
            **problems(
                "csrf_failed", "mfa_required", "permission_denied", "last_owner", *MEMBERS_ONLY
            ),
        },
    )
    def delete(self, request: Request, member_id: UUID) -> Response:
        """Take a member off the team; oneself, to leave it."""
        with refusals():
            members.remove_member(member_id=member_id, actor=surface_request(request).member)
        return Response(status=204)


def manager(request: Request) -> TenantMember:
    """Who asks, if they may manage the team. Raises PermissionDeniedError."""
    member = surface_request(request).member
    require(member.role, Permission.MANAGE_TEAM)
    return member


@contextmanager
def refusals() -> Iterator[None]:
    """Turn what the team's verbs refuse into problems."""
    try:
        yield
    except PermissionDeniedError as error:
        raise Problem(403, "permission_denied") from error
    except members.UnknownMemberError as error:
        raise Problem(404, "not_found") from error
    except members.LastOwnerError as error:
        raise Problem(409, "last_owner") from error


def _shown(member: TenantMember | None) -> Response:
    if member is None:
        raise Problem(404, "not_found")
    (colleague,) = with_people([member])
    return Response(MemberSerializer(colleague).data)
