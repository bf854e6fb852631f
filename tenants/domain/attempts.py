"""How often somebody may try, counted exactly, for accounts that exist and those that don't alike.

Each enters the public scope and raises RateLimitedError.
"""

from tenants import scopes
from tenants.gateways.rate_limits import RateLimit

_LOG_INS = RateLimit("log-in", amount=10, seconds=300)
_FACTORS = RateLimit("factors", amount=10, seconds=300)
_CODES = RateLimit("codes", amount=10, seconds=300)
#: Seconds between two codes that are asked for.
RESEND_SECONDS = 30
_RESENDS = RateLimit("code-resend", amount=1, seconds=RESEND_SECONDS)
_MAILS = RateLimit("code-mails", amount=10, seconds=3600)
_SIGN_UPS = RateLimit("sign-up", amount=20, seconds=3600)


def count_log_in(email: str) -> None:
    """Count a password that is tried, on whichever surface."""
    _count(_LOG_INS, _folded(email))


def count_code(email: str) -> None:
    """Count a mailed code that is tried."""
    _count(_CODES, _folded(email))


def count_factor(email: str) -> None:
    """Count a TOTP or recovery code. Apart from mailed codes, which a stranger can try for anybody:
    whoever gets here had the password.
    """
    _count(_FACTORS, _folded(email))


def count_resend(email: str) -> None:
    """Count a code that is asked for again: once in 30 seconds."""
    _count(_RESENDS, _folded(email))
    count_mail(email, "sign-up")


def count_mail(email: str, purpose: str) -> None:
    """Count a mail that somebody has sent to an address: nobody shall flood another's mailbox. By
    purpose, so that asking for one kind doesn't keep the person from another.
    """
    _count(_MAILS, purpose, _folded(email))


def count_sign_up(address: str) -> None:
    """Count a sign-up from an IP address."""
    _count(_SIGN_UPS, address)


def _count(limit: RateLimit, *who: str) -> None:
    with scopes.public():
        limit.hit(*who)


def _folded(email: str) -> str:
    return email.strip().lower()
