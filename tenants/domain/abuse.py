"""Reports of storefronts: sent by visitors, worked off by operators. The tenant never sees them."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from django.db import transaction

from tenants import scopes
from tenants.domain import audit
from tenants.gateways.rate_limits import RateLimit
from tenants.models import AbuseReport

HOUR = 3600  # seconds
#: Reports from one address, of whichever storefronts.
_A_HOUSEHOLD = RateLimit("abuse-reports", 5, HOUR)
#: Reports of one storefront: a crowd that was sent to it doesn't bury the queue.
_A_TENANT = RateLimit("abuse-reports-of-tenant", 60, HOUR)


class UnknownReportError(Exception):
    """There is no such report."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a visitor says. `page` is a path on the storefront or empty, `language` theirs."""

    reason: str
    text: str
    page: str
    email: str
    language: str


def count_report(address: str) -> None:
    """Count one report of the tenant in force from this address. Raises RateLimitedError."""
    with scopes.public():
        _A_HOUSEHOLD.hit(address)
    _A_TENANT.hit()


def report_storefront(report: Report, *, visitor: str, now: datetime) -> None:
    """Put a report of the tenant in force into the operators' queue. `visitor`: who they are for today,
    or empty if that can't be told; the same person's same report of the same day is there once.
    """
    row = AbuseReport(
        tenant_id=scopes.current_tenant_id(),
        reason=report.reason,
        text=report.text,
        page=report.page,
        email=report.email,
        language=report.language,
        visitor=visitor,
        fingerprint=_fingerprint(report, visitor or secrets.token_hex(16)),
        created_at=now,
    )
    # Without a conflict's target, which would have to be read; nor is anything returned.
    AbuseReport.objects.bulk_create([row], ignore_conflicts=True)


def change_report(
    report_id: UUID, *, status: str, actor_id: UUID, now: datetime, note: str | None = None
) -> bool:
    """Take a report one step further, in the platform's scope; without a `note` its own stays. False if
    all this was so already. Raises UnknownReportError.
    """
    with transaction.atomic():
        report = AbuseReport.objects.select_for_update().filter(id=report_id).first()
        if report is None:
            raise UnknownReportError
        before = report.status
        noted = report.note if note is None else note
        if (status, noted) == (before, report.note):
            return False
        report.status, report.note = status, noted
        report.handled_by_id, report.handled_at = actor_id, now
        report.save(update_fields=["status", "note", "handled_by_id", "handled_at"])
        # Of no tenant: its own staff would read it otherwise.
        audit.record_of_person(
            "abuse_report.noted" if status == before else f"abuse_report.{status}",
            actor_id=actor_id,
            report=str(report.id),
            reported=str(report.tenant_id),
            before=before,
        )
    return True


def _fingerprint(report: Report, visitor: str) -> str:
    said = f"{visitor}\0{report.reason}\0{report.page}\0{report.text}"
    return blake2b(said.encode(errors="replace"), digest_size=16).hexdigest()
