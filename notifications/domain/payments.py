"""How an order is paid, in a letter."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from capture.enums import OrderStatus, PaymentStatus
from capture.models import Order
from notifications.domain.letters import one_line
from storefront.domain.frames import Frame
from storefront.models import StorefrontSettings
from storefront.validators.banks import spaced_iban
from tenants.validators.phones import spaced_phone

#: Of the longest setting.
_MOST = 500


@dataclass(frozen=True, slots=True)
class Way:
    """One way: what it is called (or nothing), what there is to know, and where it leads (or nothing)."""

    label: str
    text: str
    url: str = ""


def ways_to_pay(order: Order, storefront: StorefrontSettings) -> list[Way]:
    """The ways to pay an order that is still to be paid, in the language in force."""
    if order.payment_status != PaymentStatus.UNPAID or order.status == OrderStatus.CANCELLED:
        return []
    url = Frame(storefront, timezone.now()).payment_url
    account = (spaced_iban(storefront.iban), storefront.account_holder, storefront.bank_name)
    ways = [
        Way(_("Cash"), _("On receipt") if storefront.takes_cash else ""),
        Way(_("Bank transfer"), " · ".join(filter(None, account)) if storefront.iban else ""),
        Way(_("Wamd"), spaced_phone(storefront.wamd)),
        Way(_("Online"), url, url),
        Way("", storefront.payment_note),
    ]
    return [Way(one.label, one_line(one.text, most=_MOST), one.url) for one in ways if one.text]
