"""The licence and the legal pages."""

from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from dashboards.forms.settings.base import SettingsForm, latin, text
from storefront.domain.legal import LEGAL_PAGES, legal_text, starting_text
from storefront.domain.settings import Presentation
from storefront.domain.settings_fields import LONGEST_LEGAL
from tenants.validators.text import clean_paragraphs

_ROWS = 12
_TEXTS = [(page, code) for page in LEGAL_PAGES for code in ("ar", "en")]


class LegalForm(SettingsForm):
    """Each text in both languages. One that is left as we wrote it isn't kept: it follows what is changed
    elsewhere, the phone number and the name.
    """

    licence_number = latin(
        _("Licence number"),
        60,
        help_text=_("Of your trade or charity licence. Visitors see it at the foot of your page."),
    )
    privacy_ar = text(_("Privacy in Arabic"), "ar", LONGEST_LEGAL, _ROWS)
    privacy_en = text(_("Privacy in English"), "en", LONGEST_LEGAL, _ROWS)
    returns_ar = text(_("Returns in Arabic"), "ar", LONGEST_LEGAL, _ROWS)
    returns_en = text(_("Returns in English"), "en", LONGEST_LEGAL, _ROWS)
    delivery_ar = text(_("Delivery in Arabic"), "ar", LONGEST_LEGAL, _ROWS)
    delivery_en = text(_("Delivery in English"), "en", LONGEST_LEGAL, _ROWS)

    @classmethod
    def told(cls, shown: Presentation) -> dict[str, Any]:
        """What each field says: the tenant's text, or the one to start from."""
        texts = {
            f"{page}_{code}": clean_paragraphs(
                legal_text(page, tenant=shown.tenant, settings=shown.settings, language=code)
            )
            for page, code in _TEXTS
        }
        return {**super().told(shown), **texts}

    @property
    def texts(self) -> list[BoundField]:
        """The fields of the texts, page by page."""
        return [self[f"{page}_{code}"] for page, code in _TEXTS]

    def changes(self, shown: Presentation) -> dict[str, Any]:
        """The settings; a text to start from as none."""
        said = super().changes(shown)
        for page, code in _TEXTS:
            ours = starting_text(page, tenant=shown.tenant, settings=shown.settings, language=code)
            if said.get(f"{page}_{code}") == clean_paragraphs(ours):
                said[f"{page}_{code}"] = ""
        return said
