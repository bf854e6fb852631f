"""What search engines and messengers read of a storefront."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from storefront.models import CatalogItem
from tenants import scopes
from tests.storefront.dressing import FULL, asset, dress, speak

S = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
X = "{http://www.w3.org/1999/xhtml}"


@pytest.fixture
def origin(tenant_a):
    return f"http://{tenant_a.slug}.{settings.SOUQNA_DOMAIN}"


def head(page):
    """The head's links and metas: `("canonical", "")` and `("meta", "og:title")` → the value."""
    found = {}
    for rel, language, href in re.findall(
        r'<link rel="(canonical|alternate)"\s*(?:hreflang="([^"]+)"\s*)?href="([^"]+)">', page
    ):
        found[rel, language] = href.replace("&amp;", "&")
    for name, value in re.findall(r'<meta (?:name|property)="([^"]+)"\s+content="([^"]*)">', page):
        found["meta", name] = value
    return found


def things(page):
    """What is on the page, by type."""
    text = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1]
    document = json.loads(text)
    assert document["@context"] == "https://schema.org"
    return {one["@type"]: one for one in document["@graph"]}


def test_a_page_has_one_address_in_each_language(put, visit, origin):
    put(slug="thing")

    found = head(visit.get("/en/items/thing/?utm_source=a&gclid=b").text)

    assert found["canonical", ""] == f"{origin}/en/items/thing/"
    assert found["alternate", "ar"] == f"{origin}/ar/items/thing/"
    assert found["alternate", "en"] == f"{origin}/en/items/thing/"
    assert found["alternate", "x-default"] == f"{origin}/ar/items/thing/"


def test_the_address_has_the_port_that_was_asked(tenant_a, at):
    host = f"{tenant_a.slug}.{settings.SOUQNA_DOMAIN}:8112"

    page = at(tenant_a.slug).get("/en/", headers={"host": host}).text

    assert head(page)["canonical", ""] == f"http://{host}/en/"


def test_a_list_keeps_what_makes_it_another(put, visit, origin):
    for number in range(30):
        put(slug=f"i-{number}", kind="service" if number == 0 else "product")

    def canonical(query):
        return head(visit.get(f"/en/items/{query}").text)["canonical", ""]

    assert canonical("?page=1&utm_source=a") == f"{origin}/en/items/"
    assert canonical("?page=2&sort=x") == f"{origin}/en/items/?page=2"
    assert canonical("?page=99") == f"{origin}/en/items/?page=2"
    assert canonical("?kind=service") == f"{origin}/en/items/?kind=service"
    assert canonical("?kind=%22%3E") == f"{origin}/en/items/"


@pytest.mark.parametrize("path", ["cart/", "report/", "items/?search=x", "nothing/"])
def test_some_pages_are_for_no_search_engine(put, visit, path):
    put()

    found = head(visit.get(f"/en/{path}").text)

    assert found["meta", "robots"] == "noindex"
    assert ("canonical", "") not in found


@pytest.mark.parametrize("path", ["", "items/", "items/thing/", "about/", "privacy/"])
def test_every_page_has_a_title_and_a_description_of_its_own(put, visit, tenant_a, path):
    put(slug="thing", description_en="Aged " * 100)
    dress(tenant_a, **FULL)

    page = visit.get(f"/en/{path}").text
    found = head(page)

    title = re.search(r"<title>(.*?)</title>", page, re.DOTALL)[1].strip()
    assert found["meta", "og:title"].split(" · ")[0] == title.split(" · ")[0]
    assert 0 < len(found["meta", "description"]) <= 155
    assert found["meta", "og:url"] == found["canonical", ""]
    assert ("meta", "robots") not in found


def test_a_shared_link_shows_what_messengers_can(put, visit, tenant_a, origin):
    item = put(slug="thing")
    with scopes.tenant(tenant_a.id):
        picture = asset(tenant_a, item=item, alt_en="A bottle")
    name = picture.renditions[-2]["name"]

    found = head(visit.get("/en/items/thing/").text)

    assert found["meta", "og:image"] == f"{origin}/media/{tenant_a.id}/{name}"
    assert found["meta", "og:image:type"] == "image/webp"
    assert (found["meta", "og:image:width"], found["meta", "og:image:height"]) == ("640", "320")
    assert found["meta", "og:image:alt"] == "A bottle"
    assert found["meta", "twitter:card"] == "summary_large_image"


def test_without_a_picture_of_its_own_a_page_shows_cover_or_logo(put, visit, tenant_a):
    put(slug="thing")
    assert ("meta", "og:image") not in head(visit.get("/en/items/thing/").text)

    logo = asset(tenant_a)
    dress(tenant_a, logo=logo)
    image = head(visit.get("/en/items/thing/").text)["meta", "og:image"]
    assert image.endswith(logo.renditions[-2]["name"])

    cover = asset(tenant_a)
    dress(tenant_a, cover=cover)
    image = head(visit.get("/en/").text)["meta", "og:image"]
    assert image.endswith(cover.renditions[-2]["name"])


def test_pictures_are_never_avif(visit, tenant_a):
    dress(tenant_a, logo=asset(tenant_a, types=("avif",)))

    page = visit.get("/en/").text

    assert ("meta", "og:image") not in head(page)
    assert 'rel="apple-touch-icon"' not in page


def test_home_says_who_the_tenant_is(visit, tenant_a, origin):
    dress(tenant_a, **FULL, logo=asset(tenant_a))

    store = things(visit.get("/en/").text)["Store"]

    assert store["name"] == "Shop"
    assert store["url"] == f"{origin}/en/"
    assert store["telephone"] == "+96522445071"
    assert store["address"] == {
        "@type": "PostalAddress", "streetAddress": "Mubarakiya, Kuwait", "addressCountry": "KW",
    }  # fmt: skip
    assert store["sameAs"] == ["https://www.instagram.com/shop"]
    assert store["logo"][0].startswith(f"{origin}/media/")
    assert len(store["openingHoursSpecification"]) == 9
    assert store["openingHoursSpecification"][0]["dayOfWeek"] == "https://schema.org/Sunday"


@pytest.mark.parametrize(("slug", "kind"), [("ghaith", "NGO"), ("green-school", "Organization")])
def test_each_kind_of_tenant_is_what_it_is(real_db, at, slug, kind):
    assert kind in things(at(slug).get("/en/").text)


def test_an_item_has_its_price_and_the_way_to_it(put, visit, tenant_a, origin):
    put(slug="thing", pictures=2, description_en="Aged")

    found = things(visit.get("/en/items/thing/").text)

    url = f"{origin}/en/items/thing/"
    assert found["Product"]["name"] == "Oud oil"
    assert len(found["Product"]["image"]) == 2
    assert found["Product"]["offers"] == {
        "@type": "Offer", "price": "12.500", "priceCurrency": "KWD", "url": url,
        "availability": "https://schema.org/InStock",
    }  # fmt: skip
    steps = found["BreadcrumbList"]["itemListElement"]
    assert [(step["position"], step["name"]) for step in steps] == [
        (1, "Shop"), (2, "All items"), (3, "Oud oil"),
    ]  # fmt: skip
    assert steps[2]["item"] == url


@pytest.mark.parametrize("stock", [0, 5])
def test_what_is_counted_is_not_promised(put, visit, stock):
    put(slug="thing", stock=stock)

    assert "availability" not in things(visit.get("/en/items/thing/").text)["Product"]["offers"]


@pytest.mark.parametrize(
    ("fields", "kind", "offered"),
    [
        ({"kind": "service"}, "Service", "Offer"),
        ({"has_variants": True}, "Product", "AggregateOffer"),
        ({"price": None}, "Product", None),
    ],
)
def test_kinds_of_items_differ(put, visit, fields, kind, offered):
    put(slug="thing", **fields)

    found = things(visit.get("/en/items/thing/").text)[kind]

    assert found.get("offers", {}).get("@type") == offered


def test_a_project_is_no_offer(put, visit):
    put(slug="thing", kind="project", price=None, goal=Decimal("900.000"))

    assert set(things(visit.get("/en/items/thing/").text)) == {"BreadcrumbList"}


def test_a_list_says_what_is_on_it(put, visit, origin):
    for number in range(26):
        put(slug=f"i-{number:02}", position=number)

    second = things(visit.get("/en/items/?page=2").text)["ItemList"]["itemListElement"]

    assert [(one["position"], one["url"]) for one in second] == [
        (25, f"{origin}/en/items/i-24/"), (26, f"{origin}/en/items/i-25/"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "a\u2028b&amp;", "<!--"])
def test_no_name_breaks_out_of_the_data(put, visit, name):
    put(slug="thing", name_en=name)

    page = visit.get("/en/items/thing/").text

    assert things(page)["Product"]["name"] == name
    block = page.partition("application/ld+json")[2].partition("</script>")[0]
    assert not set(block[2:]) & set("<>&\u2028")
    assert page.count("<script") == 1


def test_robots_are_kept_off_what_is_not_theirs(visit, origin):
    response = visit.get("/robots.txt")

    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.text.splitlines()
    assert lines[:2] == ["User-agent: *", "Disallow: /api/"]
    for path in ("cart", "checkout", "track", "report"):
        assert f"Disallow: /ar/{path}/" in lines
        assert f"Disallow: /en/{path}/" in lines
    assert lines[-1] == f"Sitemap: {origin}/sitemap.xml"


def locations(response):
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/xml; charset=utf-8"
    assert "Set-Cookie" not in response.headers
    root = ET.fromstring(response.content)
    return [one.text for one in root.iter(f"{S}loc")], root


def test_the_sitemap_has_every_page_in_each_language(put, visit, origin):
    put(slug="thing", updated_at=datetime(2026, 11, 20, tzinfo=UTC))
    put(slug="unseen", status="draft")

    files, _ = locations(visit.get("/sitemap.xml"))
    assert files == [f"{origin}/sitemap-0.xml", f"{origin}/sitemap-1.xml"]

    pages, _ = locations(visit.get("/sitemap-0.xml"))
    for path in ("", "items/", "about/", "privacy/", "returns/", "delivery/"):
        assert f"{origin}/ar/{path}" in pages
        assert f"{origin}/en/{path}" in pages
    items, root = locations(visit.get("/sitemap-1.xml"))
    assert items == [f"{origin}/ar/items/thing/", f"{origin}/en/items/thing/"]
    others = {link.get("hreflang"): link.get("href") for link in root[0].iter(f"{X}link")}
    assert others == {
        "ar": items[0], "en": items[1], "x-default": items[0],
    }  # fmt: skip
    assert root[0].find(f"{S}lastmod").text == "2026-11-20"


def test_the_sitemap_speaks_the_tenants_languages(put, visit, tenant_a, origin):
    put(slug="thing")
    speak(tenant_a, "en")

    items, root = locations(visit.get("/sitemap-1.xml"))

    assert items == [f"{origin}/en/items/thing/"]
    assert list(root.iter(f"{X}link")) == []


def test_ten_thousand_items_are_in_files_of_five_thousand(visit, tenant_a):
    with scopes.tenant(tenant_a.id):
        CatalogItem.objects.bulk_create(
            [
                CatalogItem(
                    kind="product", slug=f"i-{number:05}", name_ar="م", name_en="i",
                    price=1, status="published",
                )
                for number in range(10_000)
            ],
            batch_size=2_000,
        )  # fmt: skip

    files, _ = locations(visit.get("/sitemap.xml"))
    assert len(files) == 5
    seen = set()
    for number in range(1, 5):
        with CaptureQueriesContext(connection) as queries:
            items, _ = locations(visit.get(f"/sitemap-{number}.xml"))
        assert len(items) == 5_000
        assert len(queries) == 1
        seen.update(items)
    assert len(seen) == 20_000
    assert visit.get("/sitemap-5.xml").status_code == 404


@pytest.mark.parametrize("number", ["x", "-1", "1.5", "99999999999999999999"])
def test_there_are_no_other_sitemaps(visit, number):
    assert visit.get(f"/sitemap-{number}.xml").status_code == 404
