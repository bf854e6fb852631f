"""Files on disk, each tenant's under its own id."""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import FileSystemStorage
from django.utils import timezone
from django.utils.encoding import filepath_to_uri

from tenants import scopes
from tenants.gateways.policies import Policy, fields_of

#: What may be shown to anybody: the demo's pictures, and those that were made of uploads.
PUBLIC_FOLDERS = frozenset({"items", "media"})


def incoming() -> Path:
    """The folder, on the disk's storage and nobody's own, where files lie while they are received."""
    folder = Path(settings.MEDIA_ROOT) / "incoming"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True, slots=True)
class UploadForm:
    """Where a browser posts a file, and the fields that go before it."""

    url: str
    fields: dict[str, str]


class TakesUploads(Protocol):
    """What both of our storages can do beside Django's."""

    def upload_form(
        self, *, name: str, content_type: str, size: int, lasts: timedelta, receiver: str
    ) -> UploadForm:
        """A form by which a browser puts a file of exactly `size` bytes under this name, within the time.
        `receiver` is our own address for it, where the storage has none.
        """


def is_public(name: str) -> bool:
    """Whether the file of this name, below a tenant's folder, may be shown to anybody. A name that
    isn't plain never is.
    """
    folder, *rest = name.split("/")
    is_plain = bool(rest) and not {"", ".", ".."} & {folder, *rest} and "\\" not in name
    return is_plain and folder in PUBLIC_FOLDERS


def public_address(name: str) -> str:
    """The address of a public file of the tenant in force."""
    return f"{settings.MEDIA_URL}{scopes.current_tenant_id()}/{filepath_to_uri(name)}"


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

    def upload_form(
        self, *, name: str, content_type: str, size: int, lasts: timedelta, receiver: str
    ) -> UploadForm:
        """See TakesUploads."""
        key = f"{scopes.current_tenant_id()}/{name}"
        policy = Policy(key, content_type, size, timezone.now() + lasts)
        return UploadForm(receiver, fields_of(policy))

    def take_in(self, source: Path, name: str) -> None:
        """Give the finished file `source`, on the same disk, the name as well. Raises FileExistsError:
        of two at the same time one comes first, and what is there is never replaced.
        """
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        os.link(source, target)
