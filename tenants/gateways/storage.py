"""Files on disk, each tenant's under its own id."""

from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage
from django.utils.encoding import filepath_to_uri

from tenants import scopes


class TenantFileStorage(FileSystemStorage):
    """Every name is resolved below `{MEDIA_ROOT}/{tenant id}/`. No tenant: NoScopeError.

    `safe_join` in Django's class refuses names that climb out, so another tenant's files can't be
    named at all.
    """

    @property
    def base_location(self) -> str:
        """The tenant's folder."""
        return str(Path(settings.MEDIA_ROOT) / str(scopes.current_tenant_id()))

    @property
    def location(self) -> str:
        """The tenant's folder, absolute."""
        return str(Path(self.base_location).resolve())

    @property
    def base_url(self) -> str:
        """Where the tenant's files are served."""
        return f"{settings.MEDIA_URL}{scopes.current_tenant_id()}/"

    def url(self, name: str | None) -> str:
        """The address of a file. Raises SuspiciousFileOperation for a name that climbs out: joined to
        the base it would be another tenant's. The disk is not asked: pages show many pictures.
        """
        base = self.base_url
        if not name:
            return base
        address = filepath_to_uri(name)
        if address.startswith("/") or ".." in address.split("/"):
            message = f"{name!r} leads out of the tenant's folder"
            raise SuspiciousFileOperation(message)
        return base + address
