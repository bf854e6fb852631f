"""What can go wrong, in words: a title and an explanation for each code that we answer with."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Wording:
    """A code's title and explanation, in the language in force when they are read."""

    title: str | Promise
    detail: str | Promise


UNKNOWN = Wording(_("Something went wrong"), _("The request could not be completed."))

WORDINGS = {
    # 400
    "invalid": Wording(
        _("The request is not right"), _("Please check what you entered and try again.")
    ),
    "idempotency_key_required": Wording(
        _("The request is missing its key"),
        _("Send a UUID of your own in the Idempotency-Key header."),
    ),
    "reason_required": Wording(
        _("A reason is needed"), _("Please say why; the reason is kept in the history.")
    ),
    # 401
    "not_authenticated": Wording(_("You are not logged in"), _("Please log in and try again.")),
    "invalid_token": Wording(
        _("Your session is no longer valid"), _("Please log in again to continue.")
    ),
    "invalid_credentials": Wording(
        _("Log-in failed"), _("The e-mail address, password or code is not right.")
    ),
    # 403
    "permission_denied": Wording(
        _("You may not do this"), _("Ask an owner or admin of the organisation for access.")
    ),
    "tenant_suspended": Wording(
        _("Unavailable for now"),
        _("This organisation is unavailable at the moment. Its owner can contact us."),
    ),
    "mfa_required": Wording(
        _("Two-step verification is required"),
        _("Turn on two-step verification for your account, then try again."),
    ),
    "csrf_failed": Wording(
        _("This form has expired"), _("Go back, reload the page and send the form again.")
    ),
    # 404
    "not_found": Wording(
        _("Page not found"),
        _("The address may be mistyped, or what was here has been moved or removed."),
    ),
    "tenant_not_found": Wording(
        _("There is nothing at this address"),
        _("No organisation uses this address. Please check how it is spelled."),
    ),
    # 405, 406, 415
    "method_not_allowed": Wording(
        _("Not possible here"), _("The address is right, but it takes other methods.")
    ),
    "not_acceptable": Wording(
        _("Not in this form"), _("We answer in JSON here; ask for application/json.")
    ),
    "unsupported_media_type": Wording(
        _("Not in this form"), _("Send JSON, with Content-Type: application/json.")
    ),
    # 409
    "invalid_transition": Wording(
        _("This step is not possible now"),
        _("The status has to allow it. Reload to see what can be done."),
    ),
    "stale_version": Wording(
        _("Someone else changed this meanwhile"),
        _("Reload to see the latest state, then try again."),
    ),
    "out_of_stock": Wording(
        _("Not enough left"), _("There are fewer left than you asked for. Please lower the number.")
    ),
    "price_changed": Wording(
        _("The price has changed"), _("Please look at the new total before you go on.")
    ),
    "item_unavailable": Wording(
        _("No longer offered"), _("At least one thing in your order is no longer offered.")
    ),
    "request_in_flight": Wording(
        _("Already on its way"),
        _("The same request is being processed. Please wait for its answer."),
    ),
    "last_owner": Wording(
        _("An organisation needs an owner"),
        _("Make someone else an owner first."),
    ),
    # 413
    "too_large": Wording(_("Too large"), _("What you sent is larger than we accept.")),
    # 422
    "idempotency_key_reused": Wording(
        _("This key was used for another request"),
        _("Use a new Idempotency-Key for a different request."),
    ),
    # 429
    "rate_limited": Wording(
        _("Too many requests"), _("Please wait a little before you try again.")
    ),
    "chat_session_limit": Wording(
        _("That was a lot of messages"), _("Please wait a few minutes before you write again.")
    ),
    "ai_hard_limit": Wording(
        _("The assistant is resting"),
        _("It has answered all it can this month. Please contact us directly."),
    ),
    # 500
    "server_error": Wording(
        _("Something went wrong on our side"),
        _("It was not you. We have made a note of it; please try again in a moment."),
    ),
    # 503
    "unavailable": Wording(
        _("Unavailable for now"),
        _("This page is unavailable at the moment. Please come back soon."),
    ),
    "assistant_unavailable": Wording(
        _("The assistant is unavailable"), _("Please try again later, or contact us directly.")
    ),
}


def wording(code: str) -> Wording:
    """The wording of `code`; a general one for a code without."""
    return WORDINGS.get(code, UNKNOWN)
