"""Reads of memberships."""

from tenants.models import TenantMember, User


def member_of(user: User) -> TenantMember | None:
    """The user's membership of the tenant in force, or None. One query, under row-level security."""
    return TenantMember.objects.filter(user_id=user.id).first()
