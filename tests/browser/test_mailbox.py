"""The mailbox and the mails in it, on a phone and on a desk, in both languages."""

import pytest

from tests.browser.test_pages import LOOKS, RIGHT, address, seen
from tests.notifications.conftest import deliver_all, handle, place, quiet, shop, written

__all__ = ["place", "quiet", "shop"]
pytestmark = pytest.mark.browser
LONG = "عبدالرحمن " * 11 + "x" * 9


@pytest.fixture
def mails(shop, place):
    """The staff's and the customer's mail about an order with a very long name, in both languages."""
    for language in LOOKS:
        place(customer_name=LONG, language=language, note="السطر الأول\nThe second line")
    handle(shop.tenant)
    deliver_all(shop.tenant)
    return written(shop.tenant)


@pytest.mark.parametrize("language", LOOKS)
def test_the_mailbox_fits_and_is_accessible(mails, chromium, port, language):
    (mail,) = [
        mail for mail in mails if mail.language == language and mail.kind == "order.placed.customer"
    ]
    paths = (f"/mailbox/?to={mail.recipient}", f"/mailbox/{mail.id}/")

    def look(visit):
        found = []
        for path in paths:
            visit.page.goto(address(port, "app", path))
            found.append(seen(visit.page, language))
        frame = visit.page.frames[1]
        visit.page.locator("iframe").scroll_into_view_if_needed()
        return found, frame.locator("h1").inner_text(), visit.complaints

    found, heading, complaints = chromium.run(look, locale=language)

    assert found == [([RIGHT[language]] * 2, ["", ""])] * 2
    assert heading in mail.text
    assert complaints == []


@pytest.mark.parametrize("width", [360, 640])
def test_every_mail_fits(mails, chromium, port, width):
    """Each mail by itself, as a mail program shows it: nothing wider than the window."""

    def look(visit):
        visit.page.set_viewport_size({"width": width, "height": 740})
        found = {}
        for mail in mails:
            visit.page.goto(address(port, "app", f"/mailbox/{mail.id}/html/"))
            root = "document.documentElement"
            found[mail.kind, mail.language] = visit.page.evaluate(
                f"[{root}.scrollWidth - {root}.clientWidth, {root}.dir]"
            )
        return found

    found = chromium.run(look)

    assert len(found) == 4
    assert found == {
        (kind, language): [0, "rtl" if language == "ar" else "ltr"] for kind, language in found
    }


def test_a_mail_can_run_nothing(mails, chromium, port):
    from notifications.models import Message
    from tenants import scopes

    mail = mails[0]
    with scopes.tenant(mail.tenant_id):
        Message.objects.filter(id=mail.id).update(
            html="<p>Hello<script>document.body.dataset.ran = 1</script><img src=x onerror=alert(1)>"
        )

    def look(visit):
        visit.page.goto(address(port, "app", f"/mailbox/{mail.id}/"))
        frame = visit.page.frames[1]
        return frame.locator("p").inner_text(), frame.locator("[data-ran]").count()

    assert chromium.run(look) == ("Hello", 0)
