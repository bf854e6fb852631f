"""What the accounts refuse, told on the form that asked for it; nothing typed is lost but passwords."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.forms.refusable import RefusableForm
from tenants.gateways.rate_limits import RateLimitedError
from tenants.identity.port import (
    EngineBusyError,
    EngineUnavailableError,
    InvalidTokenError,
    PasswordRefusedError,
    WrongCodeError,
    WrongCredentialsError,
)

#: Seconds to wait for an engine that is away.
_AWAY = 30
#: Up to here (seconds) a wait is told in seconds, then in minutes.
_LONGEST_IN_SECONDS = 90


@contextmanager
def refusals(form: RefusableForm) -> Iterator[None]:
    """Turn a refusal into an error of the form: the block ends, and the form is shown once more."""
    try:
        yield
    except (RateLimitedError, EngineBusyError) as error:
        form.refuse(wait_in_words(error.retry_after), status=429, retry_after=error.retry_after)
    except EngineUnavailableError:
        text = _("We can’t do this at the moment. Please try again shortly.")
        form.refuse(text, status=503, retry_after=_AWAY)
    except InvalidTokenError:
        form.refuse(_("Please log out, log in again and try once more."), status=400)
    except PasswordRefusedError as error:
        for reason in error.reasons:
            _blame(form, "password", reason)
    except WrongCodeError:
        _blame(form, "code", _("The code is wrong or has expired."))
    except WrongCredentialsError:
        _blame(form, "current", _("The password is not right."))


def _blame(form: RefusableForm, field: str, text: str) -> None:
    """Tell it at the field, or above the form where it has none such."""
    form.add_error(field if field in form.fields else None, text)


def wait_in_words(seconds: int) -> str:
    """That somebody has to wait so many seconds."""
    if seconds <= _LONGEST_IN_SECONDS:
        return ngettext(
            "Please wait %(count)d second, then try again.",
            "Please wait %(count)d seconds, then try again.",
            seconds,
        ) % {"count": seconds}
    minutes = ceil(seconds / 60)
    return ngettext(
        "That was too often. Please wait %(count)d minute, then try again.",
        "That was too often. Please wait %(count)d minutes, then try again.",
        minutes,
    ) % {"count": minutes}


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, for a form that is bound if anything was."""
    return request.POST if request.method == "POST" else None


def form_page(
    request: HttpRequest, template: str, form: RefusableForm, **context: Any
) -> HttpResponse:
    """The form on its page, with its status."""
    response = render(request, template, {"form": form, **context}, status=form.status)
    if form.retry_after:
        response.headers["Retry-After"] = str(form.retry_after)
    return response
