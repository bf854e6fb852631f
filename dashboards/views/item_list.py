"""The staff's list of items: narrowed, changed many at once, put in order."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboards.forms.item_list import BulkForm, ItemListForm
from dashboards.forms.moves import Move, MoveForm
from dashboards.views.pages import page, person_of
from dashboards.views.tabs import Choice, Tab, query, tabs
from storefront.domain.bulk import UnknownItemsError, change_items
from storefront.domain.categories import UnknownCategoryError
from storefront.domain.items import UnknownItemError
from storefront.domain.ordering import place_item, step_item
from storefront.enums import BulkAction, ItemStatus
from storefront.models import CatalogItem, Category
from storefront.queries.categories import categories
from storefront.queries.items import count_items_by_status
from storefront.queries.staff_items import items_by_ids, place_of, staff_items
from tenants.requests import SurfaceRequest

#: Rows of a page.
ROWS = 50
# Farther than any list is long: a step ends at the first place.
_STEPS = {"first": -1_000_000, "up": -1, "down": 1}


@require_safe
def item_list(request: SurfaceRequest) -> HttpResponse:
    """Items in the tenant's order, by status, kind, category and search, a page at a time."""
    known = list(categories())
    form = ItemListForm(request.GET, categories=known)
    return _list_page(request, form, BulkForm(categories=known), known)


@require_POST
def bulk(request: SurfaceRequest) -> HttpResponse:
    """Do something with the ticked items; deleting asks first."""
    known = list(categories())
    form, narrowed = (
        BulkForm(request.POST, categories=known),
        ItemListForm(request.POST, categories=known),
    )
    if not form.is_valid():
        return _list_page(request, narrowed, form, known, status=400)
    back = reverse("items") + query(narrowed.asked())
    if form.asks_first:
        return _ask(request, form, narrowed, back)
    try:
        changed = _change(request, form)
    except (UnknownItemsError, UnknownCategoryError):
        told = _("Someone else deleted some of it meanwhile, so nothing was changed.")
        form.add_error(None, ValidationError(told, code="gone"))
        return _list_page(request, narrowed, form, known, status=409)
    messages.success(request, _done(form.cleaned_data["action"], changed))
    return HttpResponseRedirect(back)


@require_http_methods(["GET", "HEAD", "POST"])
def order(request: SurfaceRequest) -> HttpResponse:
    """The items with their places, and a move of one. A script only asks whether it was done."""
    if request.method != "POST":
        return _order_page(request)
    move = MoveForm(request.POST).asked()
    try:
        moved = move is not None and _move(request, move)
    except UnknownItemError:
        messages.error(request, _("Someone else deleted it meanwhile."))
        return HttpResponseRedirect(reverse("item-order"))
    if move is None:
        return HttpResponseRedirect(reverse("item-order"))
    if request.headers.get("X-Moved"):
        return HttpResponse(status=204)
    if not moved:
        messages.info(request, _("It is there already."))
    number = ceil(place_of(move.row) / ROWS)
    return HttpResponseRedirect(f"{reverse('item-order')}?page={number}#row-{move.row}")


def _list_page(
    request: SurfaceRequest,
    form: ItemListForm,
    bulk_form: BulkForm,
    known: Sequence[Category],
    *,
    status: int = 200,
) -> HttpResponse:
    asked = form.asked()
    found = staff_items(search=asked["search"], kind=asked["kind"], category=asked["category"])
    counts = count_items_by_status(found)
    rows = counts[asked["status"]] if asked["status"] else sum(counts.values())
    if asked["status"]:
        found = found.filter(status=asked["status"])
    context = {
        "form": form,
        "bulk": bulk_form,
        "ticked": set(map(str, bulk_form["items"].value() or ())),
        "asked": asked,
        "is_narrowed": any(asked[name] for name in ("status", "kind", "category", "search")),
        "has_categories": bool(known),
        "tabs": _tabs(counts, asked),
        "now": timezone.now(),
        **_paged(found, rows, asked["page"] or 1),
    }
    return page(request, "dashboards/items/list.html", context, section="items", status=status)


def _order_page(request: SurfaceRequest) -> HttpResponse:
    found = staff_items()
    rows = found.count()
    asked = ItemListForm(request.GET, categories=()).asked()
    context = _paged(found, rows, asked["page"] or 1)
    return page(request, "dashboards/items/order.html", context, section="items")


def _paged(found: QuerySet[CatalogItem], rows: int, wanted: int) -> dict[str, Any]:
    pages = max(1, ceil(rows / ROWS))
    number = max(1, min(wanted, pages))
    items = found[(number - 1) * ROWS : number * ROWS]
    return {
        "items": items,
        "page": number,
        "pages": pages,
        "rows": rows,
        "first": (number - 1) * ROWS + 1,
    }


def _ask(
    request: SurfaceRequest, form: BulkForm, narrowed: ItemListForm, back: str
) -> HttpResponse:
    context = {
        "items": items_by_ids(form.cleaned_data["items"]),
        "asked": narrowed.asked(),
        "href": back,
    }
    return page(request, "dashboards/items/bulk_delete.html", context, section="items")


def _change(request: SurfaceRequest, form: BulkForm) -> int:
    sent = form.cleaned_data
    return change_items(
        ids=sent["items"],
        action=BulkAction(sent["action"]),
        category_id=sent["into"],
        actor_id=person_of(request).id,
        now=timezone.now(),
    )


def _done(action: str, changed: int) -> str:
    """What was done, for the person who did it."""
    if not changed:
        return _("They were so already: nothing changed.")
    if action == BulkAction.DELETE:
        return ngettext("%(count)d item deleted.", "%(count)d items deleted.", changed) % {
            "count": changed
        }
    return ngettext("%(count)d item changed.", "%(count)d items changed.", changed) % {
        "count": changed
    }


def _move(request: SurfaceRequest, move: Move) -> bool:
    actor_id = person_of(request).id
    if move.beside:
        return place_item(
            item_id=move.row, beside=move.beside, is_after=move.is_after, actor_id=actor_id
        )
    return step_item(item_id=move.row, by=_STEPS[move.step], actor_id=actor_id)


def _tabs(counts: dict[str, int], asked: dict[str, Any]) -> list[Tab]:
    everything: Choice = ("", _("All"), sum(counts.values()))
    by_status: list[Choice] = [(each.value, each.label, counts[each.value]) for each in ItemStatus]
    narrowed = {name: asked[name] for name in ("status", "kind", "category", "search")}
    return tabs([everything, *by_status], current=asked["status"], asked=narrowed)
