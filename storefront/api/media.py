"""The staff's API of pictures: announced, uploaded, said to be there, looked after."""

from typing import cast
from uuid import UUID

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.domain import uploads
from storefront.domain.media import UnknownMediaError, delete_media, describe_media
from storefront.queries.media import picture_by_id
from storefront.serializers.media import (
    AltSerializer,
    AnnouncedSerializer,
    AnnouncementSerializer,
    MediaSerializer,
)
from tenants.api.authentication import StaffAuthentication
from tenants.api.problems import Problem, limits
from tenants.api.schemas import LOCATION, MEMBERS_ONLY, problems
from tenants.models import User

_REFUSALS = problems("csrf_failed", *MEMBERS_ONLY)
#: Where files are posted that a disk keeps (config.urls.app).
RECEIVER = "/api/v1/uploads/"


class StaffMediaView(APIView):
    """New pictures."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_media_create",
        parameters=[LOCATION],
        request=AnnouncementSerializer,
        responses={
            201: AnnouncedSerializer,
            **problems("invalid", "csrf_failed", "rate_limited", *MEMBERS_ONLY),
        },
    )
    def post(self, request: Request) -> Response:
        """Announce a file. Then post it to `upload.url` with `upload.fields`, before `expires_at`."""
        asked = AnnouncementSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with limits():
            uploads.count_announcement()
        upload = uploads.announce_upload(
            file=asked.announcement(), actor_id=_person(request), now=timezone.now()
        )
        form = uploads.form_of(upload, receiver=_receiver(request))
        answer = {"id": upload.id, "upload": form, "expires_at": upload.expires_at}
        location = request.build_absolute_uri(f"{upload.id}/")
        return Response(
            AnnouncedSerializer(answer).data, status=201, headers={"Location": location}
        )


class StaffMediumView(APIView):
    """One picture."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_media_read",
        responses={200: MediaSerializer, **problems(*MEMBERS_ONLY)},
    )
    def get(self, request: Request, media_id: UUID) -> Response:
        """The picture and how far it has come."""
        return _shown(request, media_id)

    @extend_schema(
        operation_id="staff_media_update",
        request=AltSerializer(partial=True),
        responses={
            200: MediaSerializer,
            **problems("invalid", "csrf_failed", *MEMBERS_ONLY),
        },
    )
    def patch(self, request: Request, media_id: UUID) -> Response:
        """Say what it shows."""
        asked = AltSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            describe_media(media_id=media_id, **asked.validated_data)
        except UnknownMediaError as error:
            raise Problem(404, "not_found") from error
        return _shown(request, media_id)

    @extend_schema(operation_id="staff_media_delete", responses={204: None, **_REFUSALS})
    def delete(self, request: Request, media_id: UUID) -> Response:
        """Delete it with its files."""
        try:
            delete_media(media_id=media_id, actor_id=_person(request))
        except UnknownMediaError as error:
            raise Problem(404, "not_found") from error
        return Response(status=204)


class StaffMediumCompleteView(APIView):
    """The end of an upload."""

    authentication_classes = (StaffAuthentication,)

    @extend_schema(
        operation_id="staff_media_complete",
        request=None,
        responses={202: MediaSerializer, **_REFUSALS},
    )
    def post(self, request: Request, media_id: UUID) -> Response:
        """Say that the file is there. Again is the same: look at `status`."""
        try:
            uploads.complete_upload(media_id=media_id, now=timezone.now())
        except UnknownMediaError as error:
            raise Problem(404, "not_found") from error
        return _shown(request, media_id, status=202)


def _shown(request: Request, media_id: UUID, *, status: int = 200) -> Response:
    picture = picture_by_id(media_id)
    if picture is None:
        raise Problem(404, "not_found")
    shown = MediaSerializer(picture, context={"request": request})
    return Response(shown.data, status=status)


def _receiver(request: Request) -> str:
    # Beside the script prefix: the form names the tenant itself.
    return request.build_absolute_uri(RECEIVER)


def _person(request: Request) -> UUID:
    return cast("User", request.user).id
