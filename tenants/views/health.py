"""`/livez`: the process answers. `/readyz`: it can serve. Asked before the host is looked at."""

from django.http import HttpRequest, HttpResponse, JsonResponse

from tenants.domain.health import checks


def health_response(request: HttpRequest) -> HttpResponse | None:
    """The answer to a health check, or None for any other path."""
    if request.path_info == "/livez":
        return JsonResponse({"status": "ok"})
    if request.path_info != "/readyz":
        return None
    results = checks()
    ready = set(results.values()) == {"ok"}
    return JsonResponse(
        {"status": "ok" if ready else "unavailable", "checks": results},
        status=200 if ready else 503,
        headers={"Cache-Control": "no-store"},
    )
