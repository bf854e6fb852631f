"""Storefronts that say all there is to say, or say it without a space, on a phone of 360 px."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from storefront.domain.seeding import SIZES
from storefront.models import CatalogItem, MediaAsset
from tenants import scopes
from tenants.models import Tenant
from tenants.queries.hosts import forget_hosts
from tests.browser.test_pages import DESK, LOOKS, PHONE, RIGHT, address, seen
from tests.storefront.dressing import FULL, dress

pytestmark = pytest.mark.browser

PICTURES = Path(__file__).parents[2] / "storefront" / "domain" / "seeds" / "pictures"
PATHS = [
    "",
    "items/",
    "items/?sort=price&least=1",
    "items/thing/",
    "about/",
    "privacy/",
    "report/",
    "nothing/",
]
WIDE = """() => document.documentElement.scrollWidth - document.documentElement.clientWidth"""
CUT = """() => [...document.querySelectorAll("header *, main *, footer *")]
  .filter((one) => one.checkVisibility() && !one.closest(".visually-hidden, .gallery, picture"))
  .map((one) => [one.className, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && (box.left < -1 || box.right > innerWidth + 1))
  .map(([name]) => name)"""
SHIFT = """() => new Promise((done) => new PerformanceObserver((list) => done(
  list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
)).observe({type: "layout-shift", buffered: true}) || setTimeout(() => done(0), 500))"""


def picture(tenant, name):
    """One of the demo's pictures, as the tenant's own."""
    renditions = []
    with scopes.tenant(tenant.id):
        for width, height in SIZES:
            content = ContentFile((PICTURES / f"{name}-{width}.webp").read_bytes())
            file = default_storage.save(f"items/{name}-{width}.webp", content)
            renditions.append(
                {"name": file, "width": width, "height": height, "content_type": "image/webp"}
            )
        return MediaAsset.objects.create(renditions=renditions)


@pytest.fixture
def dressed(tenant_a):
    """A shop that says all there is to say."""
    dress(
        tenant_a,
        **FULL,
        announcement_ar="المحل مغلق أيام العيد",
        announcement_en="Closed during Eid",
        announcement_url="https://example.com/",
        logo=picture(tenant_a, "gift-box"),
        cover=picture(tenant_a, "majlis-evening"),
    )
    return tenant_a


@pytest.mark.parametrize("letter", ["م", "W"])
def test_names_without_a_space_stay_on_the_page(tenant_a, chromium, port, letter):
    language = "ar" if letter == "م" else "en"
    text = letter * 160
    with scopes.public():
        Tenant.objects.filter(id=tenant_a.id).update(name_ar=text[:120], name_en=text[:120])
    forget_hosts()
    names = ("tagline_ar", "tagline_en", "announcement_ar", "announcement_en", "address_ar")
    names += ("address_en", "about_ar", "about_en", "privacy_ar", "privacy_en", "payment_note_en")
    dress(tenant_a, **{**FULL, **dict.fromkeys(names, text), "account_holder": text[:120]})
    with scopes.tenant(tenant_a.id):
        for slug, kind in (("thing", "product"), ("other", "project")):
            CatalogItem.objects.create(
                slug=slug, kind=kind, status="published", name_ar=text, name_en=text,
                description_ar=text, description_en=text,
                price=Decimal("12.500") if kind == "product" else None,
            )  # fmt: skip

    def look(visit):
        found = {}
        for path in PATHS:
            visit.page.goto(address(port, tenant_a.slug, f"/{language}/{path}"))
            found[path] = visit.page.evaluate(WIDE), visit.page.evaluate(CUT)
        return found

    assert chromium.run(look) == {path: (0, []) for path in PATHS}


@pytest.mark.parametrize("language", LOOKS)
def test_a_full_storefront_fits_and_is_accessible(dressed, chromium, port, language):
    paths = ("", "items/", "about/", "delivery/", "report/")

    def look(visit):
        found = {}
        for path in paths:
            visit.page.goto(address(port, dressed.slug, f"/{language}/{path}"))
            found[path] = seen(visit.page, language)
        return found, visit.complaints

    found, complaints = chromium.run(look, locale=language)

    assert found == {path: ([RIGHT[language]] * 2, ["", ""]) for path in paths}
    assert complaints == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_logo_and_cover_move_nothing_when_they_arrive(dressed, chromium, port, size):
    def look(visit):
        visit.page.set_viewport_size(size)
        visit.page.goto(address(port, dressed.slug, "/en/"), wait_until="networkidle")
        return visit.page.evaluate(SHIFT)

    assert chromium.run(look) < 0.01


def test_a_visitor_reports_the_page_without_a_script(dressed, chromium, port):
    def look(visit):
        page = visit.page
        page.goto(address(port, dressed.slug, "/ar/about/"))
        page.get_by_role("link", name="الإبلاغ عن هذه الصفحة").click()
        about = page.locator("#id_page").input_value()
        page.get_by_role("button", name="إرسال البلاغ").click()
        refused = page.locator(".error-summary").count()
        page.get_by_text("احتيال أو خداع").click()
        page.get_by_role("button", name="إرسال البلاغ").click()
        return about, refused, page.locator(".notice-title").inner_text(), visit.complaints

    about, refused, said, complaints = chromium.run(look, locale="ar", java_script_enabled=False)

    assert (about, refused, said) == ("/ar/about/", 1, "شكرًا، وصل بلاغك")
    assert [text for text in complaints if "the server responded with" not in text] == []
