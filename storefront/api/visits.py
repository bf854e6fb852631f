"""The public API of visits, for clients that render their own pages."""

from urllib.parse import unquote, urlsplit

from django.utils import timezone
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from storefront.domain.visits import announce
from storefront.requests import PageView, language_of
from storefront.serializers.visits import NewVisitSerializer, VisitSerializer
from tenants.api.problems import limits
from tenants.api.requests import surface_request
from tenants.api.schemas import RETRY_AFTER, problems
from tenants.gateways.rate_limits import RateLimit
from tenants.requests import client_address

_AN_ADDRESS = RateLimit("visits", amount=120, seconds=60, fails_open=True)


class VisitsView(APIView):
    """Visits of this storefront."""

    @extend_schema(
        operation_id="announce_visit",
        request=NewVisitSerializer,
        responses={201: VisitSerializer, **problems("invalid", "rate_limited")},
        parameters=[RETRY_AFTER],
    )
    def post(self, request: Request) -> Response:
        """Count a page. To be sent by the visitor's browser, which it counts, at each page."""
        asked = surface_request(request)
        with limits():
            _AN_ADDRESS.hit(client_address(asked))
        sent = NewVisitSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        landing = urlsplit(sent.validated_data["landing_url"])
        path = unquote(landing.path) or "/"
        view = PageView(
            path=path,
            query=landing.query,
            referrer=sent.validated_data.get("referrer") or "",
            host=landing.hostname or "",
            language=language_of(path) or get_language() or "",
            address=client_address(asked),
            user_agent=asked.META.get("HTTP_USER_AGENT", ""),
        )
        return Response({"visit": announce(view, now=timezone.now())}, status=201)
