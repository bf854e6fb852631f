"""Pictures are served to their own tenant's visitors and members, and nothing else is."""

from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from storefront.models import MediaAsset
from tenants import scopes
from tenants.models import Tenant, User

PIXEL = b"RIFF\x00\x00\x00\x00WEBPVP8 "


@pytest.fixture
def pictured(tenant_a, tenant_b, settings, tmp_path):
    """Two tenants with a picture of the same name, and a text."""
    settings.MEDIA_ROOT = tmp_path
    for tenant in (tenant_a, tenant_b):
        with scopes.tenant(tenant.id):
            default_storage.save("items/x-320.webp", ContentFile(PIXEL + str(tenant.id).encode()))
            default_storage.save("notes.html", ContentFile(b"<script>alert(1)</script>"))
    return tenant_a, tenant_b


def body(response):
    return b"".join(response.streaming_content)


def member_at(at, tenant):
    client = at("app")
    with scopes.public():
        client.force_login(User.objects.get(email=owner_of(tenant)))
    return client


def owner_of(tenant):
    from tenants.models import TenantMember

    with scopes.tenant(tenant.id):
        user_id = TenantMember.objects.get().user_id
    with scopes.public():
        return User.objects.get(id=user_id).email


def test_a_visitor_sees_the_tenants_own_picture(pictured, at):
    a, _ = pictured

    response = at(a.slug).get(f"/media/{a.id}/items/x-320.webp")

    assert response.status_code == 200
    assert body(response) == PIXEL + str(a.id).encode()
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Content-Length"] == str(len(PIXEL) + 36)
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'"
    assert not {"Set-Cookie", "Vary", "Content-Language"} & set(response.headers)


def test_another_tenants_picture_is_not_there(pictured, at):
    a, b = pictured

    assert at(a.slug).get(f"/media/{b.id}/items/x-320.webp").status_code == 404
    assert at(a.slug).get(f"/media/{uuid4()}/items/x-320.webp").status_code == 404
    assert member_at(at, a).get(f"/media/{b.id}/items/x-320.webp").status_code == 404
    assert member_at(at, a).get(f"/media/{uuid4()}/items/x-320.webp").status_code == 404


@pytest.mark.parametrize(
    "name",
    [
        "../{other}/items/x-320.webp",
        "items/../../{other}/items/x-320.webp",
        "%2e%2e/{other}/items/x-320.webp",
        "..%2f{other}%2fitems%2fx-320.webp",
        "/{other}/items/x-320.webp",
        "items/nothing.webp",
        "items/x-320.webp/",
        "items",
        "notes.html",
        "a%00b.webp",
        "{long}.webp",
        "",
    ],
)
def test_no_other_name_leads_anywhere(pictured, at, name):
    a, b = pictured
    path = name.format(other=b.id, long="n" * 300)

    for client in (at(a.slug), member_at(at, a)):
        assert client.get(f"/media/{a.id}/{path}").status_code == 404


def test_a_folder_named_like_a_picture_is_none(pictured, at):
    a, _ = pictured
    with scopes.tenant(a.id):
        default_storage.save("deep.webp/x-320.webp", ContentFile(PIXEL))

    assert at(a.slug).get(f"/media/{a.id}/deep.webp").status_code == 404


def test_members_see_it_on_the_dashboards_host_and_strangers_dont(pictured, at):
    a, _ = pictured
    path = f"/media/{a.id}/items/x-320.webp"

    response = member_at(at, a).get(path)

    assert body(response) == PIXEL + str(a.id).encode()
    assert response.headers["Cache-Control"].startswith("private, ")
    assert at("app").get(path).status_code == 404
    assert at("").get(path).status_code == 404


def test_a_picture_can_be_asked_for_and_not_written(pictured, at):
    a, _ = pictured
    path = f"/media/{a.id}/items/x-320.webp"

    asked = at(a.slug).head(path)
    asked.close()  # as a server does

    assert asked.status_code == 200
    assert at(a.slug).post(path).status_code == 405


def test_the_demos_pictures_have_these_addresses(real_db, at):
    with scopes.public():
        tenant = Tenant.objects.get(slug="oud-house")
    with scopes.tenant(tenant.id):
        urls = MediaAsset.objects.get(item__slug="oud-oil").urls

    for rendition in urls:
        response = at("oud-house").get(rendition["url"])
        assert response.status_code == 200
        assert response.headers["Content-Type"] == rendition["content_type"]
        assert body(response)[:4] == b"RIFF"
