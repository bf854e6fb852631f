"""Uploading as a browser does it, and the pictures that are uploaded."""

import io
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.test import Client
from django.test.client import encode_multipart
from django.utils import timezone
from PIL import Image
from pillow_heif import register_heif_opener

from storefront import tasks
from storefront.models import MediaAsset
from storefront.uploads.models import MediaUpload
from tenants import scopes
from tests.capture.test_staff_api import logged_in

register_heif_opener()
_FORMATS = {"jpeg": "JPEG", "png": "PNG", "webp": "WEBP", "avif": "AVIF", "heic": "HEIF"}


def drawn(kind: str = "jpeg", size=(64, 48), mode="RGB", colour=None, **options: Any) -> bytes:
    """A picture of one colour."""
    picture = Image.new(mode, size, colour if colour is not None else 0)
    file = io.BytesIO()
    picture.save(file, _FORMATS[kind], **options)
    return file.getvalue()


class Uploader:
    """A member of a tenant's staff with pictures."""

    def __init__(self, tenant, user):
        self.tenant, self.user = tenant, user
        self.client = logged_in(user)

    def api(self, method: str, path: str, body: Any = None, **headers: str):
        address = f"/{self.tenant.slug}/api/v1/{path}"
        sent = {} if method == "get" else {"data": body, "content_type": "application/json"}
        return getattr(self.client, method)(address, **sent, headers=headers)

    def announce(self, content: bytes, content_type: str = "image/jpeg", **fields: Any):
        body = {"filename": "a.jpg", "content_type": content_type, "size": len(content), **fields}
        response = self.api("post", "media/", body)
        assert response.status_code == 201, response.content
        return response.json()

    def put(self, announced: dict[str, Any], content: bytes):
        return posted(announced["upload"]["fields"], content)

    def complete(self, media_id: str):
        response = self.api("post", f"media/{media_id}/complete/")
        assert response.status_code == 202, response.content
        return response.json()

    def state(self, media_id: str, **headers: str):
        return self.api("get", f"media/{media_id}/", **headers).json()

    def upload(self, content: bytes, content_type: str = "image/jpeg"):
        """The whole way; the picture as the API shows it."""
        announced = self.announce(content, content_type)
        assert self.put(announced, content).status_code == 204
        self.complete(announced["id"])
        process(announced["id"])
        return self.state(announced["id"])


def posted(fields: dict[str, str], content: bytes, *, name: str = "file"):
    """Our own endpoint's answer to the form, in process."""
    file = io.BytesIO(content)
    file.name = "a.jpg"
    body = encode_multipart("BOUNDARY", {**fields, name: file})
    client = Client(SERVER_NAME="app.localhost", HTTP_HOST="app.localhost")
    return client.post(
        "/api/v1/uploads/", body, content_type="multipart/form-data; boundary=BOUNDARY"
    )


def process(media_id: str) -> None:
    """What a worker does."""
    tasks.process_upload.apply(args=[media_id], throw=True)


def row(tenant, media_id) -> MediaUpload | None:
    with scopes.tenant(tenant.id):
        return MediaUpload.objects.filter(id=media_id).first()


def asset(tenant, media_id) -> MediaAsset | None:
    with scopes.tenant(tenant.id):
        return MediaAsset.objects.filter(id=media_id).first()


def files(tenant) -> set[str]:
    """All files of a tenant on the embedded storage."""
    folder = settings.MEDIA_ROOT / str(tenant.id)
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def image(tenant, rendition: dict[str, Any]) -> Image.Image:
    """A stored rendition, opened."""
    name = rendition["url"].split(f"/{tenant.id}/")[1]
    with scopes.tenant(tenant.id), default_storage.open(name) as file:
        opened = Image.open(io.BytesIO(file.read()))
    opened.load()
    return opened


def make_due(tenant, media_id) -> None:
    with scopes.tenant(tenant.id):
        MediaUpload.objects.filter(id=media_id).update(
            available_at=timezone.now() - timedelta(seconds=1)
        )
