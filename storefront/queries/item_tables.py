"""Reads of items with all that a table tells of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import CharField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, JSONObject

from storefront.enums import MediaStatus
from storefront.models import CatalogItem, Category, ItemVariant, MediaAsset
from storefront.models.categories import ItemCategory
from storefront.uploads.models import MediaUpload
from tenants.validators.text import clean_line


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """A picture as tables name it. `size` (bytes) and `content_type` are the uploaded file's; 0 and empty
    if there never was one.
    """

    id: UUID
    name: str
    size: int
    content_type: str


def items_with_all(slugs: Collection[str] | None = None) -> QuerySet[CatalogItem]:
    """All items, or those with these slugs, in their order, each with `all_variants`, `all_categories`
    and `all_pictures`. One statement, so that what it tells is of one moment.
    """
    items = CatalogItem.objects.annotate(
        all_variants=ArraySubquery(_variants()),
        all_categories=ArraySubquery(_categories()),
        all_pictures=ArraySubquery(_pictures()),
    )
    return items if slugs is None else items.filter(slug__in=slugs)


def pictures_told(item: CatalogItem) -> list[NamedPicture]:
    """Of an item of `items_with_all`, the pictures that weren't rejected."""
    told = item.all_pictures  # type: ignore[attr-defined]  # annotated
    return [_named(**one) for one in told if not one["is_rejected"]]


def loose_pictures() -> list[tuple[NamedPicture, datetime]]:
    """The pictures that are ready and nobody's, and when they were uploaded. Two queries."""
    loose = MediaAsset.objects.filter(item=None).values_list("id", flat=True)
    uploads = MediaUpload.objects.in_bulk(list(loose)).values()
    return [
        (NamedPicture(one.id, name, one.size, one.content_type), one.created_at)
        for one in uploads
        if one.status == MediaStatus.READY and (name := name_in_tables(one.filename))
    ]


def uploads_of(ids: Iterable[UUID]) -> dict[UUID, MediaUpload]:
    """The uploads of these pictures. One query."""
    return MediaUpload.objects.in_bulk(list(ids))


def category_ids() -> dict[str, UUID]:
    """The ids of the tenant's categories, by slug."""
    return dict(Category.objects.order_by().values_list("slug", "id"))


def _variants() -> QuerySet[Any, Any]:
    told = JSONObject(
        id="id",
        name_ar="name_ar",
        name_en="name_en",
        # As a number it would come back as a float.
        price=Cast("price", output_field=CharField()),
        stock="stock",
    )
    variants = ItemVariant.objects.filter(item=OuterRef("id")).order_by("position")
    return variants.values(told=told)


def _categories() -> QuerySet[Any, Any]:
    places = ItemCategory.objects.filter(item=OuterRef("id"))
    return places.order_by("category__position", "category_id").values("category__slug")


def _pictures() -> QuerySet[Any, Any]:
    upload = MediaUpload.objects.filter(id=OuterRef("id"))
    refused = upload.exclude(fault="", dead_at=None)
    told = JSONObject(
        id="id",
        filename=Subquery(upload.values("filename")[:1]),
        size=Subquery(upload.values("size")[:1]),
        content_type=Subquery(upload.values("content_type")[:1]),
        rendition="renditions__0__name",
        is_rejected=Q(id__in=refused.values("id")),
    )
    pictures = MediaAsset.objects.filter(item=OuterRef("id"))
    return pictures.order_by("position", "created_at", "id").values(told=told)


def _named(
    *,
    id: str,  # noqa: A002 (the column's name)
    filename: str | None,
    size: int | None,
    content_type: str | None,
    rendition: str | None,
    is_rejected: bool,
) -> NamedPicture:
    # The demo's pictures were never uploaded: their files' names are theirs.
    name = name_in_tables(filename or (rendition or id).rpartition("/")[2]) or id
    return NamedPicture(UUID(id), name, size or 0, content_type or "")


def name_in_tables(filename: str) -> str:
    """A file's name as a cell can hold it among others; empty if none can."""
    try:
        return "" if "|" in filename else clean_line(filename)
    except ValidationError:
        return ""
