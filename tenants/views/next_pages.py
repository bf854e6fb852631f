"""Where a person was going: carried from page to page in the address, and never to another host."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

HOME = "/"


def next_page(request: HttpRequest) -> str:
    """The page of this host that the person was going to, else the first one."""
    page = request.POST.get("next") or request.GET.get("next") or HOME
    safe = url_has_allowed_host_and_scheme(
        page, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return page if safe else HOME


def with_next(path: str, page: str) -> str:
    """The address `path`, from where the person goes on to `page`."""
    return path + next_query(page)


def next_query(page: str) -> str:
    """The query that carries `page` on, or nothing for the first page."""
    return "" if page == HOME else "?" + urlencode({"next": page})
