"""A storefront on a phone's home screen: manifest, icon, colours."""

import re
import xml.etree.ElementTree as ET

import pytest

from tests.storefront.dressing import asset, dress, speak


@pytest.mark.parametrize(
    ("language", "name", "direction"), [("ar", "متجر", "rtl"), ("en", "Shop", "ltr")]
)
def test_the_manifest_is_the_tenants(visit, tenant_a, language, name, direction):
    dress(tenant_a, accent="#7a1f2b")

    page = visit.get(f"/{language}/").text
    address = re.search(r'<link rel="manifest"\s+href="([^"]+)"', page)[1]
    response = visit.get(address)
    manifest = response.json()

    assert response.headers["Content-Type"] == "application/manifest+json"
    assert (manifest["name"], manifest["short_name"]) == (name, name)
    assert (manifest["lang"], manifest["dir"]) == (language, direction)
    assert (manifest["start_url"], manifest["scope"]) == (f"/{language}/", "/")
    assert re.fullmatch("#[0-9a-f]{6}", manifest["theme_color"])
    assert f'content="{manifest["theme_color"]}"' in page
    assert [one["purpose"] for one in manifest["icons"]] == ["any maskable"]
    assert visit.get(manifest["icons"][0]["src"]).status_code == 200


def test_the_manifest_stands_at_the_root_too(visit, tenant_a):
    assert visit.get("/manifest.webmanifest").json()["lang"] == "ar"
    speak(tenant_a, "en")
    assert visit.get("/manifest.webmanifest", headers={"accept-language": "ar"}).json()["lang"] == (
        "en"
    )


def test_a_logo_is_the_icon(visit, tenant_a):
    logo = asset(tenant_a)
    dress(tenant_a, logo=logo)

    page = visit.get("/en/").text
    icons = visit.get("/en/manifest.webmanifest").json()["icons"]

    small = f"/media/{tenant_a.id}/{logo.renditions[3]['name']}"
    assert f'<link rel="icon" href="{small}" type="image/webp">' in page
    assert f'<link rel="apple-touch-icon" href="{small}">' in page
    assert [(one["type"], one["sizes"]) for one in icons[-4:-1]] == [
        ("image/webp", "320x160"), ("image/webp", "640x320"), ("image/webp", "1280x640"),
    ]  # fmt: skip
    assert icons[-1]["purpose"] == "maskable"


@pytest.mark.parametrize(("language", "letter"), [("ar", "م"), ("en", "S")])
def test_without_a_logo_the_initial_is_the_icon(visit, language, letter):
    page = visit.get(f"/{language}/").text
    address = re.search(r'<link rel="icon"\s+href="([^"]+)"', page)[1]

    response = visit.get(address)

    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    root = ET.fromstring(response.content)
    assert root[1].text == letter


@pytest.mark.parametrize(("language", "letter"), [("ar", "م"), ("en", "S")])
def test_who_looks_for_a_favicon_finds_the_same_as_all(visit, tenant_a, language, letter):
    if language == "en":
        speak(tenant_a, "en", "ar")

    for wanted in ("ar", "en", "fr", ""):
        response = visit.get("/favicon.ico", headers={"accept-language": wanted})
        assert response.headers["Content-Type"] == "image/svg+xml"
        assert ET.fromstring(response.content)[1].text == letter


@pytest.mark.parametrize("name", ["red.svg", "12345.svg", "1A7F5A.svg", "1a7f5a.png"])
def test_an_icon_is_a_colour_and_nothing_else(visit, name):
    assert visit.get(f"/en/icon/{name}").status_code == 404


@pytest.mark.parametrize("address", ["manifest.webmanifest", "icon/1a7f5a.svg"])
def test_they_can_only_be_read(visit, address):
    assert visit.post(f"/en/{address}").status_code == 405
