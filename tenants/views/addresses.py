"""The e-mail address that a browser is about to prove or to log in with, kept between the pages."""

import time

from django.http import HttpRequest

from tenants.domain.attempts import RESEND_SECONDS

_ADDRESS, _SENT_AT = "address", "address_sent_at"
#: Seconds. The browser may be several people's.
_KEPT = 3600


def remember_address(request: HttpRequest, email: str, *, was_sent_code: bool = False) -> None:
    """Keep the address for an hour, and when a code was sent to it."""
    request.session[_ADDRESS] = [email, time.time()]
    if was_sent_code:
        request.session[_SENT_AT] = time.time()


def known_address(request: HttpRequest) -> str:
    """The address that this link (`?email=`) or an earlier page told us, or nothing."""
    return request.GET.get("email") or remembered_address(request)


def remembered_address(request: HttpRequest) -> str:
    """The address that an earlier page told us, or nothing."""
    email, since = request.session.get(_ADDRESS, ("", 0.0))
    return str(email) if time.time() - since < _KEPT else ""


def seconds_to_resend(request: HttpRequest) -> int:
    """How long until another code may be asked for, as far as this browser knows."""
    waited = time.time() - float(request.session.get(_SENT_AT, 0.0))
    return max(0, round(RESEND_SECONDS - waited))
