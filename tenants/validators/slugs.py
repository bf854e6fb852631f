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
    [
        "about",
        "abuse",
        "account",
        "accounts",
        "admin",
        "administrator",
        "admins",
        "ads",
        "affiliate",
        "affiliates",
        "analytics",
        "api",
        "app",
        "apps",
        "assets",
        "audit",
        "auth",
        "autoconfig",
        "autodiscover",
        "backup",
        "bank",
        "billing",
        "blog",
        "careers",
        "cdn",
        "chat",
        "checkout",
        "client",
        "compliance",
        "contact",
        "css",
        "dashboard",
        "dashboards",
        "dev",
        "developer",
        "developers",
        "docs",
        "domains",
        "donotreply",
        "download",
        "email",
        "events",
        "faq",
        "feedback",
        "files",
        "finance",
        "forgot",
        "forum",
        "ftp",
        "gateway",
        "graphql",
        "healthz",
        "help",
        "helpdesk",
        "home",
        "host",
        "hostmaster",
        "identity",
        "images",
        "imap",
        "img",
        "info",
        "internal",
        "invitations",
        "invite",
        "invoice",
        "invoices",
        "js",
        "jwks",
        "kb",
        "knet",
        "language",
        "legal",
        "livez",
        "localhost",
        "login",
        "logout",
        "mail",
        "mailbox",
        "mailer",
        "marketing",
        "mcp",
        "me",
        "media",
        "members",
        "metrics",
        "mfa",
        "mobile",
        "moderator",
        "monitor",
        "mta",
        "mta-sts",
        "mx",
        "mysouqna",
        "news",
        "newsletter",
        "no-reply",
        "noreply",
        "notifications",
        "ns",
        "ns1",
        "ns2",
        "oauth",
        "official",
        "oidc",
        "onboarding",
        "operator",
        "operators",
        "owner",
        "partner",
        "partners",
        "password",
        "pay",
        "payment",
        "payments",
        "ping",
        "platform",
        "pop",
        "pop3",
        "portal",
        "postmaster",
        "press",
        "preview",
        "pricing",
        "privacy",
        "proxy",
        "public",
        "readyz",
        "refund",
        "refunds",
        "register",
        "reset",
        "robots",
        "root",
        "safety",
        "sales",
        "sandbox",
        "schema",
        "secure",
        "security",
        "service",
        "sessions",
        "settings",
        "sign-in",
        "sign-up",
        "signin",
        "signup",
        "sitemap",
        "smtp",
        "souqna",
        "souqna-admin",
        "souqna-app",
        "souqna-help",
        "souqna-official",
        "souqna-pay",
        "souqna-support",
        "souqna-team",
        "ssl",
        "sso",
        "staff",
        "staging",
        "static",
        "stats",
        "status",
        "storefront",
        "stream",
        "super",
        "superadmin",
        "support",
        "sysadmin",
        "system",
        "team",
        "tenant",
        "tenants",
        "terms",
        "theme",
        "tls",
        "track",
        "trust",
        "unsubscribe",
        "upload",
        "uploads",
        "user",
        "users",
        "verification",
        "verified",
        "verify",
        "video",
        "vpn",
        "wallet",
        "web",
        "webhook",
        "webhooks",
        "webmail",
        "well-known",
        "wiki",
        "www",
    ]
)

#: Characters that are taken for others at a glance, and what isn't seen at all.
LOOKS_LIKE_FROM, LOOKS_LIKE_TO = "01i5", "olls"
UNSEEN = "-"
#: Pairs that are taken for one letter, in the order in which they are replaced.
LOOKS_LIKE_ONE = (("rn", "m"), ("vv", "w"))


def validate_slug_form(slug: str) -> None:
    """Raise ValidationError unless `slug` can be part of an address."""
    if not SLUG.match(slug):
        raise ValidationError(
            _("Use 3 to 63 small Latin letters and digits, with single hyphens between them."),
            code="invalid_slug",
        )


def validate_slug(slug: str) -> None:
    """Raise ValidationError unless `slug` can be a tenant's slug."""
    validate_slug_form(slug)
    if slug in RESERVED_SLUGS:
        raise _reserved()


def validate_own_slug(slug: str) -> None:
    """Raise ValidationError unless somebody from outside may take `slug`: stricter than `validate_slug`,
    by which operators go. It must not look like a reserved word, nor have our name in it.
    """
    validate_slug(slug)
    shape = skeleton(slug)
    if shape in _RESERVED_SHAPES or _OUR_SHAPE in shape:
        raise _reserved()


def skeleton(slug: str) -> str:
    """What the eye sees of a slug: two slugs with one skeleton can be taken for one another. In SQL it is
    `tenants.queries.slugs.skeleton_of`.
    """
    shape = slug.translate(_SEEN)
    for pair, letter in LOOKS_LIKE_ONE:
        shape = shape.replace(pair, letter)
    return shape


def _reserved() -> ValidationError:
    return ValidationError(_("This address is reserved."), code="reserved_slug")


_SEEN = str.maketrans(LOOKS_LIKE_FROM, LOOKS_LIKE_TO, UNSEEN)
_RESERVED_SHAPES = frozenset(map(skeleton, RESERVED_SLUGS))
_OUR_SHAPE = skeleton("souqna")
