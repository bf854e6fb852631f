"""The staff's pages of one item: its form, a new one's, its end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dashboards.forms.items import ItemForm, initial_of
from dashboards.forms.variants import VariantRows, empty_rows, rows_of, sent_rows
from dashboards.views import pictures
from dashboards.views.pages import page, person_of, storefront_page
from dashboards.views.pictures import Card
from storefront.domain import items
from storefront.domain.categories import TooManyCategoriesError, find_or_create_category
from storefront.domain.items import ItemContent, suggested_item_slug
from storefront.domain.media import MOST_PICTURES, UnknownMediaError
from storefront.domain.pages import one_change
from storefront.domain.variants import variants_of
from storefront.models import CatalogItem
from storefront.queries.categories import categories
from storefront.queries.staff_items import items_in_full
from tenants.requests import SurfaceRequest

_NOTHING = ItemContent(kind="", slug="", name_ar="", name_en="")
_FORM = ["GET", "HEAD", "POST"]


@require_http_methods(_FORM)
def new_item(request: SurfaceRequest) -> HttpResponse:
    """A form for a new item."""
    known = list(categories())
    if request.method != "POST":
        form = ItemForm(initial={"new_id": uuid4()}, categories=known)
        return _form_page(request, Sheet(form, empty_rows()))
    form = ItemForm(request.POST, request.FILES, categories=known)
    return _sent(request, Sheet(form, sent_rows(request.POST)), is_valid=form.is_valid())


@require_http_methods(_FORM)
def item(request: SurfaceRequest, slug: str) -> HttpResponse:
    """One item in a form. What is sent says itself which item it is, whatever its slug is by now."""
    known = list(categories())
    if request.method != "POST":
        found = _found(slug=slug)
        form = ItemForm(initial=initial_of(found), categories=known)
        return _form_page(request, Sheet(form, rows_of(variants_of(found)), found))
    form = ItemForm(request.POST, request.FILES, categories=known)
    is_valid = form.is_valid()
    found = _found(id=form.cleaned_data.get("item"))
    return _sent(request, Sheet(form, sent_rows(request.POST), found), is_valid=is_valid)


@require_safe
def slug(request: SurfaceRequest) -> HttpResponse:
    """The address that an item with these names would get: a piece of the form's page."""
    sent = ItemForm(request.GET)
    sent.is_valid()
    names = {name: sent.cleaned_data.get(name, "") for name in ("name_en", "name_ar")}
    found = suggested_item_slug(**names, item_id=sent.cleaned_data.get("item"))
    context = {"slug": found if any(names.values()) else ""}
    return render(request, "dashboards/items/_slug.html", context)


@require_http_methods(_FORM)
def delete(request: SurfaceRequest, slug: str) -> HttpResponse:
    """Ask whether the item is to go, then let it go."""
    found = _found(slug=slug)
    if request.method != "POST":
        return page(request, "dashboards/items/delete.html", {"item": found}, section="items")
    try:
        items.delete_item(item_id=found.id, actor_id=person_of(request).id)
    except items.UnknownItemError as error:
        raise Http404 from error
    messages.success(request, _("Deleted: %(name)s") % {"name": found.name})
    return HttpResponseRedirect(reverse("items"))


@dataclass
class Sheet:
    """All that the form's page has: the item's form, its variants' rows, its pictures' cards. Rows or
    cards that weren't sent are None and left alone.
    """

    form: ItemForm
    rows: VariantRows | None
    item: CatalogItem | None = None
    cards: Sequence[Card] | None = None


def _sent(request: SurfaceRequest, sheet: Sheet, *, is_valid: bool) -> HttpResponse:
    """What a form that was sent leads to: the item, or the form again with what is wrong."""
    form = sheet.form
    if sheet.rows is not None:
        is_valid = sheet.rows.is_valid() and is_valid
    if pictures.SHOWN in request.POST:
        sheet.cards = pictures.sent_cards(request, form, sheet.item)
        is_valid = is_valid and pictures.are_valid(sheet.cards) and not form.has_error("pictures")
    if is_valid:
        written = _written(request, sheet)
        if written is not None:
            return _saved(request, written)
    return _form_page(request, sheet, status=409 if form.has_error("__all__", "stale") else 400)


def _written(request: SurfaceRequest, sheet: Sheet) -> CatalogItem | None:
    """The item as it is now, with its pictures; None if it couldn't be written, and then the form says
    why.
    """
    form = sheet.form
    try:
        with one_change():
            content = _with_category(request, form, _content(sheet))
            item = (
                _update(request, sheet, content) if sheet.item else _create(request, form, content)
            )
            if sheet.cards is not None:
                pictures.save(request, item, sheet.cards)
        return item
    except UnknownMediaError:
        form.add_error("pictures", _("Another item shows one of these pictures now."))
    except ValidationError as error:
        _refuse(sheet, error)
    except items.SlugTakenError:
        form.add_error("slug", _("Another item has this address."))
    except TooManyCategoriesError:
        form.add_error("category_ar", _("There are as many categories as there may be."))
    except items.StaleItemError:
        _show_other_version(sheet)
    except items.UnknownItemError as error:
        raise Http404 from error
    return None


def _content(sheet: Sheet) -> ItemContent:
    """What was written, on top of what there is."""
    before = ItemContent.of(sheet.item) if sheet.item else _NOTHING
    content = sheet.form.content(before)
    return content if sheet.rows is None else replace(content, variants=sheet.rows.content())


def _with_category(request: SurfaceRequest, form: ItemForm, content: ItemContent) -> ItemContent:
    """With the new category made, if there is to be one."""
    new = form.new_category()
    if new is None:
        return content
    made = find_or_create_category(content=new, actor_id=person_of(request).id)
    return replace(content, categories=(*content.categories, made.id))


def _create(request: SurfaceRequest, form: ItemForm, content: ItemContent) -> CatalogItem:
    return items.create_item(
        content=content,
        actor_id=person_of(request).id,
        now=timezone.now(),
        item_id=form.cleaned_data["new_id"],
    )


def _update(request: SurfaceRequest, sheet: Sheet, content: ItemContent) -> CatalogItem:
    found, sent = cast("CatalogItem", sheet.item), sheet.form.cleaned_data
    before = ItemContent.of(found)
    variants = sheet.rows.seen(before.variants) if sheet.rows else before.variants
    return items.update_item(
        item_id=found.id,
        content=content,
        seen=replace(before, stock=sent["stock_seen"], variants=variants),
        actor_id=person_of(request).id,
        now=timezone.now(),
        version=sent["version"] or 0,
    )


def _refuse(sheet: Sheet, error: ValidationError) -> None:
    """Say what the rules refuse, at its field or beside the variants."""
    wrong = error.error_dict
    of_variants = wrong.pop("variants", [])
    if sheet.rows is not None:
        sheet.rows.refuse(ValidationError(of_variants).messages)
    if wrong:
        sheet.form.add_error(None, ValidationError(wrong))


def _show_other_version(sheet: Sheet) -> None:
    found = _found(id=sheet.item.id if sheet.item else None)
    sheet.form.show_other_version(found)
    now = variants_of(found)
    if sheet.rows is None:
        return
    if sheet.rows.content() != now:
        told = _("Now it says: %(value)s")
        sheet.rows.refuse(told % {"value": one.told} for one in now)
    sheet.rows.see(now)


def _saved(request: SurfaceRequest, written: CatalogItem) -> HttpResponse:
    messages.success(request, _("Saved: %(name)s") % {"name": written.name})
    return HttpResponseRedirect(reverse("item", args=[written.slug]))


def _form_page(request: SurfaceRequest, sheet: Sheet, *, status: int = 200) -> HttpResponse:
    item = sheet.item
    shown = item.slug if item and item.is_visible(timezone.now()) else ""
    context = {
        "form": sheet.form,
        "rows": sheet.rows if sheet.rows is not None else _rows_now(item),
        "item": item,
        "cards": pictures.cards_of(item) if sheet.cards is None else sheet.cards,
        "most_pictures": MOST_PICTURES,
        "item_url": storefront_page(request, f"items/{shown}/") if shown else "",
    }
    return page(request, "dashboards/items/form.html", context, section="items", status=status)


def _rows_now(item: CatalogItem | None) -> VariantRows:
    return rows_of(variants_of(item)) if item else empty_rows()


def _found(**wanted: Any) -> CatalogItem:
    found = items_in_full().filter(**wanted).first() if all(wanted.values()) else None
    if found is None:
        raise Http404
    return found
