"""What the page of the team shows."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from tenants.domain.permissions import Permission, may, may_handle, mfa_is_needed
from tenants.enums import Role
from tenants.models import Invitation, Tenant
from tenants.queries.invitations import pending_invitations
from tenants.queries.members import Colleague, team, with_people


@dataclass(frozen=True, slots=True)
class Row:
    """A member as one of the team sees them, and what that one may do with them. `may_crown`: hand
    ownership over to them; `lacks_mfa`: the tenant asks them for a second factor, and they have none.
    """

    colleague: Colleague
    is_me: bool
    may_change: bool
    may_crown: bool
    lacks_mfa: bool


@dataclass(frozen=True, slots=True)
class Guest:
    """An invitation that waits."""

    invitation: Invitation
    is_expired: bool
    may_change: bool


@dataclass(frozen=True, slots=True)
class Team:
    """The team as one of its members, `me`, sees it."""

    me: Colleague
    rows: list[Row]
    guests: list[Guest]

    @property
    def without_mfa(self) -> int:
        """How many have no second factor."""
        return sum(not row.colleague.user.has_mfa for row in self.rows)

    @property
    def managers_without_mfa(self) -> int:
        """How many owners and admins have none."""
        lacking = [row.colleague for row in self.rows if not row.colleague.user.has_mfa]
        return sum(one.member.role != Role.STAFF for one in lacking)

    @property
    def is_led_by_me_alone(self) -> bool:
        """Whether I am the last owner, who can't leave."""
        owners = [row for row in self.rows if row.colleague.member.role == Role.OWNER]
        return len(owners) == 1 and owners[0].is_me

    @property
    def manages(self) -> bool:
        """Whether I may invite, and change others."""
        return may(self.me.member.role, Permission.MANAGE_TEAM)

    @property
    def secures(self) -> bool:
        """Whether I may say who needs two-step verification."""
        return may(self.me.member.role, Permission.MANAGE_SECURITY)


def team_seen_by(user_id: UUID, tenant: Tenant, *, now: datetime) -> Team | None:
    """The tenant's team; None if the person isn't in it any more. Three queries, two for staff."""
    colleagues = with_people(team())
    me = next((one for one in colleagues if one.user.id == user_id), None)
    if me is None:
        return None
    return Team(
        me=me,
        rows=[_row(one, me, tenant) for one in colleagues],
        guests=_guests(me, now) if may(me.member.role, Permission.MANAGE_TEAM) else [],
    )


def _row(one: Colleague, me: Colleague, tenant: Tenant) -> Row:
    mine, theirs = me.member.role, one.member.role
    return Row(
        colleague=one,
        is_me=one is me,
        may_change=one is not me and may_handle(mine, theirs),
        may_crown=one is not me and may(mine, Permission.MANAGE_OWNERS),
        lacks_mfa=not one.user.has_mfa and mfa_is_needed(tenant.mfa_policy, theirs),
    )


def _guests(me: Colleague, now: datetime) -> list[Guest]:
    return [
        Guest(one, one.is_expired(now), may_handle(me.member.role, one.role))
        for one in pending_invitations()
    ]
