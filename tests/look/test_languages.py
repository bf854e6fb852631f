"""Which language a request gets, and that it stays with that request."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.utils.translation import get_language

from tenants.context_processors import surface as surface_context
from tenants.middleware.languages import LanguageMiddleware
from tenants.views import languages as views

BOTH = SimpleNamespace(languages=["ar", "en"], default_language="ar")
ENGLISH_ONLY = SimpleNamespace(languages=["en"], default_language="en")


def request_to(path="/", *, surface="storefront", tenant=BOTH, cookie="", accept="", **data):
    headers = {"accept-language": accept} if accept else {}
    request = RequestFactory(headers=headers).get(path, data)
    request.surface = surface
    request.tenant = tenant if surface == "storefront" else None
    if cookie:
        request.COOKIES["language"] = cookie
    return request


def say_language(request):
    return HttpResponse(get_language())


def answer(request, view=say_language):
    return LanguageMiddleware(view)(request)


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/ar/", "en", "ar"),
        ("/en/items/", "ar", "en"),
        ("/", "en", "en"),
        ("/", "en-GB,en;q=0.8,ar;q=0.5", "en"),
        ("/", "fr, ar-KW;q=0.9, en;q=0.1", "ar"),
        ("/", "en;q=0, fr", "ar"),
        ("/", "", "ar"),
        ("/", "fr", "ar"),
        ("/", "*", "ar"),
        ("/", "\x00;;q=ü,,,", "ar"),
        ("/", "en," * 400, "en"),
        ("/api/v1/items/", "en", "en"),
        ("/fr/", "", "ar"),
        ("/english/", "", "ar"),
        ("/ar", "en", "ar"),
    ],
)
def test_a_storefront_reads_the_path_and_then_the_browser(path, accept, expected):
    response = answer(request_to(path, accept=accept))

    assert response.text == expected
    assert response.headers["Content-Language"] == expected


@pytest.mark.parametrize("surface", ["storefront", "landing"])
def test_a_cookie_means_nothing_to_visitors(surface):
    response = answer(request_to("/", surface=surface, cookie="en", accept="ar"))

    assert response.text == "ar"
    assert response.headers["Vary"] == "Accept-Language"


def test_a_page_whose_path_names_the_language_does_not_vary():
    assert "Vary" not in answer(request_to("/en/", accept="ar")).headers


def test_a_tenant_speaks_its_own_languages_only():
    assert answer(request_to("/", tenant=ENGLISH_ONLY, accept="ar")).text == "en"

    response = answer(request_to("/ar/items/", tenant=ENGLISH_ONLY, accept="ar", page="2"))

    assert (response.status_code, response.headers["Location"]) == (302, "/en/items/?page=2")


@pytest.mark.parametrize("surface", ["app", "admin"])
@pytest.mark.parametrize(
    ("cookie", "accept", "expected"),
    [("ar", "en", "ar"), ("", "ar", "ar"), ("fr", "ar", "ar"), ("", "", "en"), ("../x", "", "en")],
)
def test_staff_read_the_language_they_chose_and_then_the_browsers(
    surface, cookie, accept, expected
):
    response = answer(request_to("/ar/", surface=surface, cookie=cookie, accept=accept))

    assert response.text == expected
    assert response.headers["Vary"] == "Cookie, Accept-Language"


def test_the_language_ends_with_the_request():
    before = get_language()

    answer(request_to("/ar/"))

    assert get_language() == before


def test_the_language_ends_when_a_view_fails():
    before = get_language()

    def fail(request):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        answer(request_to("/ar/"), fail)
    assert get_language() == before


def test_the_language_has_ended_when_a_body_is_streamed():
    def stream(request):
        return StreamingHttpResponse(iter(lambda: get_language().encode(), None))

    before = get_language()
    response = answer(request_to("/ar/"), stream)

    assert next(iter(response.streaming_content)) == before.encode()


def test_threads_keep_their_languages_apart():
    meet = Barrier(2, timeout=10)

    def meeting(request):
        meet.wait()  # both languages are active now
        language = get_language()
        meet.wait()
        return HttpResponse(language)

    with ThreadPoolExecutor(2) as threads:
        answers = threads.map(lambda path: answer(request_to(path), meeting).text, ["/ar/", "/en/"])

    assert list(answers) == ["ar", "en"]


@pytest.mark.parametrize(("accept", "target"), [("en", "/en/"), ("ar", "/ar/"), ("fr", "/ar/")])
def test_the_way_in_keeps_the_query(accept, target):
    response = answer(request_to("/", accept=accept, utm_source="insta gram"), views.enter)

    assert response.status_code == 302
    assert response.headers["Location"] == f"{target}?utm_source=insta+gram"
    assert response.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize("path", ["/items/", "/fr/", "/english/", "/en/nothing/"])
def test_any_other_path_without_a_language_is_not_found(real_db, at, path):
    response = at("oud-house").get(path)

    assert response.status_code == 404
    assert "Set-Cookie" not in response.headers


def test_the_real_way_in_and_the_real_switch(real_db, at):
    response = at("oud-house").get("/?utm_source=a&b=%20", headers={"accept-language": "en"})

    assert response.headers["Location"] == "/en/?utm_source=a&b=%20"

    response = at("app").get("/language/?to=ar&next=/signup/%3Fa%3Db")

    assert (response.status_code, response.headers["Location"]) == (302, "/signup/?a=b")
    cookie = response.cookies["language"]
    assert (cookie.value, cookie["domain"], cookie["path"]) == ("ar", "", "/")
    assert (cookie["samesite"], cookie["httponly"], cookie["secure"]) == ("Lax", True, "")


@pytest.mark.parametrize(
    "page",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "javascript:alert(1)",
        "http:///evil.example/",
        "\x00//evil.example",
        "",
    ],
)
def test_the_switch_leads_nowhere_else(page):
    response = views.switch(request_to("/language/", surface="app", to="ar", next=page))

    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("language", ["fr", "", "ar\r\nX: y", "AR"])
def test_the_switch_refuses_other_languages(language):
    response = views.switch(request_to("/language/", surface="app", to=language, next="/"))

    assert response.status_code == 400
    assert not response.cookies


def test_the_switch_can_be_posted():
    request = RequestFactory().post("/language/", {"to": "en", "next": "/tenants/"})
    request.surface, request.tenant = "app", None

    assert views.switch(request).headers["Location"] == "/tenants/"


@pytest.mark.parametrize(
    ("path", "query", "expected"),
    [
        ("/ar/items/ساعة/", {"a": "1"}, "/en/items/ساعة/?a=1"),
        ("/ar/", {}, "/en/"),
        ("/nothing/", {}, "/en/"),
    ],
)
def test_the_other_language_of_a_page_is_the_same_page(path, query, expected):
    seen = {}
    answer(
        request_to(path, **query),
        lambda request: seen.update(surface_context(request)) or HttpResponse(),
    )

    assert seen["language"] == "ar"
    assert seen["direction"] == "rtl"
    assert seen["other_language"] == {"code": "en", "name": "English", "url": expected}


def test_a_dashboards_other_language_keeps_the_prefix():
    request = request_to("/oud-house/orders/", surface="app", accept="en", status="pending")

    other = surface_context(request)["other_language"]

    assert other["url"] == "/language/?to=ar&next=%2Foud-house%2Forders%2F%3Fstatus%3Dpending"


def test_there_is_no_other_language_where_only_one_is_spoken():
    assert surface_context(request_to("/en/", tenant=ENGLISH_ONLY))["other_language"] is None
