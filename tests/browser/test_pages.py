"""Each page as people meet it: on a phone and on a desk, in both languages, light and dark."""

import json
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from django import forms
from django.conf import settings
from django.template import engines
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from tenants import scopes
from tenants.enums import TenantKind
from tenants.models import User

pytestmark = pytest.mark.browser

# Each page: the label of its host, its path (with the language, where the path has it), its status.
PAGES = {
    "landing": ("", "/{language}/", 200),
    "shop": ("oud-house", "/{language}/", 200),
    "charity": ("ghaith", "/{language}/", 200),
    "project": ("green-school", "/{language}/", 200),
    "items": ("green-school", "/{language}/items/", 200),
    "filters": ("oud-house", "/{language}/items/?sort=price&least=1", 200),
    "item": ("oud-house", "/{language}/items/oud-oil/", 200),
    "goal": ("ghaith", "/{language}/items/water-well/", 200),
    "cart": ("oud-house", "/{language}/cart/", 200),
    "about": ("oud-house", "/{language}/about/", 200),
    "returns": ("ghaith", "/{language}/returns/", 200),
    "report": ("oud-house", "/{language}/report/?page=/ar/items/", 200),
    "no cart": ("ghaith", "/{language}/cart/", 200),
    "organisations": ("app", "/", 200),
    "account": ("app", "/account/", 200),
    "today": ("app", "/oud-house/", 200),
    "nothing": ("oud-house", "/{language}/nothing/", 404),
    "nobody": ("nobody", "/{language}/", 404),
}
AUDIT = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
LOOKS = {"ar": ((PHONE, "light"), (DESK, "dark")), "en": ((PHONE, "dark"), (DESK, "light"))}
FACTS = """() => ({
  lang: document.documentElement.lang,
  dir: getComputedStyle(document.body).direction,
  overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  headings: document.querySelectorAll("h1").length,
  small: [...document.querySelectorAll("a.button, button:not([aria-hidden]), header a")]
    .filter((link) => link.checkVisibility() && link.getBoundingClientRect().height < 44)
    .map((link) => link.outerHTML),
})"""
# A block of data is a script in name only.
SCRIPTS = "[...document.scripts].filter(one => one.type !== 'application/ld+json').length"
RIGHT = {
    "ar": {"lang": "ar", "dir": "rtl", "overflow": 0, "headings": 1, "small": []},
    "en": {"lang": "en", "dir": "ltr", "overflow": 0, "headings": 1, "small": []},
}


@pytest.fixture
def session(real_db, at):
    """The cookie of a logged-in owner of the shop."""
    client = at("app")
    with scopes.public():
        client.force_login(User.objects.get(email="owner@oud-house.example"))
    name = settings.SESSION_COOKIE_NAME
    return {
        "name": name,
        "value": client.cookies[name].value,
        "domain": f"app.{settings.SOUQNA_DOMAIN}",
        "path": "/",
    }


def address(port, label, path):
    host = f"{label}.{settings.SOUQNA_DOMAIN}" if label else settings.SOUQNA_DOMAIN
    return f"http://{host}:{port}{path}"


def seen(page, language):
    """The facts and the audit of an open page, on a phone and on a desk, in light and in dark."""
    page.evaluate(AXE_SCRIPT)
    facts, reports = [], []
    for size, appearance in LOOKS[language]:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=appearance)
        facts.append(page.evaluate(FACTS))
        audit = AxeResults(page.evaluate(f"axe.run({json.dumps(AUDIT)})"))
        reports.append(audit.generate_report() if audit.violations_count else "")
    return facts, reports


@pytest.mark.parametrize("language", LOOKS)
def test_every_page_fits_and_is_accessible(session, chromium, port, language):
    """One visit of them all: a browser that has the fonts and styles is several times faster."""

    def look(visit):
        found = {}
        for name, (label, path, _status) in PAGES.items():
            answer = visit.page.goto(address(port, label, path.format(language=language)))
            found[name] = answer.status, *seen(visit.page, language)
        return found, visit.complaints

    found, complaints = chromium.run(look, locale=language, cookies=[session])

    assert found == {
        name: (status, [RIGHT[language]] * 2, ["", ""]) for name, (_, _, status) in PAGES.items()
    }
    # Chromium notes the status of a page that is not found; what the policy refused reads otherwise.
    assert [text for text in complaints if "the server responded with" not in text] == []


@pytest.mark.parametrize("appearance", ["light", "dark"])
def test_light_and_dark_differ_and_can_be_set(real_db, chromium, port, appearance):
    def look(visit):
        visit.page.goto(address(port, "oud-house", "/en/"))
        paper = "getComputedStyle(document.body).backgroundColor"
        asked = visit.page.evaluate(paper)
        visit.page.evaluate("document.documentElement.dataset.theme = 'dark'")
        dark = visit.page.evaluate(paper)
        visit.page.evaluate("document.documentElement.dataset.theme = 'light'")
        return asked, dark, visit.page.evaluate(paper)

    asked, dark, light = chromium.run(look, color_scheme=appearance)

    assert (dark, light) == ("rgb(22, 20, 18)", "rgb(251, 250, 247)")
    assert asked == (light if appearance == "light" else dark)


def test_each_tenant_has_its_own_accent(real_db, chromium, port):
    def look(visit):
        colours = []
        for label in ("oud-house", "ghaith", "green-school"):
            visit.page.goto(address(port, label, "/en/"))
            mark = visit.page.locator(".monogram")
            colours.append(mark.evaluate("mark => getComputedStyle(mark).backgroundColor"))
        return colours

    assert len(set(chromium.run(look))) == 3


def test_the_keyboard_reaches_the_content_first(real_db, chromium, port):
    def look(visit):
        visit.page.goto(address(port, "oud-house", "/ar/"))
        visit.page.keyboard.press("Tab")
        link = visit.page.locator(":focus")
        box = link.bounding_box()
        visit.page.keyboard.press("Enter")
        return box, visit.page.evaluate("document.activeElement.id")

    box, reached = chromium.run(look)

    assert box["y"] >= 0
    assert reached == "main"


def test_the_switch_keeps_the_page_and_needs_no_script(session, chromium, port):
    def look(visit):
        page = visit.page
        page.goto(address(port, "oud-house", "/ar/?utm_source=a"))
        page.locator(".language-switch").click()
        storefront = page.url
        page.goto(address(port, "app", "/oud-house/?day=1"))
        page.locator(".account summary").click()
        page.locator(".language-switch").click()
        return storefront, page.url, page.locator("html").get_attribute("lang")

    storefront, dashboard, language = chromium.run(
        look, locale="en", cookies=[session], java_script_enabled=False
    )

    assert storefront == address(port, "oud-house", "/en/?utm_source=a")
    assert dashboard == address(port, "app", "/oud-house/?day=1")
    assert language == "ar"


def test_a_visit_to_a_storefront_leaves_nothing_behind(real_db, chromium, port):
    def look(visit):
        visit.page.goto(address(port, "oud-house", "/ar/"))
        script = visit.page.evaluate(SCRIPTS)
        return visit.page.context.cookies(), visit.page.evaluate("localStorage.length"), script

    assert chromium.run(look) == ([], 0, 0)


@pytest.mark.parametrize("language", LOOKS)
def test_the_components_are_accessible(real_db, chromium, port, language):
    url = address(port, "", "/gallery/")
    with override(language):
        html = gallery(language)

    def look(visit):
        visit.page.route(url, lambda route: route.fulfill(content_type="text/html", body=html))
        visit.page.goto(url)
        focus = visit.page.evaluate("document.activeElement.className")
        return focus, *seen(visit.page, language)

    focus, facts, reports = chromium.run(look)

    assert focus == "error-summary"
    assert facts == [RIGHT[language]] * 2
    assert reports == ["", ""]


class Example(forms.Form):
    """A form with a bit of everything."""

    name = forms.CharField(label=_("Owner"), help_text=_("This address is reserved."))
    note = forms.CharField(label=_("Reference"), required=False, widget=forms.Textarea)
    kind = forms.ChoiceField(label=_("Project"), choices=TenantKind.choices)


def gallery(language):
    """Every component on one page."""
    template = (Path(__file__).parent / "gallery.html").read_text()
    other = {"code": "en", "name": "English", "url": "/"}
    context = {"form": Example({}), "language": language, "other_language": other}
    context["direction"] = "rtl" if language == "ar" else "ltr"
    return engines["django"].from_string(template).render(context)
