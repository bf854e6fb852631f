"""Hosts lead to surfaces, and every wrong one gets a clear answer."""

import pytest


@pytest.mark.parametrize(
    ("label", "path"),
    [("oud-house", "/ar/"), ("oud-house", "/en/"), ("", "/en/"), ("www", "/ar/")],
)
def test_a_page_is_served(real_db, at, label, path):
    response = at(label).get(path)

    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert response.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("label", "path"),
    [
        ("oud-house", "/en/"),
        ("nobody", "/en/"),
        ("app", "/no-such-tenant/"),
        ("oud-house", "/readyz"),
        ("oud-house", "/static/img/mark.svg"),
    ],
)
def test_every_answer_has_its_headers(real_db, at, label, path):
    response = at(label).get(path)
    response.close()

    headers = response.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"]
    assert headers["X-Request-ID"]


@pytest.mark.parametrize(
    "host",
    [
        "nobody.localhost",
        "0ud-house.localhost",
        "oud-house.localhost.evil.example",
        "oud-house.evil.example",
        "xn--oud-huse-n4a.localhost",
        "оud-house.localhost",
        "oud-house..localhost",
        "-",
        "a b.localhost",
        "oud-house.localhost:99999999",
    ],
)
def test_an_unknown_host_is_not_found(real_db, at, host):
    assert at().get("/en/", headers={"host": host}).status_code == 404


@pytest.mark.parametrize(
    "host",
    [
        "OUD-House.LocalHost",
        "oud-house.localhost.",
        "oud-house.localhost:8000",
        "oud-house.localhost:",
    ],
)
def test_another_spelling_of_a_host_is_the_same_host(real_db, at, host):
    response = at().get("/en/", headers={"host": host})

    assert response.status_code == 200
    assert "Oud House" in response.text
