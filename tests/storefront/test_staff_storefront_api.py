"""The staff's API of the storefront's settings, and what the public one tells of them."""

import pytest

from storefront.models import MediaAsset, StorefrontSettings
from tenants import scopes
from tenants.models import Tenant, TenantMember
from tests.capture.test_public_api import problem
from tests.capture.test_staff_api import logged_in

HOURS = {"sun": [["09:00", "13:00"], ["16:00", "21:00"]]}


@pytest.fixture
def call(tenant_a, user):
    """Calls `storefront/` as a member in a role: `call("patch", body, role="staff")`."""

    def send(method, body=None, role="owner", tenant=tenant_a):
        with scopes.tenant(tenant_a.id):
            TenantMember.objects.update_or_create(
                tenant=tenant_a, user=user, defaults={"role": role}
            )
        client, address = logged_in(user), f"/{tenant.slug}/api/v1/storefront/"
        if method == "get":
            return client.get(address)
        return getattr(client, method)(address, body or {}, content_type="application/json")

    return send


@pytest.fixture
def logo(tenant_a):
    with scopes.tenant(tenant_a.id):
        return MediaAsset.objects.create(
            renditions=[
                {"name": "media/l.webp", "width": 320, "height": 320, "content_type": "image/webp"}
            ]
        )


def test_everything_is_shown_to_every_role(call, tenant_a):
    shown = call("get", role="staff").json()

    assert shown["slug"] == tenant_a.slug
    assert shown["url"] == f"http://{tenant_a.slug}.localhost/"
    assert shown["version"] == 1
    assert shown["accepts"] == ["orders"]
    assert shown["languages"] == ["ar", "en"]
    assert (shown["logo"], shown["logo_url"]) == (None, None)
    assert shown["colors"]["light"].keys() == {"accent", "strong", "soft", "on_accent"}


def test_only_what_is_sent_is_written(call, logo):
    call("patch", {"tagline_en": "One", "phone": "22445071"})
    response = call(
        "patch",
        {
            "version": 2,
            "phone": "٢٢٠٩٨١٤٠",
            "opening_hours": HOURS,
            "social": {"instagram": "@oud"},
            "accepts": ["pledges"],
            "announcement_until": "2027-01-01T00:00:00+03:00",
            "logo": str(logo.id),
            "name_en": "Oud Palace",
            "slug": "another",
        },
        role="admin",
    )

    shown = response.json()
    assert response.status_code == 200, shown
    assert shown["tagline_en"] == "One"
    assert shown["phone"] == "+96522098140"
    assert shown["opening_hours"] == HOURS
    assert shown["social"] == {"instagram": "https://www.instagram.com/oud"}
    assert shown["accepts"] == ["pledges"]
    assert shown["name_en"] == "Oud Palace"
    assert shown["slug"] != "another"
    assert shown["logo"] == str(logo.id)
    assert shown["logo_url"].startswith("http://app.localhost")
    assert shown["logo_url"].endswith("/media/l.webp")
    assert shown["version"] == 3
    assert call("get").json() == shown


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"phone": "1", "iban": "2"}, {"phone", "iban"}),
        ({"map_url": "javascript:alert(1)"}, {"map_url"}),
        ({"takes_cash": "perhaps"}, {"takes_cash"}),
        ({"accepts": ["money"]}, {"accepts"}),
        ({"opening_hours": {"sun": [["9", "9"]]}}, {"opening_hours"}),
        ({"announcement_until": "soon"}, {"announcement_until"}),
        ({"languages": ["fr"]}, {"languages"}),
        ({"logo": "17"}, {"logo"}),
        ({"cover": "6ab21d5a-6a4e-4a5a-9d9d-30a0b3a40d4c"}, {"cover"}),
        ({"version": 0}, {"version"}),
    ],
)
def test_refusals_name_the_fields(call, tenant_a, body, fields):
    told = problem(call("patch", {**body, "tagline_en": "x"}), 400, "invalid")

    assert set(told["errors"]) == fields
    with scopes.tenant(tenant_a.id):
        assert not StorefrontSettings.objects.exclude(tagline_en="").exists()


def test_a_stale_version_is_told(call):
    call("patch", {"tagline_en": "One"})
    problem(call("patch", {"tagline_en": "Two", "version": 1}), 409, "stale_version")

    assert call("get").json()["tagline_en"] == "One"


def test_staff_may_look_only(call):
    problem(call("patch", {"phone": 5}, role="staff"), 403, "permission_denied")


def test_others_find_nothing(call, tenant_b):
    problem(call("get", tenant=tenant_b), 404, "not_found")
    problem(call("patch", {"tagline_en": "x"}, tenant=tenant_b), 404, "not_found")


def test_what_visitors_clients_are_told(call, at, tenant_a, logo):
    call(
        "patch",
        {
            "whatsapp": "5000 1234",
            "address_ar": "المباركية",
            "address_en": "Mubarakiya",
            "map_url": "https://maps.example/x",
            "opening_hours": HOURS,
            "social": {"x": "oud"},
            "logo": str(logo.id),
        },
    )
    told = at(tenant_a.slug, **{"accept-language": "ar"}).get("/api/v1/storefront/").json()

    assert told["contact"] == {
        "phone": None,
        "whatsapp": "+96550001234",
        "email": None,
        "address": "المباركية",
        "map_url": "https://maps.example/x",
        "opening_hours": HOURS,
        "social": {"x": "https://x.com/oud"},
    }
    assert told["logo"].startswith(f"http://{tenant_a.slug}.localhost")
    assert told["colors"] == {
        "accent": "#0f6b5c",
        "light": told["colors"]["light"],
        "dark": told["colors"]["dark"],
    }
    assert told["colors"]["dark"]["accent"].startswith("#")


def test_a_new_name_is_seen_at_once(call, at, tenant_a):
    visitor = at(tenant_a.slug, **{"accept-language": "en"})
    visitor.get("/api/v1/storefront/")
    call("patch", {"name_en": "Oud Palace"})

    with scopes.public():
        assert Tenant.objects.get(id=tenant_a.id).name_en == "Oud Palace"
