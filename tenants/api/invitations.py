"""The staff's API of invitations, and the way in for those invited."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from tenants.api.authentication import IsLoggedIn, StaffAuthentication
from tenants.api.members import manager, refusals
from tenants.api.pagination import CursorPages
from tenants.api.problems import Problem, invalid, limits
from tenants.api.schemas import LOCATION, MEMBERS_ONLY, RETRY_AFTER, problems
from tenants.domain import invitations
from tenants.models import Invitation, User
from tenants.queries.invitations import pending_invitations
from tenants.serializers.members import (
    AcceptedSerializer,
    AcceptSerializer,
    InvitationSerializer,
)

_REFUSALS = ("mfa_required", "permission_denied", *MEMBERS_ONLY)


class InvitationPages(CursorPages):
    """Newest first."""

    ordering = ("-created_at", "id")


class InvitationsView(ListAPIView[Invitation]):
    """`invitations/`."""

    authentication_classes = (StaffAuthentication,)
    serializer_class = InvitationSerializer
    pagination_class = InvitationPages

    @extend_schema(
        operation_id="invitations_list",
        responses={200: InvitationSerializer(many=True), **problems(*_REFUSALS)},
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The invitations that wait, newest first. One query."""
        with refusals():
            manager(request)
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="invitations_create",
        request=InvitationSerializer,
        parameters=[LOCATION, RETRY_AFTER],
        responses={
            201: InvitationSerializer,
            **problems("invalid", "csrf_failed", "rate_limited", *_REFUSALS),
        },
    )
    def post(self, request: Request) -> Response:
        """Invite somebody; the link is mailed to them."""
        with _refusals():
            actor = manager(request)
            asked = InvitationSerializer(data=request.data)
            asked.is_valid(raise_exception=True)
            sent = invitations.invite(**asked.validated_data, actor=actor, now=timezone.now())
        location = request.build_absolute_uri(f"{sent.id}/")
        return Response(InvitationSerializer(sent).data, status=201, headers={"Location": location})

    def get_queryset(self) -> Any:
        """Those that wait."""
        return pending_invitations()


class InvitationView(APIView):
    """`invitations/{id}/`."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="invitations_read",
        responses={200: InvitationSerializer, **problems(*_REFUSALS)},
    )
    def get(self, request: Request, invitation_id: UUID) -> Response:
        """One invitation that waits. One query."""
        with refusals():
            manager(request)
        found = pending_invitations().filter(id=invitation_id).first()
        if found is None:
            raise Problem(404, "not_found")
        return Response(InvitationSerializer(found).data)

    @extend_schema(
        operation_id="invitations_delete",
        responses={204: None, **problems("csrf_failed", *_REFUSALS)},
    )
    def delete(self, request: Request, invitation_id: UUID) -> Response:
        """Revoke it: its link is void."""
        with _refusals():
            invitations.revoke(
                invitation_id=invitation_id, actor=manager(request), now=timezone.now()
            )
        return Response(status=204)


class ResendView(APIView):
    """`invitations/{id}/resend/`."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="invitations_resend",
        request=None,
        parameters=[RETRY_AFTER],
        responses={
            200: InvitationSerializer,
            **problems("csrf_failed", "rate_limited", *_REFUSALS),
        },
    )
    def post(self, request: Request, invitation_id: UUID) -> Response:
        """Mail a new link; the old one is void. Once a minute."""
        with _refusals():
            sent = invitations.resend(
                invitation_id=invitation_id, actor=manager(request), now=timezone.now()
            )
        return Response(InvitationSerializer(sent).data)


class AcceptView(APIView):
    """`invitations/accept/`, outside any tenant."""

    authentication_classes = (StaffAuthentication,)
    permission_classes = (IsLoggedIn,)

    @extend_schema(
        operation_id="invitations_accept",
        request=AcceptSerializer,
        responses={
            200: AcceptedSerializer,
            **problems(
                "invalid", "not_authenticated", "invalid_token", "csrf_failed",
                "permission_denied", "not_found",
            ),
        },
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Become a member, in the role that the invitation gives."""
        asked = AcceptSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user = cast("User", request.user)
        with _refusals():
            joined = invitations.accept(**asked.validated_data, user=user, now=timezone.now())
        answer = {"tenant": joined.tenant.slug, "role": joined.member.role}
        return Response(AcceptedSerializer(answer).data)


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        with refusals(), limits():
            yield
    except invitations.AlreadyMemberError as error:
        raise invalid("email", _("This person is in your team already.")) from error
    except invitations.AlreadyInvitedError as error:
        text = _("An invitation to this address is waiting already. You can send it again.")
        raise invalid("email", text) from error
    except invitations.SentJustNowError as error:
        wait = {"Retry-After": str(error.retry_after)}
        raise Problem(429, "rate_limited", headers=wait) from error
    except invitations.OtherAddressError as error:
        raise Problem(403, "permission_denied") from error
    except invitations.UnknownInvitationError as error:
        raise Problem(404, "not_found") from error
