"""Items from a table and into one: choose, look, import; export."""

from uuid import UUID

from django.contrib import messages
from django.core.files.base import File
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from dashboards.forms.imports import ImportForm
from dashboards.views.import_lines import lines_of
from dashboards.views.pages import page, person_of, tenant_of
from storefront.domain.exporting import export_items
from storefront.domain.importing import (
    Imported,
    StaleImportError,
    compare,
    import_items,
    seen_in,
)
from storefront.domain.item_tables import COLUMNS
from storefront.domain.kept_imports import ImportGoneError, KeptImport, keep_import, kept_import
from storefront.domain.sent_pictures import take_pictures
from tenants.requests import SurfaceRequest

_FORM = ["GET", "HEAD", "POST"]


@require_http_methods(_FORM)
def choose(request: SurfaceRequest) -> HttpResponse:
    """A form for a table and its pictures; what is sent is kept and looked at on the next page."""
    if request.method != "POST":
        return _form_page(request, ImportForm())
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _form_page(request, form, status=400)
    return HttpResponseRedirect(reverse("item-import-look", args=[_kept(request, form)]))


@require_http_methods(_FORM)
def look(request: SurfaceRequest, import_id: UUID) -> HttpResponse:
    """What importing a kept table would do, row by row; sent, it does exactly that."""
    try:
        return (
            _import(request, import_id) if request.method == "POST" else _look(request, import_id)
        )
    except ImportGoneError:
        told = _("That table isn’t kept any more. Please choose it again.")
        messages.info(request, told)
        return HttpResponseRedirect(reverse("item-import"))


@require_safe
def export(request: SurfaceRequest) -> FileResponse:
    """All items as a table."""
    day = timezone.localdate().isoformat()
    return FileResponse(
        export_items(),
        as_attachment=True,
        filename=f"{tenant_of(request).slug}-items-{day}.csv",
        content_type="text/csv; charset=utf-8",
    )


def _kept(request: SurfaceRequest, form: ImportForm) -> UUID:
    person, now, table = person_of(request), timezone.now(), form.cleaned_data["file"]
    files, refused = form.sent_pictures()
    pictures, unnamed = take_pictures(
        table, [(file, File(content)) for file, content in files], actor_id=person.id, now=now
    )
    kept = KeptImport(form.filename, table, pictures, unnamed, refused)
    return keep_import(kept, actor_id=person.id, now=now)


def _look(request: SurfaceRequest, import_id: UUID) -> HttpResponse:
    person, now = person_of(request), timezone.now()
    kept = kept_import(import_id, actor_id=person.id, now=now)
    comparison = compare(kept, actor_id=person.id, now=now)
    can_import = comparison.writes and not comparison.wrong
    context = {
        "kept": kept,
        "comparison": comparison,
        "lines": lines_of(comparison),
        "count": len(comparison.entries),
        "seen": seen_in(comparison, import_id, actor_id=person.id) if can_import else "",
    }
    return page(request, "dashboards/items/import_look.html", context, section="items")


def _import(request: SurfaceRequest, import_id: UUID) -> HttpResponse:
    try:
        imported = import_items(
            import_id=import_id,
            seen=request.POST.get("seen", ""),
            actor_id=person_of(request).id,
            now=timezone.now(),
        )
    except StaleImportError:
        told = _("The catalog has changed since. Nothing was imported: please look again.")
        messages.warning(request, told)
        return HttpResponseRedirect(reverse("item-import-look", args=[import_id]))
    messages.success(request, _told(imported))
    return HttpResponseRedirect(reverse("items"))


def _told(imported: Imported) -> str:
    count = imported.new + imported.changed
    return ngettext("%(count)d item imported.", "%(count)d items imported.", count) % {
        "count": count
    }


def _form_page(request: SurfaceRequest, form: ImportForm, *, status: int = 200) -> HttpResponse:
    context = {"form": form, "columns": COLUMNS}
    return page(request, "dashboards/items/import.html", context, section="items", status=status)
