"""How visitors can pay."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dashboards.forms.settings.base import SettingsForm, latin, line
from storefront.domain.settings import Presentation
from tenants.validators.phones import spaced_phone

_GROUP = 4  # as IBANs are printed


class PaymentForm(SettingsForm):
    """Cash, a bank account, Wamd, a link."""

    takes_cash = forms.BooleanField(label=_("Cash on receipt"), required=False)
    iban = latin(_("IBAN"), 60, help_text=_("For transfers. It is checked for typing errors."))
    bank_name = latin(_("Bank"), 80)
    account_holder = latin(_("Name on the account"), 120)
    wamd = latin(
        _("Wamd number"), 40, inputmode="tel", help_text=_("The mobile number that Wamd pays to.")
    )
    payment_url = latin(
        _("Payment link"),
        500,
        inputmode="url",
        help_text=_("Of your bank or payment service."),
    )
    payment_note_ar = line(_("Note in Arabic"), "ar", 300)
    payment_note_en = line(_("Note in English"), "en", 300)

    @classmethod
    def told(cls, shown: Presentation) -> dict[str, Any]:
        """What each field says of the settings."""
        iban = shown.settings.iban
        groups = (iban[at : at + _GROUP] for at in range(0, len(iban), _GROUP))
        wamd = spaced_phone(shown.settings.wamd)
        return {**super().told(shown), "iban": " ".join(groups), "wamd": wamd}
