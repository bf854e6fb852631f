"""Each page loads the stylesheets of what is on it, and no file is too long to be read."""

import re

import pytest

from capture.models import Order
from tenants import scopes
from tenants.models import User
from tests.look.messages import ROOT

CSS = ROOT / "static" / "css"
STYLESHEETS = {str(path.relative_to(CSS)): path.read_text() for path in CSS.rglob("*.css")}
#: Files whose rules mean other things by the same names: each surface has its own.
SURFACES = ("staff/", "storefront/")
LINK = re.compile(r'href="[^"]*/css/([\w/]+)(?:\.\w+)?\.css"')
CLASS = re.compile(r'class="([^"]*)"')
SELECTOR = re.compile(r"^ *([^\s@{};/][^@{};/\n]*?)(?:,| \{)$", re.MULTILINE)
PAGES = [
    ("", "/en/", ""),
    ("", "/en/nothing/", ""),
    ("oud-house", "/en/", "storefront/"),
    ("ghaith", "/en/", "storefront/"),
    ("oud-house", "/en/items/", "storefront/"),
    ("oud-house", "/en/items/oud-oil/", "storefront/"),
    ("ghaith", "/en/items/water-well/", "storefront/"),
    ("oud-house", "/en/about/", "storefront/"),
    ("oud-house", "/en/privacy/", "storefront/"),
    ("oud-house", "/en/report/", "storefront/"),
    ("oud-house", "/en/cart/", "storefront/"),
    ("oud-house", "/en/checkout/", "storefront/"),
    ("oud-house", "track", "storefront/"),
    ("app", "/login/", "staff/"),
    ("app", "/tenants/", "staff/"),
    ("app", "/tenants/new/", "staff/"),
    ("app", "/signup/", "staff/"),
    ("app", "/verify/", "staff/"),
    ("app", "/forgot/", "staff/"),
    ("app", "/reset/", "staff/"),
    ("app", "/mfa/", "staff/"),
    ("app", "/account/", "staff/"),
    ("app", "/account/email/", "staff/"),
    ("app", "/account/password/", "staff/"),
    ("app", "/oud-house/", "staff/"),
    ("app", "/oud-house/orders/", "staff/"),
    ("app", "/oud-house/orders/O-1001/", "staff/"),
    ("app", "/oud-house/items/", "staff/"),
    ("app", "/oud-house/items/import/", "staff/"),
    ("app", "/oud-house/items/new/", "staff/"),
    ("app", "/oud-house/items/oud-oil/", "staff/"),
    ("app", "/oud-house/items/oud-oil/delete/", "staff/"),
    ("app", "/oud-house/team/", "staff/"),
    ("app", "/ghaith/team/", "staff/"),
    ("app", "/invitations/unknown/", "staff/"),
]


def styled(text):
    """The classes that a stylesheet's selectors begin with: those it is the home of."""
    return {
        found[1]
        for selector in SELECTOR.findall(text)
        if (found := re.match(r"\.([\w-]+)", selector))
    }


HOMES = {name: styled(text) for name, text in STYLESHEETS.items()}


def unstyled(html, surface):
    """Classes on a page that only stylesheets that it doesn't load speak of."""
    loaded = {f"{name}.css" for name in LINK.findall(html)}
    used = {name for names in CLASS.findall(html) for name in names.split()}
    mine = {
        name for name in HOMES if not name.startswith(SURFACES) or name.startswith(surface or "-")
    }
    known = set().union(*(HOMES[name] for name in mine))
    return (used & known) - set().union(*(HOMES[name] for name in loaded))


@pytest.mark.parametrize("name", sorted(STYLESHEETS))
def test_no_stylesheet_is_too_long(name):
    assert STYLESHEETS[name].count("\n") <= 300


@pytest.mark.parametrize(("label", "path", "surface"), PAGES)
def test_a_page_loads_what_it_shows(real_db, at, label, path, surface):
    client = at(label)
    if label == "app" and path not in ("/login/", "/signup/", "/verify/"):
        with scopes.public():
            client.force_login(User.objects.get(email="both@souqna.example"))
    if path == "/en/checkout/":
        page = client.get("/en/items/oud-oil/").text
        item = re.search(r'name="item"\s+value="([^"]+)"', page)[1]
        client.post("/en/cart/lines/", {"item": item, "quantity": "1"})

    if path == "track":
        with scopes.tenant(client.get("/en/").context["tenant"].id):
            path = f"/en/track/{Order.objects.first().tracking_token}/"

    response = client.get(path, follow=True)

    assert "stylesheet" in response.text
    assert unstyled(response.text, surface) == set()


def test_what_is_not_loaded_is_found():
    html = '<link href="/static/css/tokens.css"><p class="tile cart-sum thumbnail">'

    assert unstyled(html, "storefront/") == {"tile", "cart-sum", "thumbnail"}
    assert unstyled(html, "staff/") == {"tile", "thumbnail"}
