"""The staff's pages of items: the list, one, a new one."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dashboards.forms.items import ItemForm, ItemListForm, initial_of
from dashboards.views import pictures
from dashboards.views.pages import page, person_of, storefront_page
from dashboards.views.pictures import Card
from dashboards.views.tabs import Choice, Tab, tabs
from storefront.domain import items
from storefront.domain.items import ItemContent
from storefront.domain.media import MOST_PICTURES, UnknownMediaError
from storefront.enums import ItemStatus
from storefront.models import CatalogItem
from storefront.queries.items import count_items_by_status, item_by_id, item_by_slug, items_matching
from tenants.requests import SurfaceRequest

#: Rows of a page.
ROWS = 50
_FORM = ["GET", "HEAD", "POST"]


@require_safe
def item_list(request: SurfaceRequest) -> HttpResponse:
    """Items in the tenant's order, by status and search, a page at a time."""
    form = ItemListForm(request.GET)
    asked = form.asked()
    found = items_matching(search=asked["search"])
    counts = count_items_by_status(found)
    rows = counts[asked["status"]] if asked["status"] else sum(counts.values())
    pages = max(1, ceil(rows / ROWS))
    number = min(asked["page"] or 1, pages)
    if asked["status"]:
        found = found.filter(status=asked["status"])
    context = {
        "form": form,
        "asked": asked,
        "tabs": _tabs(counts, asked),
        "items": found[(number - 1) * ROWS : number * ROWS],
        "page": number,
        "pages": pages,
    }
    return page(request, "dashboards/items/list.html", context, section="items")


@require_http_methods(_FORM)
def new_item(request: SurfaceRequest) -> HttpResponse:
    """A form for a new item."""
    if request.method != "POST":
        return _form_page(request, ItemForm())
    form = ItemForm(request.POST, request.FILES)
    return _sent(request, form, None, is_valid=form.is_valid())


@require_http_methods(_FORM)
def item(request: SurfaceRequest, slug: str) -> HttpResponse:
    """One item in a form. What is sent says itself which item it is, whatever its slug is by now."""
    if request.method != "POST":
        found = _found(slug)
        return _form_page(request, ItemForm(initial=initial_of(found)), item=found)
    form = ItemForm(request.POST, request.FILES)
    is_valid = form.is_valid()
    found = _found_by_id(form.cleaned_data.get("item"))
    return _sent(request, form, found, is_valid=is_valid)


@require_http_methods(_FORM)
def delete(request: SurfaceRequest, slug: str) -> HttpResponse:
    """Ask whether the item is to go, then let it go."""
    found = _found(slug)
    if request.method != "POST":
        return page(request, "dashboards/items/delete.html", {"item": found}, section="items")
    try:
        items.delete_item(item_id=found.id, actor_id=person_of(request).id)
    except items.UnknownItemError as error:
        raise Http404 from error
    messages.success(request, _("Deleted: %(name)s") % {"name": found.name})
    return HttpResponseRedirect(reverse("items"))


def _sent(
    request: SurfaceRequest, form: ItemForm, found: CatalogItem | None, *, is_valid: bool
) -> HttpResponse:
    """What a form that was sent leads to: the item, or the form again with what is wrong."""
    cards = None
    if pictures.SHOWN in request.POST:
        cards = pictures.sent_cards(request, form, found)
        is_valid = is_valid and pictures.are_valid(cards) and not form.has_error("pictures")
    if is_valid:
        written = _written(request, form, found, cards)
        if written is not None:
            return _saved(request, written)
    return _form_page(request, form, item=found, cards=cards, status=_status(form))


def _written(
    request: SurfaceRequest,
    form: ItemForm,
    found: CatalogItem | None,
    cards: Sequence[Card] | None,
) -> CatalogItem | None:
    """The item as it is now, with its pictures; None if it couldn't be written, and then the form says
    why.
    """
    try:
        with transaction.atomic():
            item = _create(request, form) if found is None else _update(request, form, found)
            if cards is not None:
                pictures.save(request, item, cards)
        return item
    except UnknownMediaError:
        form.add_error("pictures", _("Another item shows one of these pictures now."))
    except ValidationError as error:
        form.add_error(None, error)
    except items.SlugTakenError:
        form.add_error("slug", _("Another item has this address."))
    except items.StaleItemError:
        form.show_other_version(_found_by_id(found.id if found else None))
    except items.UnknownItemError as error:
        raise Http404 from error
    return None


def _create(request: SurfaceRequest, form: ItemForm) -> CatalogItem:
    return items.create_item(
        content=form.content(ItemContent(kind="", slug="", name_ar="", name_en="")),
        actor_id=person_of(request).id,
        now=timezone.now(),
    )


def _update(request: SurfaceRequest, form: ItemForm, found: CatalogItem) -> CatalogItem:
    seen = replace(ItemContent.of(found), stock=form.cleaned_data["stock_seen"])
    return items.update_item(
        item_id=found.id,
        content=form.content(seen),
        seen=seen,
        actor_id=person_of(request).id,
        now=timezone.now(),
        version=form.cleaned_data["version"] or 0,
    )


def _status(form: ItemForm) -> int:
    return 409 if form.has_error("__all__", "stale") else 400


def _saved(request: SurfaceRequest, written: CatalogItem) -> HttpResponse:
    messages.success(request, _("Saved: %(name)s") % {"name": written.name})
    return HttpResponseRedirect(reverse("item", args=[written.slug]))


def _form_page(
    request: SurfaceRequest,
    form: ItemForm,
    *,
    item: CatalogItem | None = None,
    cards: Sequence[Card] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = item.slug if item and item.is_published else ""
    context = {
        "form": form,
        "item": item,
        "cards": pictures.cards_of(item) if cards is None else cards,
        "most_pictures": MOST_PICTURES,
        "item_url": storefront_page(request, f"items/{shown}/") if shown else "",
    }
    return page(request, "dashboards/items/form.html", context, section="items", status=status)


def _found(slug: str) -> CatalogItem:
    found = item_by_slug(slug)
    if found is None:
        raise Http404
    return found


def _found_by_id(item_id: UUID | None) -> CatalogItem:
    found = item_by_id(item_id) if item_id else None
    if found is None:
        raise Http404
    return found


def _tabs(counts: dict[str, int], asked: dict[str, Any]) -> list[Tab]:
    choices: list[Choice] = [("", _("All"), sum(counts.values()))]
    choices += [(status.value, status.label, counts[status]) for status in ItemStatus]
    return tabs(choices, current=asked["status"], asked={**asked, "page": ""})
