"""The staff's pages of categories: all of them, one, and their order."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from dashboards.forms.categories import CategoryForm, initial_of
from dashboards.forms.moves import Move, MoveForm
from dashboards.views.pages import page, person_of
from storefront.domain import categories as domain
from storefront.models import Category
from storefront.queries.categories import categories, counted_categories
from tenants.requests import SurfaceRequest

_FORM = ["GET", "HEAD", "POST"]
_STEPS = {"first": -domain.MOST_CATEGORIES, "up": -1, "down": 1}


@require_http_methods(_FORM)
def category_list(request: SurfaceRequest) -> HttpResponse:
    """All categories, and a form for a new one."""
    form = CategoryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _made(request, form):
        return HttpResponseRedirect(reverse("item-categories"))
    context = {"form": form, "categories": counted_categories(), "most": domain.MOST_CATEGORIES}
    status = 400 if form.errors else 200
    return page(
        request, "dashboards/items/categories.html", context, section="items", status=status
    )


@require_http_methods(_FORM)
def category(request: SurfaceRequest, category_id: UUID) -> HttpResponse:
    """One category in a form."""
    found = _found(category_id)
    is_sent = request.method == "POST"
    form = CategoryForm(request.POST) if is_sent else CategoryForm(initial=initial_of(found))
    if is_sent and form.is_valid() and _renamed(request, form, category_id):
        return HttpResponseRedirect(reverse("item-categories"))
    context = {"form": form, "category": found}
    status = 400 if form.errors else 200
    return page(request, "dashboards/items/category.html", context, section="items", status=status)


@require_http_methods(_FORM)
def delete(request: SurfaceRequest, category_id: UUID) -> HttpResponse:
    """Ask whether the category is to go, then let it go."""
    found = _found(category_id)
    if request.method != "POST":
        context = {"category": counted_categories().get(id=category_id)}
        return page(request, "dashboards/items/category_delete.html", context, section="items")
    try:
        domain.delete_category(category_id=category_id, actor_id=person_of(request).id)
    except domain.UnknownCategoryError as error:
        raise Http404 from error
    messages.success(request, _("Deleted: %(name)s") % {"name": found.name})
    return HttpResponseRedirect(reverse("item-categories"))


@require_POST
def order(request: SurfaceRequest) -> HttpResponse:
    """Move one category. A script asks for nothing but whether it was done."""
    move = MoveForm(request.POST).asked()
    if move is None or not _moved(request, move):
        return HttpResponseRedirect(reverse("item-categories"))
    if request.headers.get("X-Moved"):
        return HttpResponse(status=204)
    return HttpResponseRedirect(f"{reverse('item-categories')}#row-{move.row}")


def _moved(request: SurfaceRequest, move: Move) -> bool:
    """Whether it could be moved: it may be gone meanwhile, or what it is to stand beside."""
    actor_id = person_of(request).id
    try:
        if move.beside:
            domain.place_category(
                category_id=move.row, beside=move.beside, is_after=move.is_after, actor_id=actor_id
            )
        else:
            domain.step_category(category_id=move.row, by=_STEPS[move.step], actor_id=actor_id)
    except domain.UnknownCategoryError:
        return False
    return True


def _made(request: SurfaceRequest, form: CategoryForm) -> bool:
    try:
        made = domain.create_category(content=form.content(), actor_id=person_of(request).id)
    except domain.SlugTakenError:
        form.add_error("slug", _("Another category has this address."))
    except domain.TooManyCategoriesError:
        form.add_error(None, _("There are as many categories as there may be."))
    except ValidationError as error:
        form.add_error(None, error)
    else:
        messages.success(request, _("Saved: %(name)s") % {"name": made.name})
        return True
    return False


def _renamed(request: SurfaceRequest, form: CategoryForm, category_id: UUID) -> bool:
    try:
        written = domain.rename_category(
            category_id=category_id, content=form.content(), actor_id=person_of(request).id
        )
    except domain.SlugTakenError:
        form.add_error("slug", _("Another category has this address."))
    except domain.UnknownCategoryError as error:
        raise Http404 from error
    except ValidationError as error:
        form.add_error(None, error)
    else:
        messages.success(request, _("Saved: %(name)s") % {"name": written.name})
        return True
    return False


def _found(category_id: UUID) -> Category:
    found = categories().filter(id=category_id).first()
    if found is None:
        raise Http404
    return found
