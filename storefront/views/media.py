"""Pictures out of the tenants' storage."""

from typing import IO, Any
from uuid import UUID

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

from tenants import scopes
from tenants.enums import Surface
from tenants.gateways.storage import is_public
from tenants.models import User
from tenants.queries.members import is_member
from tenants.requests import SurfaceRequest

YEAR = 365 * 24 * 3600  # seconds
# Whatever lies in a storage, nothing leaves it that a browser would run.
_TYPES = {
    "avif": "image/avif",
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
}


@require_safe
def picture(request: SurfaceRequest, tenant_id: UUID, name: str) -> FileResponse:
    """A file of the host's own tenant; on `app.`, of a tenant that the person is a member of.

    Browsers may keep it for good: a storage never gives a name to another content.
    """
    content_type = _TYPES.get(name.rpartition(".")[2])
    # Not what waits to be checked, whoever asks and however the name is written.
    if content_type is None or not is_public(name) or not _may_see(request, tenant_id):
        raise Http404
    response = FileResponse(_opened(tenant_id, name), content_type=content_type)
    audience = "private" if request.surface == Surface.APP else "public"
    response.headers["Cache-Control"] = f"{audience}, max-age={YEAR}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def _may_see(request: SurfaceRequest, tenant_id: UUID) -> bool:
    if request.surface == Surface.STOREFRONT:
        return request.tenant is not None and request.tenant.id == tenant_id
    return isinstance(request.user, User) and is_member(request.user, tenant_id)


def _opened(tenant_id: UUID, name: str) -> IO[Any]:
    try:
        with scopes.tenant(tenant_id):
            return default_storage.open(name)
    except (SuspiciousFileOperation, OSError, ValueError) as error:  # ValueError: NUL in the name
        raise Http404 from error
