"""Who hears what of which event of an order, in which language, whatever people call themselves."""

import re

import pytest

from capture.domain.quotes import LineRequest
from capture.domain.workflows import ORDERS
from notifications.channels.email import composed
from notifications.domain.letters import mailable, named_address, one_line, quoted
from storefront.models import CatalogItem, ItemVariant
from tenants import scopes
from tenants.domain import outbox
from tenants.enums import Role
from tenants.models import OutboxEvent
from tests.look.pages import texts_of
from tests.notifications.conftest import handle, join, step, written
from tests.storefront.dressing import FULL, dress

NASTY = (
    '=?utf-8?q?x?=\r\nBcc: evil@example.com\r\n\r\n<script>alert("1")</script> & "Sons", Ltd <a@b>'
)


def test_owners_and_admins_hear_of_an_order_in_their_language(shop, place):
    order = place(customer_email="", note="By the back door.")

    handle(shop.tenant)

    found = {message.recipient: message for message in written(shop.tenant)}
    assert set(found) == {shop.owner.email, shop.admin.email}
    english, arabic = found[shop.admin.email], found[shop.owner.email]
    assert english.subject == f"New order {order.number} from Maryam"
    assert arabic.subject == f"طلب جديد {order.number} من Maryam"
    assert 'lang="ar" dir="rtl"' in arabic.html
    assert 'lang="en" dir="ltr"' in english.html
    for message in found.values():
        for text in (message.text, message.html):
            assert all(
                part in text
                for part in (order.number, "Maryam", "+96550001234", "25.000", "By the back door.")
            )
            assert f"http://app.localhost:8000/{shop.tenant.slug}/orders/{order.number}/" in text
            assert (
                f"http://{shop.tenant.slug}.localhost:8000/en/track/{order.tracking_token}/" in text
            )
    assert "Oud oil" in english.text
    assert "دهن عود" in arabic.text
    assert english.headers["From"].startswith("Souqna <")
    assert "Reply-To" not in english.headers


def test_everybody_reads_which_variant_was_ordered(shop, place):
    with scopes.tenant(shop.tenant.id):
        variant = ItemVariant.objects.create(
            item=shop.item, position=0, name_ar="ربع <تولة>", name_en="Quarter <tola>", price=3
        )
        CatalogItem.objects.filter(id=shop.item.id).update(has_variants=True)
    place(lines=[LineRequest(shop.item.id, 2, variant.id)])

    handle(shop.tenant)

    messages = written(shop.tenant)
    assert len(messages) == 3
    for message in messages:
        name = "ربع <تولة>" if 'lang="ar"' in message.html else "Quarter <tola>"
        assert f"({name}) × 2" in message.text
        assert name.replace("<", "&lt;").replace(">", "&gt;") in message.html


@pytest.mark.parametrize(
    ("language", "subject", "words"),
    [("en", "Your order {} at Shop", "has arrived"), ("ar", "طلبك {} لدى متجر", "وصلنا طلبك")],
)
def test_a_customer_with_an_address_hears_in_the_orders_language(
    shop, place, language, subject, words
):
    order = place(language=language)

    handle(shop.tenant)

    (message,) = written(shop.tenant, recipient="maryam@example.com")
    assert message.subject == subject.format(order.number)
    assert words in message.text
    assert words in message.html
    assert message.language == message.headers["Content-Language"] == language
    assert f"/{language}/track/{order.tracking_token}/" in message.text


def test_the_staff_can_answer_the_customer(shop, place):
    place()

    handle(shop.tenant)

    for message in written(shop.tenant, kind="order.created.staff"):
        assert message.headers["Reply-To"] == "maryam@example.com"


def test_without_an_address_a_customer_hears_nothing(shop, place):
    order = place(customer_email="")
    step(shop.tenant, order, "confirmed")

    handle(shop.tenant)

    assert {message.kind for message in written(shop.tenant)} == {"order.created.staff"}


def test_each_step_is_told_and_a_correction_is_not(shop, place):
    order = place()
    for to in ("confirmed", "fulfilled", "confirmed", "cancelled", "pending"):
        step(shop.tenant, order, to, reason="a slip")

    handle(shop.tenant)

    told = written(shop.tenant, recipient="maryam@example.com")
    assert [message.subject for message in told] == [
        f"Your order {order.number} at Shop",
        f"Order {order.number} is confirmed",
        f"Order {order.number} is complete",
        f"Order {order.number} is cancelled",
        f"Order {order.number} is open again",
    ]
    assert all("a slip" not in message.text + message.html for message in told)


def test_every_step_of_the_workflow_has_a_handler():
    for step_ in ORDERS.steps:
        assert outbox.handlers_of(f"order.{step_.target}")


def test_an_event_handled_twice_makes_one_message(shop, place):
    place()
    handle(shop.tenant)
    before = [(message.id, message.subject) for message in written(shop.tenant)]
    with scopes.tenant(shop.tenant.id):
        OutboxEvent.objects.filter(kind="order.created").update(delivered_at=None)

    handle(shop.tenant)

    assert [(message.id, message.subject) for message in written(shop.tenant)] == before
    assert len(before) == 3


def test_an_owner_who_orders_hears_both_as_owner_and_as_customer(shop, place):
    place(customer_email=shop.owner.email)

    handle(shop.tenant)

    kinds = {message.kind for message in written(shop.tenant, recipient=shop.owner.email)}
    assert kinds == {"order.created.staff", "order.placed.customer"}


def test_another_tenants_staff_and_people_without_access_hear_nothing(shop, place, tenant_b):
    gone = join(shop.tenant, Role.ADMIN, language="en", is_active=False)
    other = join(tenant_b, Role.ADMIN, language="en")
    place()

    handle(shop.tenant)

    told = {message.recipient for message in written(shop.tenant)}
    assert not told & {gone.email, other.email, shop.staff.email}
    assert written(tenant_b) == []


def test_names_and_notes_can_do_no_harm(shop, place):
    note = "Fine.\n\nTotal: KWD 0.001\n<img src=x onerror=alert(1)>"
    place(customer_name=NASTY[:120], note=note)

    handle(shop.tenant)

    for message in written(shop.tenant):
        sent = composed(message).message()
        assert sent.get_all("Bcc") is None
        assert len(sent.get_all("To")) == len(sent.get_all("Subject")) == 1
        assert "\n" not in message.subject
        assert "<script" not in message.html
        assert "<img" not in message.html
        assert "\nTotal: KWD 0.001" not in message.text


def test_a_shops_name_can_do_no_harm(shop, place):
    with scopes.public():
        type(shop.tenant).objects.filter(id=shop.tenant.id).update(name_en=NASTY[:120])
    place()

    handle(shop.tenant)

    (message,) = written(shop.tenant, recipient="maryam@example.com")
    sent = composed(message).message()
    assert sent.get_all("Bcc") is None
    assert len(sent.get_all("From")) == 1
    assert sent["From"].endswith("<no-reply@localhost>")
    assert "<script" not in message.html


def test_an_address_that_is_none_is_left_alone(shop, place):
    place(customer_email="x@example.com\nBcc: evil@example.com")

    handle(shop.tenant)

    assert {message.kind for message in written(shop.tenant)} == {"order.created.staff"}
    assert all("Reply-To" not in message.headers for message in written(shop.tenant))


def test_a_very_long_name_is_cut(shop, place):
    place(customer_name="ا" * 120)

    handle(shop.tenant)

    for message in written(shop.tenant, kind="order.created.staff"):
        assert len(message.subject) < 100
        assert "…" in message.subject


def test_an_arabic_letter_is_arabic_to_the_last_word(shop, place):
    order = place(customer_name="مريم", language="ar", note="عند الباب.")
    for to in ("confirmed", "fulfilled"):
        step(shop.tenant, order, to)

    handle(shop.tenant)

    for message in written(shop.tenant, language="ar"):
        shown = " ".join(texts_of(message.html)) + message.text + message.subject
        shown = re.sub(r"https?://\S+|\S+@\S+", "", shown)
        assert set(re.findall("[A-Za-z]+", shown)) <= {"O"}, message.kind


def test_a_letter_loads_nothing_and_names_its_links(shop, place):
    place()

    handle(shop.tenant)

    for message in written(shop.tenant):
        assert not re.search(r"\ssrc=|<script|<link|@import|url\(", message.html)
        assert not re.search(r"\n{3}", message.text)


@pytest.mark.parametrize(
    ("scheme", "port", "address"),
    [
        ("https", 443, "https://app.localhost/"),
        ("http", 80, "http://app.localhost/"),
        ("http", 8103, "http://app.localhost:8103/"),
        ("https", 8443, "https://app.localhost:8443/"),
    ],
)
def test_links_have_the_installations_port(shop, place, settings, scheme, port, address):
    settings.SOUQNA_SCHEME, settings.SOUQNA_PORT = scheme, port
    place()

    handle(shop.tenant)

    (message,) = written(shop.tenant, recipient=shop.admin.email)
    assert f"{address}{shop.tenant.slug}/orders/" in message.text


def test_a_letters_parts_are_cleaned():
    assert one_line(" a\r\n b\u202e\u2028c\0 ") == "a b c"
    assert one_line("می‌خواهم") == "می‌خواهم"
    assert one_line("x" * 90) == "x" * 79 + "…"
    assert quoted("a\n\n b\r\nc") == "> a\n> b\n> c"
    assert named_address('A "B", C', "x@y.example") == '"A \\"B\\", C" <x@y.example>'
    assert mailable("a@b.example") == "a@b.example"
    assert mailable("a@b.example\n") == mailable("none") == mailable("") == ""


@pytest.mark.parametrize(("language", "words"), [("en", "Bank transfer"), ("ar", "تحويل بنكي")])
def test_a_customer_is_told_how_to_pay(shop, place, language, words):
    dress(shop.tenant, **{**FULL, "account_holder": "<b>Shop</b>\nTrading"})
    place(language=language)

    handle(shop.tenant)

    (message,) = written(shop.tenant, recipient="maryam@example.com")
    for text in (message.text, message.html):
        assert words in text
        assert "KW81 CBKU 0000 0000 0000 1234 5601 01" in text
        assert "https://pay.example/shop" in text
        assert FULL[f"payment_note_{language}"] in text
    assert "<b>Shop</b> Trading" in message.text
    assert "&lt;b&gt;Shop&lt;/b&gt; Trading" in message.html


def test_what_is_cancelled_is_not_to_be_paid(shop, place):
    dress(shop.tenant, **FULL)
    order = place()
    step(shop.tenant, order, "cancelled", reason="a slip")

    handle(shop.tenant)

    told = written(shop.tenant, recipient="maryam@example.com")
    assert ["KW81" in message.text for message in told] == [False, False]
