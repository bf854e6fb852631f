"""What the log-in page of `app.` says about single sign-on."""

from typing import cast
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.enums import Surface
from tenants.identity.sso.provider import is_configured
from tenants.requests import SurfaceRequest

#: In the address of the log-in page: why somebody comes back to it.
PROBLEM = "sso"
PROBLEMS: dict[str, str | Promise] = {
    "late": _("That took too long, or began in another window. Please try again."),
    "cancelled": _("You did not finish logging in with single sign-on."),
    "failed": _("Logging in with single sign-on did not work. Please try again."),
    "unavailable": _("Single sign-on cannot be reached right now. Please try again in a moment."),
    "unverified": _(
        "Your e-mail address is not confirmed there, so single sign-on cannot open an account here."
    ),
    "account": _("This account cannot be entered with single sign-on."),
}


def sso_offer(request: HttpRequest, page: str) -> dict[str, str | Promise]:
    """`sso_url` to begin at on the way to `page`, and `sso_problem` to tell; nothing where there is no
    single sign-on.

    The operators' panel has none: a provider knows few addresses to come back to, and one host is enough.
    """
    if cast("SurfaceRequest", request).surface != Surface.APP or not is_configured():
        return {}
    return {
        "sso_url": f"{reverse('oidc-begin')}?{urlencode({'next': page})}",
        "sso_problem": PROBLEMS.get(request.GET.get(PROBLEM, ""), ""),
    }
