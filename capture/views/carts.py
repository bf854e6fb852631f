"""The cart: what is in it, putting more into it, changing it."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from capture.domain.carts import Cart, FullCartError, PricedLines, price_lines
from capture.domain.quotes import Choice
from capture.forms.carts import AddForm, QuantitiesForm
from capture.forms.lines import wanted_quantities
from capture.views.cookies import cart_of, keep_cart
from capture.views.pages import kept_private, see_other, takes_orders
from storefront.models import CatalogItem
from storefront.queries.items import published_items
from storefront.queries.settings import get_storefront
from storefront.queries.variants import with_variants
from storefront.views.items import item_page
from storefront.views.pages import storefront_page


@require_http_methods(["GET", "HEAD", "POST"])
@kept_private
def cart(request: HttpRequest) -> HttpResponse:
    """What is in the cart and what it costs (three queries, four with variants); POST changes it."""
    held = cart_of(request)
    if "set" in request.POST:
        return _changed(request, held.with_quantities(wanted_quantities(request.POST)))
    priced = price_lines(held.lines, now=timezone.now())
    if request.method != "POST":
        return _page(request, priced, QuantitiesForm(rows=priced.rows))
    form = QuantitiesForm(request.POST, rows=priced.rows)
    if not form.is_valid():
        return _page(request, priced, form, status=400)
    return _changed(request, held.with_quantities(form.quantities))


@require_POST
@kept_private
def add(request: HttpRequest) -> HttpResponse:
    """Put some of an item into the cart, and show the cart or go straight on to the checkout."""
    found = _item(request.POST.get("item", ""))
    if not (found.is_orderable and takes_orders(request, get_storefront())):
        return see_other(reverse("storefront:item", args=[found.slug]))
    form = AddForm(request.POST, item=with_variants(found))
    if form.is_valid():
        try:
            chosen = Choice(found.id, form.variant.id if form.variant else None)
            held = cart_of(request).with_more(chosen, form.cleaned_data["quantity"])
            return _changed(request, held)
        except FullCartError:
            form.add_error(None, _("Your cart is full. Order what is in it first."))
    return item_page(request, found, add=form, status=400)


def _page(
    request: HttpRequest, priced: PricedLines, form: QuantitiesForm, *, status: int = 200
) -> HttpResponse:
    rows = [(row, form.field_of(row)) for row in priced.rows]
    shown = {"priced": priced, "rows": rows, "form": form}
    return storefront_page(request, "capture/cart.html", shown, status=status)


def _changed(request: HttpRequest, held: Cart) -> HttpResponse:
    goes_on = request.POST.get("then") == "checkout" and held.lines
    page = "capture:checkout" if goes_on else "capture:cart"
    return keep_cart(see_other(reverse(page)), held)


def _item(text: str) -> CatalogItem:
    try:
        found = published_items().filter(id=UUID(text)).first()
    except ValueError:
        found = None
    if found is None or not found.is_visible(timezone.now()):
        raise Http404
    return found
