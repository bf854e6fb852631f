"""What a slug may be: it becomes a host name and the first segment of a path."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# A DNS label (RFC 1123) of 3 to 63 letters, digits and single hyphens. Two hyphens in a row are
# refused everywhere, which covers `xn--` and the other reserved prefixes of RFC 5890.
SLUG = re.compile(r"(?=.{3,63}\Z)[a-z0-9]+(?:-[a-z0-9]+)*\Z")

#: Hosts of ours, names that mislead, and the first segment of every path of `app.` (a test reads the
#: URLconf and fails on one that is missing here).
RESERVED_SLUGS = frozenset(
    ["about", "abuse", "account", "accounts", "admin", "administrator", "admins", "api", "app", "apps", "assets", "auth", "autoconfig", "autodiscover", "billing", "blog", "cdn", "chat", "checkout", "client", "contact", "css", "dashboard", "dev", "docs", "download", "email", "events", "faq", "files", "forgot", "forum", "ftp", "help", "home", "host", "hostmaster", "images", "imap", "img", "info", "invitations", "invite", "js", "kb", "language", "legal", "livez", "localhost", "login", "logout", "mail", "mailbox", "mailer", "marketing", "me", "media", "members", "metrics", "mfa", "mobile", "monitor", "mta", "mx", "mysouqna", "news", "newsletter", "ns", "ns1", "ns2", "oidc", "pay", "payment", "payments", "ping", "pop", "pop3", "portal", "postmaster", "press", "preview", "privacy", "public", "readyz", "register", "root", "sandbox", "secure", "security", "service", "settings", "sign-in", "sign-up", "signin", "signup", "sitemap", "smtp", "souqna", "sso", "staff", "staging", "static", "stats", "status", "storefront", "stream", "super", "superadmin", "support", "sysadmin", "system", "tenant", "tenants", "terms", "theme", "track", "upload", "uploads", "user", "users", "verify", "video", "web", "webhook", "webhooks", "webmail", "well-known", "wiki", "www"]
)


def validate_slug(slug: str) -> None:
    """Raise ValidationError unless `slug` can be a tenant's slug."""
    if not SLUG.match(slug):
        raise ValidationError(
            _("Use 3 to 63 small Latin letters and digits, with single hyphens between them."),
            code="invalid_slug",
        )
    if slug in RESERVED_SLUGS:
        raise ValidationError(_("This address is reserved."), code="reserved_slug")
