"""Pictures of what a tenant offers."""

import uuid
from typing import Any, ClassVar

from django.core.files.storage import default_storage
from django.db import models
from django.db.models.functions import Now

from tenants.db.models import TenantModel
from tenants.models.bilingual import spoken


class MediaAsset(TenantModel):
    """A picture of an item. `renditions`: the same picture in several widths and types, AVIF before
    WebP and within each the smallest first, so that the last is what every program can show; each
    `{"name", "width", "height", "content_type"}`, where `name` is a file in the tenant's storage. There
    are none before the file that was uploaded has been checked (`storefront.uploads`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey(
        "storefront.CatalogItem", on_delete=models.SET_NULL, null=True, related_name="media"
    )
    position = models.PositiveIntegerField(default=0)
    alt_ar = models.CharField(max_length=200, blank=True, default="")
    alt_en = models.CharField(max_length=200, blank=True, default="")
    renditions = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=Now())
    #: Since when no item shows it: it is swept in the end.
    loose_since = models.DateTimeField(null=True)

    class Meta(TenantModel.Meta):
        """Django's options."""

        db_table = "media_assets"
        ordering: ClassVar[list[str]] = ["position", "created_at", "id"]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def alt(self) -> str:
        """What the picture shows, in the language in force."""
        return spoken(self.alt_ar, self.alt_en)

    @property
    def urls(self) -> list[dict[str, Any]]:
        """The renditions with their addresses: `url`, `width`, `height`, `content_type`."""
        return [
            {
                "url": default_storage.url(rendition["name"]),
                "width": rendition["width"],
                "height": rendition["height"],
                "content_type": rendition["content_type"],
            }
            for rendition in self.renditions
        ]

    @property
    def shown(self) -> dict[str, Any]:
        """What a `<picture>` needs: `sources`, each `{"type", "srcset"}`, in the order in which browsers
        are to choose, and `url`, `width`, `height` of the one for those that choose none.
        """
        sources: dict[str, list[str]] = {}
        one: dict[str, Any] = {}
        for one in self.urls:
            sources.setdefault(one["content_type"], []).append(f"{one['url']} {one['width']}w")
        return {
            **one,
            "sources": [
                {"type": content_type, "srcset": ", ".join(addresses)}
                for content_type, addresses in sources.items()
            ],
        }
