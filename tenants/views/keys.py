"""The key set of the embedded engine, for whoever verifies its tokens (RFC 7517)."""

from django.conf import settings
from django.http import Http404, HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from tenants.identity.embedded.keys import published_keys


@require_safe
@cache_control(public=True, max_age=300)
def jwks(request: HttpRequest) -> JsonResponse:
    """The public keys; with another engine they are at its issuer's. Two queries."""
    if settings.IDENTITY_ENGINE != "embedded":
        raise Http404
    return JsonResponse({"keys": published_keys(timezone.now())})
