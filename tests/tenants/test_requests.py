"""What a request says of itself, believed or not."""

import pytest
from django.test import RequestFactory

from tenants.requests import client_address

STRANGER = {"REMOTE_ADDR": "192.0.2.7", "HTTP_X_FORWARDED_FOR": "198.51.100.1, 203.0.113.9"}


@pytest.mark.parametrize(
    ("hops", "address"),
    [(0, "192.0.2.7"), (1, "203.0.113.9"), (2, "198.51.100.1"), (3, "192.0.2.7")],
)
def test_an_address_is_believed_from_trusted_hops_alone(settings, hops, address):
    settings.SOUQNA_TRUSTED_HOPS = hops

    assert client_address(RequestFactory().get("/", **STRANGER)) == address


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_a_household_has_one_address(one, other):
    found = {client_address(RequestFactory().get("/", REMOTE_ADDR=each)) for each in (one, other)}

    assert len(found) == 1


def test_neighbours_have_two():
    found = {
        client_address(RequestFactory().get("/", REMOTE_ADDR=each))
        for each in ("2001:db8:1:2::1", "2001:db8:1:3::1", "192.0.2.7", "192.0.2.8", "unknown")
    }

    assert len(found) == 5


@pytest.mark.parametrize("charset", ["hex", "base64", "rot13", "unicode_escape", "utf-16", "x"])
@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=b"])
def test_a_body_in_another_encoding_is_refused(real_db, at, charset, kind):
    for path in ("/api/v1/orders/", "/en/cart/", "/en/checkout/"):
        content_type = f"{kind}; charset={charset}"
        # Not post(): the client itself would look for the codec.
        response = at("oud-house").generic("POST", path, b"{}", content_type=content_type)
        assert response.status_code == 415


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_utf_8_may_be_named(real_db, at, charset):
    response = at("oud-house").post(
        "/api/v1/orders/", b"{}", content_type=f"application/json; charset={charset}"
    )

    assert response.json()["code"] == "idempotency_key_required"


@pytest.mark.parametrize("key", [r"\000aaaaaaaaaaaa", "a" * 31, "A" * 32, "a" * 5000])
@pytest.mark.parametrize("label", ["app", "admin"])
def test_a_session_key_that_isnt_ours_opens_nothing(real_db, at, label, key):
    response = at(label).get("/login/", headers={"Cookie": f'session="{key}"'})

    assert response.status_code == 200
