"""What stands around every page of a storefront, and its pages of text."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from storefront.domain.hours import open_days
from tenants.domain.tenants import suspend_tenant
from tenants.validators.phones import spaced_phone
from tests.storefront.dressing import FULL, asset, dress, speak

MARKUP = '<b>"x"</b><script>alert(1)</script>'
PATHS = ["", "items/", "about/", "privacy/", "returns/", "delivery/", "cart/", "report/"]


@pytest.mark.parametrize("path", PATHS)
def test_every_page_has_the_whole_frame(visit, tenant_a, path):
    dress(tenant_a, **FULL)

    page = visit.get(f"/en/{path}").text

    assert 'href="tel:+96522445071"' in page
    assert 'href="https://wa.me/96550001234"' in page
    assert 'href="mailto:hello@shop.example"' in page
    assert 'href="https://maps.example/x"' in page
    assert "Mubarakiya, Kuwait" in page
    assert 'href="https://www.instagram.com/shop"' in page
    assert "2024/1234" in page
    for text in ("about", "privacy", "returns", "delivery"):
        assert f'href="/en/{text}/"' in page
    assert re.search(r'href="/en/report/(\?page=[^"]+)?"', page)


def test_hours_that_are_alike_stand_in_one_line(visit, tenant_a):
    dress(tenant_a, **FULL)

    page = visit.get("/en/").text
    lines = re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", page, re.DOTALL)
    told = [tuple(" ".join(re.sub("<[^>]*>", " ", part).split()) for part in one) for one in lines]

    assert told == [
        ("Sunday – Wednesday", "09:00 – 13:00 16:00 – 21:00"),
        ("Thursday", "09:00 – 13:00"),
        ("Friday – Saturday", "Closed"),
    ]


def test_hours_speak_arabic():
    with override("ar"):
        days = open_days({"fri": [["16:00", "01:00"]]})
        assert [(one.first_name, one.last_name) for one in days] == [
            ("الأحد", "الخميس"), ("الجمعة", ""), ("السبت", ""),
        ]  # fmt: skip


def test_nothing_is_said_of_hours_that_are_unknown(visit):
    assert "Opening hours" not in visit.get("/en/").text


def test_a_logo_stands_in_the_header_instead_of_the_initial(visit, tenant_a):
    assert 'class="monogram"' in visit.get("/en/").text

    dress(tenant_a, logo=asset(tenant_a))

    page = visit.get("/en/").text
    assert 'class="monogram"' not in page
    header = page.partition("<header")[2].partition("</header>")[0]
    assert re.search(r'width="1280"\s+height="640"', header)
    assert header.count("<source") == 2


def test_a_picture_that_is_not_ready_is_none(visit, tenant_a):
    dress(tenant_a, logo=asset(tenant_a, types=()), cover=asset(tenant_a, types=()))

    page = visit.get("/en/").text

    assert 'class="monogram"' in page
    assert "hero-cover" not in page


@pytest.mark.parametrize("pictures", [0, 1])
def test_a_cover_is_behind_the_name(put, visit, tenant_a, pictures):
    put(slug="thing", pictures=pictures)
    dress(tenant_a, cover=asset(tenant_a, alt_en="Shelves of bottles"))

    page = visit.get("/en/").text

    hero = page.partition('<div class="hero hero-cover">')[2].partition("</h1>")[0]
    assert re.search(r'width="1280"\s+height="640"\s+alt="Shelves of bottles"', hero)
    assert 'sizes="100vw"' in hero
    assert page.count('href="/en/items/thing/"') == 1


@pytest.mark.parametrize(
    ("minutes", "is_shown"), [(None, True), (1, True), (-1, False)], ids=["stays", "now", "over"]
)
def test_an_announcement_ends(visit, tenant_a, minutes, is_shown):
    until = minutes and timezone.now() + timedelta(minutes=minutes)
    dress(tenant_a, announcement_en="Closed for Eid", announcement_until=until)

    assert ("Closed for Eid" in visit.get("/en/items/").text) == is_shown
    assert "Closed for Eid" not in visit.get("/ar/items/").text


def test_an_announcement_leads_to_the_web_alone(visit, tenant_a):
    dress(tenant_a, announcement_en="Sale", announcement_url="https://x.example/?a=1&b=2")
    assert 'href="https://x.example/?a=1&amp;b=2"' in visit.get("/en/").text

    dress(tenant_a, announcement_url="javascript:alert(1)", map_url="javascript:alert(2)")

    page = visit.get("/en/").text
    assert "Sale" in page
    assert "javascript:" not in page


@pytest.mark.parametrize("path", ["", "items/", "about/", "privacy/", "items/thing/"])
def test_markup_is_shown_as_text(put, visit, tenant_a, path):
    put(slug="thing", name_en=MARKUP, description_en=MARKUP)
    texts = ("tagline_en", "about_en", "announcement_en", "address_en", "licence_number")
    texts += ("account_holder", "bank_name", "payment_note_en", "privacy_en")
    dress(tenant_a, **{**FULL, **dict.fromkeys(texts, MARKUP)})

    page = visit.get(f"/en/{path}").text

    assert "<script>alert" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;" in page


@pytest.mark.parametrize("path", ["", "about/", "privacy/", "report/"])
def test_a_page_takes_one_query(visit, tenant_a, path):
    dress(tenant_a, **FULL, logo=asset(tenant_a), cover=asset(tenant_a))
    visit.get(f"/en/{path}")

    with CaptureQueriesContext(connection) as queries:
        visit.get(f"/en/{path}")

    # The home page looks for items as well.
    assert len(queries) == (1 if path else 2)


def test_about_tells_all_there_is(visit, tenant_a):
    dress(tenant_a, **FULL)

    page = visit.get("/en/about/").text

    assert "<p>A small shop.</p>" in page
    assert "<p>Since 1987.</p>" in page
    assert "KW81 CBKU 0000 0000 0000 1234 5601 01" in page
    assert "Shop Trading" in page
    assert spaced_phone("+96550005678") in page
    assert re.search(r'href="https://pay.example/shop"\s+rel="nofollow noopener"', page)
    assert "Transfer, then send the slip." in page
    assert "On receipt" in page


def test_about_without_anything_is_a_page(visit):
    assert visit.get("/en/about/").status_code == 200


@pytest.mark.parametrize("page", ["privacy", "returns", "delivery"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_legal_pages_have_a_text_from_the_start(visit, tenant_a, page, language):
    text = visit.get(f"/{language}/{page}/").text
    assert text.count("<p>") > 5

    dress(tenant_a, **{f"{page}_{language}": "One.\n\nTwo\nhttps://evil.example"})

    text = visit.get(f"/{language}/{page}/").text
    assert "<p>One.</p>" in text
    assert "<p>Two<br>https://evil.example</p>" in text
    assert 'href="https://evil.example' not in text


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_pages_of_text_can_only_be_read(visit, method):
    assert getattr(visit, method)("/en/about/").status_code == 405
    assert getattr(visit, method)("/en/privacy/").status_code == 405


def test_a_language_that_is_not_spoken_leads_to_one_that_is(visit, tenant_a):
    speak(tenant_a, "ar")

    for path in ("", "items/?page=2&utm_source=a%20b", "items/%D8%B9%D9%88%D8%AF/", "cart/"):
        response = visit.get(f"/en/{path}")
        assert (response.status_code, response.headers["Location"]) == (302, f"/ar/{path}")
        assert "Set-Cookie" not in response.headers
    entrance = visit.get("/", headers={"accept-language": "en"})
    assert entrance.headers["Location"] == "/ar/"
    assert visit.post("/en/cart/").status_code == 404
    page = visit.get("/ar/")
    assert page.status_code == 200
    assert "language-switch" not in page.text
    assert "hreflang" not in page.text


def test_a_language_of_nobody_is_not_found(visit, tenant_a):
    speak(tenant_a, "ar")

    assert visit.get("/fr/").status_code == 404


def test_a_problem_page_can_be_reported_as_well(visit):
    response = visit.get("/en/nothing/")

    assert response.status_code == 404
    assert 'href="/en/report/"' in response.text


def test_a_closed_host_offers_no_report(visit, tenant_a):
    suspend_tenant(tenant_a.slug, reason="Test", now=timezone.now())

    response = visit.get("/en/")

    assert response.status_code == 503
    assert "/report/" not in response.text
