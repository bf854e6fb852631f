"""Files in S3 (or what speaks like it), each tenant's under its own id."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from storages.backends.s3 import S3Storage
from storages.utils import safe_join

from tenants import scopes
from tenants.gateways.storage import UploadForm, is_public, public_address


class TenantS3Storage(S3Storage):  # type: ignore[misc]  # untyped
    """Every name is a key below `{tenant id}/`. No tenant: NoScopeError.

    The bucket is private. Pictures of the catalog are served by our own route, or by a CDN that may read
    their folders (`SOUQNA_MEDIA_URL`); any other file has a signed address that lasts an hour.
    """

    def _normalize_name(self, name: str) -> str:
        folder = str(scopes.current_tenant_id())
        try:
            return str(safe_join(folder, name))
        except ValueError as error:
            message = f"{name!r} leads out of the tenant's folder"
            raise SuspiciousFileOperation(message) from error

    def url(self, name: str, *args: Any, **options: Any) -> str:
        """The address of a file. Raises SuspiciousFileOperation for a name that climbs out."""
        return public_address(name) if is_public(name) else str(super().url(name, *args, **options))

    def upload_form(
        self, *, name: str, content_type: str, size: int, lasts: timedelta, receiver: str
    ) -> UploadForm:
        """See TakesUploads: straight into the bucket. Only a POST policy can bound the size."""
        key = self._normalize_name(name)
        # What is in the fields counts only if it is a condition as well; boto3 adds bucket and key.
        fields = {"Content-Type": content_type, "success_action_status": "204"}
        made = self.connection.meta.client.generate_presigned_post(
            Bucket=self.bucket_name,
            Key=key,
            Fields=dict(fields),
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", size, size],
            ],
            ExpiresIn=int(lasts.total_seconds()),
        )
        return UploadForm(made["url"], made["fields"])
