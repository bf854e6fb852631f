"""The pages of the storefront's settings: what they show, what they keep, what they preview."""

from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from storefront.models import MediaAsset, StorefrontSettings
from tenants import scopes
from tenants.models import Domain, Tenant
from tests.dashboards.conftest import counted, put
from tests.storefront.uploads import drawn

LOOK = {
    "version": "1",
    "name_ar": "بيت العود",
    "name_en": "Oud House",
    "tagline_en": "Oud & more",
    "languages": "en ar",
    "accent": "#0b6e8a",
    "accepts": ["orders"],
    "announcement_en": "Closed on Friday",
    "announcement_until": "2030-01-01T09:30",
}
PAGES = ("settings/", "settings/contact/", "settings/payment/", "settings/legal/")


@pytest.fixture
def owner(staff_of, shop):
    return staff_of(shop, role="owner", name="Noura")


def stored(tenant):
    with scopes.tenant(tenant.id):
        return StorefrontSettings.objects.first() or StorefrontSettings()


def tenant_of(tenant):
    with scopes.public():
        return Tenant.objects.get(id=tenant.id)


@pytest.mark.parametrize("path", [*PAGES, "settings/address/"])
@pytest.mark.parametrize("role", ["owner", "staff"])
def test_every_role_sees_them(staff_of, shop, path, role):
    desk = staff_of(shop, role=role)
    page = desk.see(path)

    assert page.status_code == 200
    may = role == "owner"
    if path != "settings/address/":
        assert ("disabled" not in page.text) == may
    assert 'class="section-link"' in page.text


def test_a_page_takes_few_queries(owner):
    owner.see("settings/")
    with counted(5):  # session, person, member; settings with their pictures; settings of the frame
        owner.see("settings/")


def test_the_look_is_saved(owner, shop):
    response = owner.send("settings/", LOOK)

    assert response.headers["Location"] == owner.path("settings/")
    settings, tenant = stored(shop), tenant_of(shop)
    assert (tenant.name_en, tenant.languages, tenant.default_language) == (
        "Oud House",
        ["en", "ar"],
        "en",
    )
    assert settings.tagline_en == "Oud & more"
    assert settings.accent == "#0b6e8a"
    assert settings.accepts is None
    assert settings.announcement_until.isoformat() == "2030-01-01T06:30:00+00:00"
    assert settings.version == 2
    page = owner.see("settings/").text
    assert "Saved." in page
    assert 'value="2030-01-01T09:30"' in page


def test_one_name_is_enough_and_a_colour_of_ones_own_is_taken(owner, shop):
    owner.send("settings/", {**LOOK, "name_ar": " ", "accent": "own", "own_accent": "#ABCDEF"})

    assert tenant_of(shop).name_ar == "Oud House"
    assert stored(shop).accent == "#abcdef"


def test_what_is_open_can_be_nothing(owner, shop):
    owner.send("settings/", {**LOOK, "accepts": []})

    assert stored(shop).accepts == []


def test_contact_hours_and_networks_are_saved(owner, shop):
    owner.send(
        "settings/contact/",
        {
            "version": "1",
            "phone": "٢٢٤٤٥٠٧١",
            "whatsapp": "+965 5000 1234",
            "hours_sun": "9-13، 16:00–21:00",
            "hours_fri": "٢٠:٠٠ - ٢:٠٠",
            "social_instagram": "@oud.house",
            "map_url": "https://maps.example/x",
        },
    )

    settings = stored(shop)
    assert settings.phone == "+96522445071"
    assert settings.opening_hours == {
        "sun": [["09:00", "13:00"], ["16:00", "21:00"]],
        "fri": [["20:00", "02:00"]],
    }
    assert settings.social == {"instagram": "https://www.instagram.com/oud.house"}
    page = owner.see("settings/contact/").text
    assert 'value="09:00–13:00, 16:00–21:00"' in page
    assert 'value="+965 2244 5071"' in page


def test_payment_is_saved(owner, shop):
    owner.send(
        "settings/payment/",
        {
            "version": "1",
            "iban": "KW81 CBKU 0000 0000 0000 1234 5601 01",
            "wamd": "50001234",
            "payment_url": "https://pay.example/oud",
        },
    )

    settings = stored(shop)
    assert settings.iban == "KW81CBKU0000000000001234560101"
    assert settings.wamd == "+96550001234"
    assert settings.takes_cash is False
    assert "KW81 CBKU 0000 0000 0000 1234 5601 01" in owner.see("settings/payment/").text


def legal_fields(page):
    """The texts as a browser would send them back."""
    sent = {"version": page.split('name="version" value="')[1].split('"')[0]}
    for name in ("privacy", "returns", "delivery"):
        for code in ("ar", "en"):
            area = page.split(f'name="{name}_{code}"')[1]
            text = unescape(area.split(">", 1)[1].split("</textarea>")[0])
            sent[f"{name}_{code}"] = text.lstrip("\r\n").replace("\n", "\r\n")
    return sent


def test_a_legal_text_that_is_left_as_it_was_is_not_kept(owner, shop):
    sent = legal_fields(owner.see("settings/legal/").text)
    assert sent["returns_en"].startswith("If something is not as you expected")
    sent |= {"privacy_en": "Ours.", "licence_number": "2026/17"}
    owner.send("settings/legal/", sent)

    settings = stored(shop)
    assert settings.privacy_en == "Ours."
    assert settings.licence_number == "2026/17"
    assert settings.returns_en == settings.privacy_ar == ""


@pytest.mark.parametrize(
    ("path", "data", "wrong"),
    [
        ("settings/", {**LOOK, "name_ar": "", "name_en": ""}, "id_name_ar"),
        ("settings/", {**LOOK, "announcement_url": "javascript:alert(1)"}, "id_announcement_url"),
        ("settings/", {**LOOK, "announcement_until": "soon"}, "id_announcement_until"),
        ("settings/", {**LOOK, "accent": "own", "own_accent": "red"}, "id_accent"),
        ("settings/contact/", {"phone": "12"}, "id_phone"),
        ("settings/contact/", {"hours_mon": "nine to five"}, "id_hours_mon"),
        ("settings/contact/", {"hours_mon": "9-13, 12-14"}, "id_hours_mon"),
        ("settings/contact/", {"social_x": "https://evil.example/x"}, "id_social_x"),
        ("settings/payment/", {"iban": "KW00"}, "id_iban"),
        ("settings/legal/", {"privacy_en": "x" * 20_001}, "id_privacy_en"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(owner, shop, path, data, wrong):
    typed = {"tagline_en": "Typed before", "bank_name": "Typed before", "email": "typed@x.example"}
    page = owner.send(path, {**typed, "licence_number": "Typed before", "version": "1", **data})

    assert page.status_code == 400
    assert 'class="error-summary"' in page.text
    assert f'href="#{wrong}"' in page.text
    assert "Typed before" in page.text or "typed@x.example" in page.text or path == "settings/"
    assert stored(shop).version == 1


def test_hours_that_run_into_the_next_day_are_said_of_the_whole(owner):
    page = owner.send(
        "settings/contact/", {"version": "1", "hours_mon": "20-02", "hours_tue": "01-03"}
    )

    assert page.status_code == 400
    assert "Two of these times overlap." in page.text


def test_a_stale_form_says_what_is_there_now(owner, shop):
    owner.send("settings/payment/", {"version": "1", "bank_name": "First"})
    page = owner.send("settings/payment/", {"version": "1", "bank_name": "Second"})

    assert page.status_code == 409
    assert "Now it says: First" in page.text
    assert 'value="Second"' in page.text
    assert stored(shop).bank_name == "First"
    owner.send("settings/payment/", {"version": "2", "bank_name": "Second"})
    assert stored(shop).bank_name == "Second"


def test_staff_are_refused_before_anything_is_read(staff_of, shop):
    desk = staff_of(shop)
    assert desk.send("settings/", LOOK).status_code == 403
    assert desk.send("settings/preview/", LOOK).status_code == 403
    assert desk.send("settings/address/", {"slug": "other"}).status_code == 403
    assert staff_of(shop, role="admin").send("settings/address/", {"slug": "x"}).status_code == 403

    assert stored(shop).version == 1


def test_a_logo_comes_with_the_form(owner, shop, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = SimpleUploadedFile("logo.png", drawn("png"), "image/png")
    page = owner.send("settings/", {**LOOK, "name_ar": "", "name_en": "", "logo_file": file})

    # It is kept though the names are wrong: a browser doesn't send it again.
    with scopes.tenant(shop.id):
        asset = MediaAsset.objects.get()
    assert page.status_code == 400
    assert f'value="{asset.id}"' in page.text

    owner.send("settings/", {**LOOK, "logo": str(asset.id)})
    assert stored(shop).logo_id == asset.id
    assert f"picture-state-{asset.id}" in owner.see("settings/").text

    owner.send("settings/", {**LOOK, "version": "2", "logo": str(asset.id), "remove_logo": "on"})
    assert stored(shop).logo_id is None
    with scopes.tenant(shop.id):
        assert not MediaAsset.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("logo.svg", b"<svg/>", "image/svg+xml"),
        ("logo.html", b"<p>", "text/html"),
        ("logo.png", b"", "image/png"),
    ],
)
def test_what_is_no_picture_is_refused(owner, shop, name, content, kind):
    file = SimpleUploadedFile(name, content, kind)
    page = owner.send("settings/", {**LOOK, "logo_file": file})

    assert page.status_code == 400
    assert 'href="#id_logo_file"' in page.text
    assert stored(shop).version == 1


def test_the_preview_shows_what_is_typed_and_writes_nothing(owner, shop):
    put(shop)
    page = owner.send(
        "settings/preview/",
        {**LOOK, "accent": "own", "own_accent": "#ff0000", "announcement_url": "nonsense:"},
    )

    assert page.status_code == 200
    assert "Oud House" in page.text
    assert "Oud &amp; more" in page.text
    assert '<head><base target="_blank">' in page.text
    theme = "settings/theme/1/ff0000.css"
    assert f'href="{owner.path(theme)}"' in page.text
    assert owner.see(theme).headers["Content-Type"].startswith("text/css")
    assert "Oud oil" in page.text
    assert page.headers["Content-Security-Policy"].startswith("sandbox allow-same-origin;")
    assert "script-src 'none'; form-action 'none'" in page.headers["Content-Security-Policy"]
    assert stored(shop).version == 1
    assert tenant_of(shop).name_en != "Oud House"
    # What comes after is the dashboard's own again.
    assert owner.see("settings/").status_code == 200


def test_the_preview_is_in_a_language_of_the_page(owner):
    page = owner.send("settings/preview/", {**LOOK, "languages": "ar"})

    assert '<html lang="ar" dir="rtl">' in page.text


def test_markup_stays_text_in_the_preview(owner):
    page = owner.send("settings/preview/", {**LOOK, "tagline_en": "<script>alert(1)</script>"})

    assert "<script>alert" not in page.text


def test_how_a_colour_is_read_is_shown(owner):
    page = owner.see("settings/colour/", accent="own", own_accent="#ffff00").text

    assert "Made easier to read." in page
    assert owner.see("settings/colour/", accent="red").status_code == 404


def test_the_page_moves(owner, shop):
    new = f"{shop.slug}-new"
    response = owner.send("settings/address/", {"slug": new.upper()})

    assert response.headers["Location"] == f"/{new}/settings/address/"
    assert tenant_of(shop).slug == new
    with scopes.public():
        hosts = dict(Domain.objects.filter(tenant=shop).values_list("domain", "is_primary"))
    assert hosts == {f"{shop.slug}.localhost": False, f"{new}.localhost": True}
    page = owner.get(response.headers["Location"]).text
    assert "moved to its new address" in page
    assert f"http://{new}.localhost/" in page


@pytest.mark.parametrize(
    ("slug", "said"),
    [
        ("", "This field is required."),
        ("a", "3 to 63"),
        ("admin", "reserved"),
        ("souqna-x", "reserved"),
        ("oud-house", "taken"),
        ("0ud-house", "too much like"),
    ],
)
def test_an_address_that_cannot_be_had_is_refused(owner, shop, slug, said):
    page = owner.send("settings/address/", {"slug": slug})

    assert page.status_code == 400
    assert said in page.text
    assert tenant_of(shop).slug == shop.slug
    if slug:
        assert said in owner.see("settings/address/state/", slug=slug).text


@pytest.mark.parametrize(
    ("language", "said"), [("en", "may see an error"), ("ar", "التحويل القديم")]
)
def test_who_goes_back_to_a_former_address_is_warned(owner, shop, language, said):
    new = f"{shop.slug}-new"
    owner.send("settings/address/", {"slug": new})
    state = f"/{new}/settings/address/state/"

    def asked(slug):
        return owner.get(state, {"slug": slug}, headers={"accept-language": language}).text

    assert said in asked(shop.slug)
    for other in (new, f"{new}er", "oud-house"):
        assert said not in asked(other)


def test_an_address_that_is_free_is_said_to_be(owner, shop):
    assert "is free" in owner.see("settings/address/state/", slug=f"{shop.slug}-2").text
