"""Every page there is, found through the URLconfs, so that none is forgotten."""

from collections.abc import Iterator
from html.parser import HTMLParser

from django.urls import URLPattern, URLResolver, get_resolver

SEEDED = ("oud-house", "ghaith", "green-school")
# Values for addresses that have parts; a new one has to be added here.
ARGUMENTS: dict[str, dict[str, str]] = {
    "storefront:theme": {"version": "1", "colour": "1a7f5a"},
}
# And those that differ from tenant to tenant.
ARGUMENTS_OF: dict[str, dict[str, dict[str, str]]] = {
    "oud-house": {"order": {"number": "O-1001"}, "item": {"slug": "oud-oil"}},
    "ghaith": {"item": {"slug": "water-well"}},
    "green-school": {"order": {"number": "O-1001"}, "item": {"slug": "tote-bag"}},
}
for _arguments in ARGUMENTS_OF.values():
    _arguments["item-delete"] = _arguments["storefront:item"] = _arguments["item"]
# Pages that a tenant hasn't got: it takes no orders.
MISSING = {("ghaith", "order")}
# Pages outside any tenant that need a person all the same.
PERSONAL = {"home", "tenants", "tenant-new", "mfa", "account", "account-email", "account-password"}
NO_PAGES = {"storefront:theme", "language", "enter", "media", "jwks"}
# Read by programs: tests/storefront/test_seo.py, test_icons.py.
NO_PAGES |= {"robots", "sitemap", "sitemap-section", "manifest", "favicon"}
NO_PAGES |= {"storefront:manifest", "storefront:icon"}
# What these show is whatever was mailed: tests/notifications looks at them.
NO_PAGES |= {"mailbox", "mailbox-messages", "mailbox-message", "mailbox-message-html"}
NO_PAGES |= {"log-out", "login-end", "logins-end", "order-transitions"}
NO_PAGES |= {"team-invite", "team-resend", "team-revoke"}
NO_PAGES |= {"team-leave", "team-hand-over", "team-remove", "team-role", "team-secure"}
# These follow another step: tests/tenants/test_account_pages.py, test_factor_pages.py.
NO_PAGES |= {"account-email-code", "mfa-codes", "mfa-off"}
# A link that only its invitation knows: tests/tenants/test_invitation_page.py.
NO_PAGES |= {"invitation"}
NO_PAGES |= {"item-picture", "item-picture-state", "uploads"}
NO_PAGES |= {"item-bulk", "item-category-order", "item-slug"}
# Categories that no seed has a fixed id for: tests/dashboards/test_categories.py.
NO_PAGES |= {"item-category", "item-category-delete"}
# Visitors come here with a cart or an order of their own: tests/look/test_visitors.py.
NO_PAGES |= {"capture:cart-lines", "capture:checkout", "capture:track"}
# Redirects, to a provider that the tests of it bring along: tests/identity/test_sso.py.
NO_PAGES |= {"oidc-begin", "oidc-callback"}
# A piece of the page before it: tests/dashboards/test_onboarding.py.
NO_PAGES |= {"tenant-slug"}
# A table, and what another table would change: tests/dashboards/test_import_pages.py.
NO_PAGES |= {"items-export", "item-import-look"}
# Pieces of the settings' pages, and what they preview: tests/dashboards/test_settings.py.
NO_PAGES |= {"settings-preview", "settings-colour", "settings-address-state", "settings-theme"}
APIS = ("api:", "staff-api:", "identity-api:")
READ_OUT = ("alt", "title", "aria-label", "placeholder")
SILENT = ("script", "style")
VOID = ("br", "hr", "img", "input", "link", "meta", "use", "path")


def address_names(urlconf: str) -> list[str]:
    """The names of all addresses in `urlconf`."""
    return list(_names(get_resolver(urlconf), ()))


def page_names(urlconf: str) -> list[str]:
    """The names of the addresses in `urlconf` that lead to pages."""
    names = address_names(urlconf)
    return [name for name in names if name not in NO_PAGES and not name.startswith(APIS)]


def _names(resolver: URLResolver, spaces: tuple[str, ...]) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            assert entry.name, f"{entry.pattern} has no name"
            yield ":".join((*spaces, entry.name))
        else:
            space = (entry.namespace,) if entry.namespace else ()
            yield from _names(entry, (*spaces, *space))


class Reading(HTMLParser):
    """What a page says: its visible text, and what a screen reader says of it. What people wrote
    themselves (`translate="no"`) isn't the page's own.
    """

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._silent = 0
        self._foreign = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        known = dict(attrs)
        if self._foreign or known.get("translate") == "no":
            self._foreign += tag not in VOID
            return
        self.texts += [known[name] or "" for name in READ_OUT if name in known]
        if tag == "meta" and known.get("name") == "description":
            self.texts.append(known["content"] or "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT
        self._foreign -= bool(self._foreign)

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._foreign:
            self.texts.append(data)


def texts_of(html: str) -> list[str]:
    """The texts of a page, in order."""
    reading = Reading()
    reading.feed(html)
    return reading.texts
