"""Pictures in JSON, as the staff upload and describe them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from storefront.domain.media import LONGEST_ALT
from storefront.domain.uploads import LARGEST, TYPES, Announcement
from storefront.enums import MediaStatus
from storefront.queries.media import Picture
from storefront.serializers.items import RenditionSerializer
from tenants.gateways.storage import UploadForm
from tenants.serializers.fields import LineField, WholeNumberField


class AnnouncementSerializer(serializers.Serializer[Announcement]):
    """A file that is to be uploaded."""

    filename = LineField(max_length=255)
    content_type = serializers.ChoiceField(
        TYPES,
        error_messages={
            "invalid_choice": _("Choose a picture: JPEG, PNG, WebP, AVIF or HEIC."),
        },
    )
    size = WholeNumberField(
        min_value=1,
        max_value=LARGEST,
        error_messages={
            "min_value": _("The file is empty."),
            "max_value": _("A picture may have up to 25 MB."),
        },
    )

    def announcement(self) -> Announcement:
        """What was sent."""
        return Announcement(**self.validated_data)


# No serializer: its class couldn't have a field named `fields`.
@extend_schema_field(
    {
        "type": "object",
        "required": ["url", "fields"],
        "properties": {
            "url": {"type": "string", "format": "uri"},
            "fields": {"type": "object", "additionalProperties": {"type": "string"}},
        },
        "description": "Post to `url` as `multipart/form-data`: `fields` first, then `file`.",
    }
)
class UploadFormField(serializers.Field[UploadForm, Any, dict[str, Any], Any]):
    """Where a file is posted, and the fields that go before it."""

    def to_representation(self, form: UploadForm) -> dict[str, Any]:
        """Both."""
        return {"url": form.url, "fields": form.fields}


class AnnouncedSerializer(serializers.Serializer[Any]):
    """A picture whose file is waited for."""

    id = serializers.UUIDField()
    upload = UploadFormField()
    expires_at = serializers.DateTimeField()


class MediaSerializer(serializers.Serializer[Picture]):
    """A picture and how far it has come. `reason` says, in the person's language, why it was rejected."""

    id = serializers.UUIDField(source="asset.id")
    status = serializers.ChoiceField(MediaStatus.choices)
    reason = serializers.SerializerMethodField()
    alt_ar = serializers.CharField(source="asset.alt_ar")
    alt_en = serializers.CharField(source="asset.alt_en")
    item = serializers.UUIDField(source="asset.item_id", allow_null=True)
    renditions = RenditionSerializer(many=True)

    def get_reason(self, picture: Picture) -> str | None:
        """None unless it was rejected."""
        return picture.reason or None


class AltSerializer(serializers.Serializer[Any]):
    """What a picture shows, for those who don't see it."""

    alt_ar = LineField(required=False, allow_blank=True, max_length=LONGEST_ALT)
    alt_en = LineField(required=False, allow_blank=True, max_length=LONGEST_ALT)
