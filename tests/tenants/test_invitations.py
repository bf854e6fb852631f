"""Invitations: sent, sent again, revoked, and accepted once by the right person."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier, BrokenBarrierError
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from tenants import scopes
from tenants.domain import invitations, members
from tenants.domain.invitations import (
    AlreadyInvitedError,
    AlreadyMemberError,
    OtherAddressError,
    SentJustNowError,
    UnknownInvitationError,
    accept,
    invite,
    resend,
    revoke,
)
from tenants.domain.permissions import PermissionDeniedError
from tenants.enums import TenantStatus
from tenants.gateways.rate_limits import RateLimit, RateLimitedError
from tenants.models import Invitation, Tenant, TenantMember
from tenants.validators.invitations import BrokenTokenError, hash_of, new_token, tenant_id_of
from tests.tenants.conftest import acts_of, events_of, owner_of, roles_of, token_of

NOW = timezone.now()
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def address():
    return f"guest-{uuid4().hex[:8]}@example.com"


def asked(tenant, address, role="staff", *, actor=None, now=NOW):
    """An invitation of this address, and its token."""
    actor = actor or owner_of(tenant)
    with scopes.tenant(tenant.id):
        return invite(email=address, role=role, actor=actor, now=now), token_of(tenant)


def stored(tenant):
    with scopes.tenant(tenant.id):
        return list(Invitation.objects.order_by("created_at"))


def test_a_token_is_short_safe_and_names_its_tenant():
    tenant_id = uuid4()
    token = new_token(tenant_id)

    assert len(token) == 64
    assert token.replace("-", "").replace("_", "").isalnum()
    assert tenant_id_of(token) == tenant_id
    assert new_token(tenant_id) != token


@pytest.mark.parametrize(
    "token", ["", "x", "ü" * 64, "=" * 64, "a" * 63, "a" * 65, "a" * 64 + "\n"]
)
def test_what_is_no_token_is_told(real_db, person, token):
    with pytest.raises(BrokenTokenError):
        tenant_id_of(token)
    with pytest.raises(UnknownInvitationError):
        accept(token=token, user=person(), now=NOW)


def test_only_the_hash_of_a_link_is_kept(tenant_a, address):
    invitation, token = asked(tenant_a, f" {address.upper()} ")

    (row,) = stored(tenant_a)
    assert row.token_hash == hashlib.sha256(token.encode()).hexdigest() == hash_of(token)
    assert (row.email, row.role, row.expires_at) == (address, "staff", NOW + timedelta(days=7))
    assert token not in str(vars(row))
    named = {"invitation": str(invitation.id), "email": address, "role": "staff"}
    assert acts_of(tenant_a) == [("invitation.sent", named)]
    assert events_of(tenant_a) == ["invitation.sent"]


#: Who invites → as what: the whole table, by hand.
MAY = {
    "owner": {"owner": True, "admin": True, "staff": True},
    "admin": {"owner": False, "admin": True, "staff": True},
    "staff": {"owner": False, "admin": False, "staff": False},
}


@pytest.mark.parametrize("actor", MAY)
def test_who_may_invite_send_again_and_revoke(tenant_a, join, actor):
    acting = join(tenant_a, actor)
    for role, allowed in MAY[actor].items():
        theirs, _ = asked(tenant_a, f"{uuid4().hex[:8]}@example.com", role)
        acts = (
            lambda role=role: invite(
                email=f"{uuid4().hex[:8]}@example.com", role=role, actor=acting, now=NOW
            ),
            lambda theirs=theirs: resend(invitation_id=theirs.id, actor=acting, now=LATER),
            lambda theirs=theirs: revoke(invitation_id=theirs.id, actor=acting, now=LATER),
        )
        before = acts_of(tenant_a)
        for act in acts:
            with scopes.tenant(tenant_a.id):
                if allowed:
                    act()
                else:
                    with pytest.raises(PermissionDeniedError):
                        act()
        assert (len(acts_of(tenant_a)) == len(before) + 3) is allowed
        assert (acts_of(tenant_a) == before) is not allowed


def test_an_invited_person_joins_once_in_the_rows_role(tenant_a, person, address):
    invitation, token = asked(tenant_a, address.upper(), "admin")
    guest = person(address)

    joined = accept(token=token, user=guest, now=LATER)

    assert (joined.tenant.id, joined.member.role) == (tenant_a.id, "admin")
    assert roles_of(tenant_a) == ["admin", "owner"]
    with pytest.raises(UnknownInvitationError):
        accept(token=token, user=guest, now=LATER)
    (row,) = stored(tenant_a)
    assert (row.accepted_at, row.accepted_by_id) == (LATER, guest.id)
    assert acts_of(tenant_a)[1] == (
        "invitation.accepted",
        {"invitation": str(invitation.id), "email": address, "role": "admin"},
    )
    assert events_of(tenant_a) == ["invitation.sent", "invitation.accepted"]


def test_another_address_opens_nothing(tenant_a, person, address):
    _, token = asked(tenant_a, address)

    with pytest.raises(OtherAddressError):
        accept(token=token, user=person(), now=LATER)

    assert roles_of(tenant_a) == ["owner"]
    assert accept(token=token, user=person(address), now=LATER).member.role == "staff"


def close(tenant):
    with scopes.public():
        Tenant.objects.filter(id=tenant.id).update(status=TenantStatus.CLOSED)


def ended(tenant, row, end):
    owner = owner_of(tenant)
    with scopes.tenant(tenant.id):
        match end:
            case "revoked":
                revoke(invitation_id=row.id, actor=owner, now=LATER)
            case "replaced":
                resend(invitation_id=row.id, actor=owner, now=LATER)
            case "closed":
                close(tenant)


@pytest.mark.parametrize("end", ["expired", "revoked", "replaced", "closed"])
def test_a_link_that_has_ended_opens_nothing(tenant_a, person, address, end):
    invitation, token = asked(tenant_a, address)
    ended(tenant_a, invitation, end)
    now = NOW + timedelta(days=7) if end == "expired" else LATER

    with pytest.raises(UnknownInvitationError):
        accept(token=token, user=person(address), now=now)

    assert roles_of(tenant_a) == ["owner"]


def test_a_link_works_to_the_last_moment(tenant_a, person, address):
    _, token = asked(tenant_a, address)

    accept(token=token, user=person(address), now=NOW + timedelta(days=7, microseconds=-1))

    assert roles_of(tenant_a) == ["owner", "staff"]


def test_a_token_of_another_tenant_or_of_none_opens_nothing(tenant_a, tenant_b, person, address):
    _, token = asked(tenant_a, address)
    forged = new_token(tenant_b.id)[:22] + token[22:]

    for other in (forged, new_token(tenant_a.id), new_token(uuid4())):
        with pytest.raises(UnknownInvitationError):
            accept(token=other, user=person(address), now=LATER)

    assert roles_of(tenant_a) == roles_of(tenant_b) == ["owner"]


def test_a_new_link_works_for_seven_days_more(tenant_a, person, address):
    invitation, _ = asked(tenant_a, address)
    eighth = NOW + timedelta(days=8)

    with scopes.tenant(tenant_a.id):
        resend(invitation_id=invitation.id, actor=owner_of(tenant_a), now=eighth)

    accept(token=token_of(tenant_a), user=person(address), now=eighth + timedelta(days=6))
    assert [act for act, _ in acts_of(tenant_a)] == [
        "invitation.sent",
        "invitation.resent",
        "invitation.accepted",
    ]
    assert events_of(tenant_a) == ["invitation.sent", "invitation.sent", "invitation.accepted"]


def test_sending_again_takes_a_minutes_patience(tenant_a, address):
    invitation, token = asked(tenant_a, address)
    owner = owner_of(tenant_a)

    with scopes.tenant(tenant_a.id):
        with pytest.raises(SentJustNowError) as refusal:
            resend(
                invitation_id=invitation.id,
                actor=owner,
                now=NOW + timedelta(seconds=59, microseconds=1),
            )
        assert refusal.value.retry_after == 1
        assert stored(tenant_a)[0].token_hash == hash_of(token)
        resend(invitation_id=invitation.id, actor=owner, now=NOW + timedelta(seconds=60))


@pytest.mark.parametrize("verb", [resend, revoke])
def test_what_has_ended_stays_ended(tenant_a, tenant_b, person, address, verb):
    used, token = asked(tenant_a, address)
    accept(token=token, user=person(address), now=LATER)
    revoked, _ = asked(tenant_a, f"2{address}")
    foreign, _ = asked(tenant_b, f"3{address}")
    owner = owner_of(tenant_a)

    with scopes.tenant(tenant_a.id):
        revoke(invitation_id=revoked.id, actor=owner, now=LATER)
        for invitation in (used, revoked, foreign):
            with pytest.raises(UnknownInvitationError):
                verb(invitation_id=invitation.id, actor=owner, now=NOW + timedelta(days=1))


def test_members_and_those_asked_already_arent_asked_again(tenant_a, join, address):
    member = join(tenant_a, "staff")
    asked(tenant_a, address)
    before = acts_of(tenant_a)

    with pytest.raises(AlreadyMemberError):
        asked(tenant_a, member.person.email.upper())
    with pytest.raises(AlreadyInvitedError):
        asked(tenant_a, address.upper(), "admin", now=NOW + timedelta(days=6))

    assert acts_of(tenant_a) == before
    assert len(stored(tenant_a)) == 1


def test_after_it_expired_or_was_revoked_one_may_be_asked_anew(tenant_a, address):
    first, _ = asked(tenant_a, address)
    second, _ = asked(tenant_a, address, "admin", now=NOW + timedelta(days=7))
    with scopes.tenant(tenant_a.id):
        revoke(invitation_id=second.id, actor=owner_of(tenant_a), now=LATER)
    third, _ = asked(tenant_a, address)

    ends = {row.id: row.revoked_at is None for row in stored(tenant_a)}
    assert ends == {first.id: False, second.id: False, third.id: True}


def test_who_left_may_be_asked_again(tenant_a, person, address):
    guest = person(address)
    for now in (NOW, LATER):
        _, token = asked(tenant_a, address, now=now)
        member = accept(token=token, user=guest, now=now).member
        with scopes.tenant(tenant_a.id):
            members.leave(actor=member)

    assert roles_of(tenant_a) == ["owner"]


def test_who_is_a_member_already_keeps_their_role(tenant_a, join, person, address):
    _, token = asked(tenant_a, address)
    member = join(tenant_a, "owner")
    guest = person(member.person.email)
    guest.email = address  # changed since they were invited

    assert accept(token=token, user=guest, now=LATER).member.role == "owner"
    assert roles_of(tenant_a) == ["owner", "owner"]
    assert stored(tenant_a)[0].accepted_at == LATER


def test_who_was_removed_meanwhile_invites_nobody(tenant_a, join, address):
    admin = join(tenant_a, "admin")
    with scopes.tenant(tenant_a.id):
        members.remove_member(member_id=admin.id, actor=owner_of(tenant_a))

    with pytest.raises(members.UnknownMemberError):
        asked(tenant_a, address, actor=admin)

    assert stored(tenant_a) == []


@pytest.mark.parametrize("name", ["_OF_TENANT", "_TO_ADDRESS"])
def test_nobody_floods_mailboxes(tenant_a, monkeypatch, address, name):
    limit = getattr(invitations, name)
    assert limit.amount <= 100
    monkeypatch.setattr(invitations, name, RateLimit(f"test-{uuid4().hex}", 2, 60))
    (first, _), _ = asked(tenant_a, address), owner_of(tenant_a)

    with scopes.tenant(tenant_a.id):
        resend(invitation_id=first.id, actor=owner_of(tenant_a), now=LATER)
        with pytest.raises(RateLimitedError):
            resend(
                invitation_id=first.id, actor=owner_of(tenant_a), now=LATER + timedelta(minutes=5)
            )

    assert events_of(tenant_a) == ["invitation.sent"] * 2
    assert stored(tenant_a)[0].sent_at == LATER


def test_one_who_may_not_invite_uses_up_nothing(tenant_a, join, monkeypatch, address):
    monkeypatch.setattr(invitations, "_OF_TENANT", RateLimit(f"test-{uuid4().hex}", 1, 60))
    staff = join(tenant_a, "staff")
    for _ in range(3):
        with pytest.raises(PermissionDeniedError):
            asked(tenant_a, address, actor=staff)

    asked(tenant_a, address)


def _twice_at_once(token, user, monkeypatch):
    """Accept twice, each held after it has looked until the other has too. Returns how often it went."""
    meet = Barrier(2)
    look = invitations._locked

    def look_and_wait(rows):
        found = look(rows)
        with suppress(BrokenBarrierError):  # the other waits for the lock: it hasn't looked yet
            meet.wait(1)
        return found

    def run(_):
        try:
            accept(token=token, user=user, now=LATER)
        except UnknownInvitationError:
            return 0
        finally:
            connections.close_all()
        return 1

    monkeypatch.setattr(invitations, "_locked", look_and_wait)
    with ThreadPoolExecutor(2) as threads:
        return sum(threads.map(run, range(2)))


def test_of_two_at_once_exactly_one_is_accepted(tenant_a, person, address, monkeypatch):
    _, token = asked(tenant_a, address)

    assert _twice_at_once(token, person(address), monkeypatch) == 1
    assert roles_of(tenant_a) == ["owner", "staff"]
    assert events_of(tenant_a) == ["invitation.sent", "invitation.accepted"]


def test_without_the_lock_both_are_accepted(tenant_a, person, address, monkeypatch):
    _, token = asked(tenant_a, address)
    monkeypatch.setattr(invitations, "_locked", lambda rows: rows.first())

    assert _twice_at_once(token, person(address), monkeypatch) == 2


def test_of_two_invitations_at_once_one_is_sent(tenant_a, address):
    owner = owner_of(tenant_a)
    meet = Barrier(2, timeout=10)

    def run(_):
        try:
            meet.wait()
            with scopes.tenant(tenant_a.id):
                invite(email=address, role="staff", actor=owner, now=NOW)
        except AlreadyInvitedError:
            return 0
        finally:
            connections.close_all()
        return 1

    with ThreadPoolExecutor(2) as threads:
        assert sum(threads.map(run, range(2))) == 1
    assert len(stored(tenant_a)) == 1


def test_a_person_of_two_tenants_has_a_role_in_each(tenant_a, tenant_b, person, address):
    guest = person(address)
    for tenant, role in ((tenant_a, "admin"), (tenant_b, "staff")):
        _, token = asked(tenant, address, role)
        accept(token=token, user=guest, now=LATER)

    with scopes.public(user_id=guest.id):
        rows = TenantMember.objects.filter(user_id=guest.id)
        assert dict(rows.values_list("tenant_id", "role")) == {
            tenant_a.id: "admin",
            tenant_b.id: "staff",
        }


@pytest.mark.parametrize("loss", ["removed", "demoted"])
def test_nobody_comes_back_by_a_link_of_their_own(tenant_a, join, person, address, loss):
    admin, owner = join(tenant_a, "admin"), owner_of(tenant_a)
    _, token = asked(tenant_a, address, "admin", actor=admin)
    with scopes.tenant(tenant_a.id):
        if loss == "removed":
            members.remove_member(member_id=admin.id, actor=owner)
        else:
            members.change_role(member_id=admin.id, role="staff", actor=owner)

    with pytest.raises(UnknownInvitationError):
        accept(token=token, user=person(address), now=LATER)
