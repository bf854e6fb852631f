"""The embedded mailbox: what was sent, as pages and as JSON, and only where it is in use."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from notifications.models import Message
from tenants import scopes
from tests.look.test_arabic_pages import latin_words
from tests.notifications.conftest import deliver_all, handle, write, written


@pytest.fixture
def address():
    """An address that nobody else writes to."""
    return f"reader-{uuid4().hex}@example.com"


def sent(tenant, address, *, minutes=0, **fields):
    message = write(tenant, recipient=address, kind=uuid4().hex, **fields)
    with scopes.tenant(tenant.id):
        Message.objects.filter(id=message.id).update(
            sent_at=timezone.now() - timedelta(minutes=minutes)
        )
    return message


def listed(at, address):
    return at("app").get("/mailbox/messages.json", {"to": address}).json()


def test_a_mail_is_listed_as_it_was_sent(shop, place, at):
    address = f"maryam-{uuid4().hex[:8]}@example.com"
    order = place(customer_email=address)
    handle(shop.tenant)
    deliver_all(shop.tenant)
    (row,) = written(shop.tenant, recipient=address)

    (found,) = listed(at, address)

    assert list(found) == [
        "id", "to", "subject", "text", "html", "headers", "attachments", "sent_at"
    ]  # fmt: skip
    assert found["id"] == str(row.id)
    assert found["to"] == address
    assert order.number in found["subject"]
    assert found["text"] == row.text
    assert found["html"] == row.html
    assert found["headers"]["Message-ID"] == f"<{row.id}@localhost>"
    assert found["attachments"] == []
    assert parse_datetime(found["sent_at"]).tzinfo is not None


def test_the_newest_come_first_and_what_waits_is_not_there(tenant_a, tenant_b, at, address):
    old = sent(tenant_a, address, minutes=3)
    new = sent(tenant_b, address, minutes=1)
    write(tenant_a, recipient=address)

    assert [found["id"] for found in listed(at, address)] == [str(new.id), str(old.id)]


@pytest.mark.parametrize("change", [str.upper, str.title, "  {}  ".format])
def test_an_address_is_found_whatever_its_case(tenant_a, at, address, change):
    sent(tenant_a, address)

    assert len(listed(at, change(address))) == 1


@pytest.mark.parametrize("to", ["nobody@example.com", "%", "_", "a\0b", "'", "x" * 5000])
def test_nothing_else_is_found(tenant_a, at, address, to):
    sent(tenant_a, address)

    assert listed(at, to) == []


def test_without_an_address_everybodys_newest_are_listed(tenant_a, at, address):
    message = sent(tenant_a, address, minutes=-1)

    assert at("app").get("/mailbox/messages.json").json()[0]["id"] == str(message.id)


@pytest.mark.parametrize("path", ["", "messages.json", "{id}/", "{id}/html/"])
def test_where_mail_is_sent_out_there_is_no_mailbox(tenant_a, at, address, settings, path):
    message = sent(tenant_a, address)
    path = f"/mailbox/{path.format(id=message.id)}"
    assert at("app").get(path).status_code == 200
    settings.SOUQNA_MAILBOX = False

    assert at("app").get(path).status_code == 404


@pytest.mark.parametrize("label", ["oud-house", "admin", ""])
def test_it_is_on_no_other_host(real_db, at, label):
    assert at(label).get("/mailbox/messages.json").status_code in (302, 404)


@pytest.mark.parametrize("path", ["{id}/", "{id}/html/"])
def test_a_mail_that_is_not_there_or_not_sent(tenant_a, at, path):
    waiting = write(tenant_a)

    for message_id in (uuid4(), waiting.id):
        assert at("app").get(f"/mailbox/{path.format(id=message_id)}").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_the_pages_take_one_query(tenant_a, at, address, rows):
    for _ in range(rows):
        message = sent(tenant_a, address)
    client = at("app")

    for path in (f"?to={address}", f"messages.json?to={address}", f"{message.id}/"):
        with CaptureQueriesContext(connection) as queries:
            response = client.get(f"/mailbox/{path}")
        assert response.status_code == 200
        assert len(queries) == 1


def test_the_pages_are_arabic(tenant_a, at, address):
    message = sent(
        tenant_a,
        address,
        language="ar",
        subject="مرحبًا",
        sender="متجر",
        context={"heading": "مرحبًا", "lead": "نص", "shop": "متجر", "total": "1.000"},
    )
    client = at("app", **{"accept-language": "ar"})
    for path in (f"?to={address}", f"{message.id}/"):
        response = client.get(f"/mailbox/{path}")
        assert latin_words(response.text) == set()
        assert "Set-Cookie" not in response.headers


def test_an_empty_mailbox_says_so(real_db, at):
    response = at("app", **{"accept-language": "en"}).get("/mailbox/?to=nobody@example.com")

    assert "No mail yet" in response.text


def test_a_mails_markup_stays_in_its_frame(tenant_a, at, address):
    nasty = '"><script>alert(1)</script>'
    message = sent(tenant_a, address, subject=nasty, sender=nasty)
    with scopes.tenant(tenant_a.id):
        Message.objects.filter(id=message.id).update(html=nasty, text=nasty)

    for path in (f"?to={address}", f"{message.id}/"):
        assert "<script>alert" not in at("app").get(f"/mailbox/{path}").text
    page = at("app").get(f"/mailbox/{message.id}/").text
    frame = at("app").get(f"/mailbox/{message.id}/html/")

    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in page
    assert frame.text == nasty
    policy = frame.headers["Content-Security-Policy"]
    assert policy.startswith("sandbox ")
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_it_can_only_be_read_and_is_kept_by_nobody(real_db, at):
    assert at("app").post("/mailbox/messages.json").status_code in (403, 405)
    assert "no-store" in at("app").get("/mailbox/messages.json").headers["Cache-Control"]
