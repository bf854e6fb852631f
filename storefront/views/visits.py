"""The visit that a page's form is sent from."""

from django.http import HttpRequest
from django.utils import timezone

from storefront.domain.visits import begin_submission
from storefront.requests import note_seen, page_view


def begin_visit(request: HttpRequest) -> str:
    """Count the page, and freeze the visit that it is of: its token, for a hidden field of the form. What
    the visitor opens before they send it makes no other visit of it. Empty for a HEAD.
    """
    if request.method != "GET":
        return ""
    note_seen(request)
    return begin_submission(page_view(request), now=timezone.now())
