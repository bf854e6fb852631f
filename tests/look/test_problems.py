"""Every refusal and failure reads well: as a page, as a document, in both languages."""

import json
from types import SimpleNamespace

import pytest
from django.core.exceptions import RequestDataTooBig
from django.template import loader
from django.test import RequestFactory
from django.utils import timezone
from django.utils.translation import gettext_lazy

from tenants.domain.problems import UNKNOWN, WORDINGS
from tenants.domain.tenants import suspend_tenant
from tenants.views import problems
from tenants.views.problems import problem_response

# The codes of the public contract, and ours for a fault of the server.
STATUSES = {
    400: ["invalid", "idempotency_key_required", "reason_required"],
    401: ["not_authenticated", "invalid_token", "invalid_credentials"],
    403: ["permission_denied", "tenant_suspended", "mfa_required", "csrf_failed"],
    404: ["not_found", "tenant_not_found"],
    405: ["method_not_allowed"],
    406: ["not_acceptable"],
    409: [
        "invalid_transition",
        "stale_version",
        "out_of_stock",
        "price_changed",
        "item_unavailable",
        "request_in_flight",
        "last_owner",
    ],
    413: ["too_large"],
    415: ["unsupported_media_type"],
    422: ["idempotency_key_reused"],
    429: ["rate_limited", "chat_session_limit", "ai_hard_limit"],
    500: ["server_error"],
    503: ["unavailable", "assistant_unavailable"],
}
CODES = [(status, code) for status, codes in STATUSES.items() for code in codes]


def request_to(path="/", *, surface="storefront", **headers):
    request = RequestFactory(headers=headers).get(path)
    request.surface = surface
    request.tenant = None
    return request


def test_every_code_has_words_of_its_own():
    assert set(WORDINGS) == {code for _, code in CODES}


@pytest.mark.parametrize(("status", "code"), CODES)
@pytest.mark.parametrize(("language", "direction"), [("ar", "rtl"), ("en", "ltr")])
def test_a_page_says_what_happened(status, code, language, direction):
    response = problem_response(request_to(f"/{language}/"), status=status, code=code)

    assert response.status_code == status
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert response.headers["Content-Language"] == language
    assert f'<html lang="{language}" dir="{direction}">' in response.text
    assert ("Retry-After" in response.headers) == (status in {429, 503})


@pytest.mark.parametrize(("status", "code"), CODES)
@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_document_has_the_shape_of_the_contract(status, code, language):
    request = request_to("/api/v1/orders/", **{"accept-language": language})

    response = problem_response(request, status=status, code=code)

    assert response.headers["Content-Type"] == "application/problem+json"
    document = json.loads(response.content)
    assert set(document) == {"type", "title", "status", "code", "detail", "errors"}
    assert (document["status"], document["code"], document["errors"]) == (status, code, {})
    assert document["title"].isascii() == document["detail"].isascii() == (language == "en")


def test_a_caller_can_say_it_in_its_own_words():
    response = problem_response(
        request_to("/api/v1/", **{"accept-language": "ar"}),
        status=400,
        code="invalid",
        title=gettext_lazy("Shop"),
        detail="exactly",
        errors={"lines": [gettext_lazy("Project"), "two"]},
        headers={"Retry-After": "7"},
    )

    document = json.loads(response.content)
    assert (document["title"], document["detail"]) == ("متجر", "exactly")
    assert document["errors"] == {"lines": ["مشروع", "two"]}
    assert response.headers["Retry-After"] == "7"


def test_a_page_lists_the_errors_and_escapes_what_was_typed():
    response = problem_response(
        request_to("/en/"), status=400, code="invalid", errors={"name": ["<b>no</b>"]}
    )

    assert "<li>&lt;b&gt;no&lt;/b&gt;</li>" in response.text


def test_an_unknown_code_still_has_words():
    document = problems.problem_document(status=418, code="teapot")

    assert document["title"] == str(UNKNOWN.title)


@pytest.mark.parametrize(
    ("path", "accept", "is_document"),
    [
        ("/en/", "text/html", False),
        ("/en/", "*/*", False),
        ("/en/", "", False),
        ("/en/", "application/json", True),
        ("/en/", "application/problem+json", True),
        ("/en/", "image/avif", False),
        ("/en/", "application/json, text/html;q=0.5", False),
        ("/en/", ";;,/,text", False),
        ("/en/", "\x00\xff" * 50, False),
        ("/api/v1/orders/", "text/html", True),
        ("/oud-house/api/v1/orders/", "text/html", True),
        ("/en/api-docs/", "text/html", False),
        ("/en/x/api/", "text/html", False),
    ],
)
def test_who_gets_a_document(path, accept, is_document):
    headers = {"accept": accept} if accept else {}

    assert problems.wants_document(request_to(path, **headers)) is is_document


def test_a_body_over_the_limit_is_too_large():
    assert problems.bad_request(request_to(), RequestDataTooBig()).status_code == 413
    assert problems.bad_request(request_to(), ValueError()).status_code == 400


def test_a_forged_form_has_expired():
    assert "This form has expired" in problems.csrf_failed(request_to("/en/")).text


def test_even_a_broken_page_is_an_answer(monkeypatch):
    def broken(name):
        raise OSError(name)

    monkeypatch.setattr(loader, "get_template", broken)

    response = problems.server_error(request_to())

    assert response.status_code == 500
    assert "حدث خطأ" in response.text


def test_no_problem_asks_the_database():
    tenant = SimpleNamespace(
        name="Oud House", kind="shop", languages=["ar", "en"], default_language="ar"
    )
    request = request_to("/en/")
    request.tenant = tenant

    # Without a fixture of the database, any statement would fail.
    response = problem_response(request, status=503, code="tenant_suspended")

    assert "Oud House" in response.text
    assert 'href="/en/"' not in response.text


@pytest.mark.parametrize(("language", "word"), [("en", "unavailable"), ("ar", "غير متاح")])
def test_a_suspended_storefront_is_unavailable(new_tenant, at, language, word):
    tenant = new_tenant()
    suspend_tenant(tenant.slug, reason="test", now=timezone.now())

    page = at(tenant.slug).get(f"/{language}/")
    document = at(tenant.slug).get("/api/v1/items/", headers={"accept-language": language})

    assert (page.status_code, document.status_code) == (503, 403)
    assert word in page.text
    assert "Retry-After" in page.headers
    assert document.json()["code"] == "tenant_suspended"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_host_that_leads_nowhere_has_no_way_back(real_db, at, language):
    response = at("nobody").get(f"/{language}/")

    assert response.status_code == 404
    assert f'<html lang="{language}"' in response.text
    assert 'class="button' not in response.text
