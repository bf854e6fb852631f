"""The team: who may change whom, and the owner who can't be lost."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connections
from django.utils import timezone

from tenants import scopes
from tenants.domain import members, mfa_policies
from tenants.domain.members import (
    LastOwnerError,
    UnknownMemberError,
    change_role,
    leave,
    remove_member,
    transfer_ownership,
)
from tenants.domain.mfa_policies import OwnFactorFirstError, change_mfa_policy
from tenants.domain.permissions import PermissionDeniedError
from tenants.models import Tenant, TenantMember
from tenants.queries.hosts import tenant_of_slug
from tests.tenants.conftest import acts_of, events_of, owner_of, roles_of

OWNER, A, S = "owner", "admin", "staff"
DONE, DENIED = "done", "denied"
#: Who acts → on whom → to become what: the whole table, by hand.
CHANGES = {
    (OWNER, OWNER): {OWNER: DONE, A: DONE, S: DONE},
    (OWNER, A): {OWNER: DONE, A: DONE, S: DONE},
    (OWNER, S): {OWNER: DONE, A: DONE, S: DONE},
    (A, OWNER): {OWNER: DENIED, A: DENIED, S: DENIED},
    (A, A): {OWNER: DENIED, A: DONE, S: DONE},
    (A, S): {OWNER: DENIED, A: DONE, S: DONE},
    (S, OWNER): {OWNER: DENIED, A: DENIED, S: DENIED},
    (S, A): {OWNER: DENIED, A: DENIED, S: DENIED},
    (S, S): {OWNER: DENIED, A: DENIED, S: DENIED},
}
REMOVALS = {
    (OWNER, OWNER): DONE, (OWNER, A): DONE, (OWNER, S): DONE,
    (A, OWNER): DENIED, (A, A): DONE, (A, S): DONE,
    (S, OWNER): DENIED, (S, A): DENIED, (S, S): DENIED,
}  # fmt: skip


def role_of(tenant: Tenant, member: TenantMember) -> str | None:
    with scopes.tenant(tenant.id):
        found = TenantMember.objects.filter(id=member.id).first()
    return found and found.role


def outcome(tenant: Tenant, verb, **given) -> str:
    with scopes.tenant(tenant.id):
        try:
            verb(**given)
        except PermissionDeniedError:
            return DENIED
    return DONE


@pytest.mark.parametrize(("actor", "target"), CHANGES)
def test_who_may_give_whom_which_role(tenant_a, join, actor, target):
    for role, expected in CHANGES[actor, target].items():
        acting, member = join(tenant_a, actor), join(tenant_a, target)

        done = outcome(tenant_a, change_role, member_id=member.id, role=role, actor=acting)

        assert (role, done) == (role, expected)
        assert role_of(tenant_a, member) == (role if expected is DONE else target)


@pytest.mark.parametrize(("actor", "target"), REMOVALS)
def test_who_may_remove_whom(tenant_a, join, actor, target):
    acting, member = join(tenant_a, actor), join(tenant_a, target)
    expected = REMOVALS[actor, target]

    assert outcome(tenant_a, remove_member, member_id=member.id, actor=acting) == expected
    assert role_of(tenant_a, member) == (None if expected is DONE else target)


@pytest.mark.parametrize("role", [A, S])
def test_whoever_isnt_the_last_owner_may_leave(tenant_a, join, role):
    member = join(tenant_a, role)

    assert outcome(tenant_a, remove_member, member_id=member.id, actor=member) == DONE
    assert roles_of(tenant_a) == [OWNER]
    assert acts_of(tenant_a) == [("member.left", {"user": str(member.user_id), "role": role})]
    assert events_of(tenant_a) == ["member.left"]


def test_an_admin_may_step_down_and_not_up(tenant_a, join):
    admin = join(tenant_a, A)

    assert outcome(tenant_a, change_role, member_id=admin.id, role=OWNER, actor=admin) == DENIED
    assert outcome(tenant_a, change_role, member_id=admin.id, role=S, actor=admin) == DONE
    # What the request still says of them counts no more.
    assert admin.role == A
    assert outcome(tenant_a, change_role, member_id=admin.id, role=A, actor=admin) == DENIED
    assert roles_of(tenant_a) == [OWNER, S]


@pytest.mark.parametrize("verb", ["demote", "remove", "leave"])
def test_the_last_owner_stays(tenant_a, join, verb):
    owner = owner_of(tenant_a)
    join(tenant_a, A)

    with scopes.tenant(tenant_a.id), pytest.raises(LastOwnerError):
        match verb:
            case "demote":
                change_role(member_id=owner.id, role=A, actor=owner)
            case "remove":
                remove_member(member_id=owner.id, actor=owner)
            case "leave":
                leave(actor=owner)

    assert roles_of(tenant_a) == [A, OWNER]
    assert acts_of(tenant_a) == []
    assert events_of(tenant_a) == []


def test_one_of_two_owners_may_go(tenant_a, join):
    first, second = owner_of(tenant_a), join(tenant_a, OWNER)

    with scopes.tenant(tenant_a.id):
        leave(actor=first)
        with pytest.raises(LastOwnerError):
            leave(actor=second)

    assert roles_of(tenant_a) == [OWNER]


def test_ownership_is_handed_over_in_one_step(tenant_a, join):
    owner, heir = owner_of(tenant_a), join(tenant_a, S)

    with scopes.tenant(tenant_a.id, user_id=owner.user_id):
        transfer_ownership(member_id=heir.id, actor=owner)

    assert (role_of(tenant_a, owner), role_of(tenant_a, heir)) == (A, OWNER)
    assert acts_of(tenant_a) == [
        ("ownership.transferred", {"user": str(heir.user_id), "before": "staff"})
    ]
    assert events_of(tenant_a) == ["ownership.transferred"]


def test_ownership_takes_somebody_else(tenant_a, tenant_b, join):
    owner, admin, foreign = owner_of(tenant_a), join(tenant_a, A), join(tenant_b, S)

    with scopes.tenant(tenant_a.id):
        for member in (owner, foreign):
            with pytest.raises(UnknownMemberError):
                transfer_ownership(member_id=member.id, actor=owner)
        with pytest.raises(PermissionDeniedError):
            transfer_ownership(member_id=owner.id, actor=admin)

    assert roles_of(tenant_a) == [A, OWNER]
    assert acts_of(tenant_a) == []


def test_each_act_is_written_down(tenant_a, join):
    owner, member = owner_of(tenant_a), join(tenant_a, S)
    who = str(member.user_id)

    with scopes.tenant(tenant_a.id):
        change_role(member_id=member.id, role=A, actor=owner)
        change_role(member_id=member.id, role=A, actor=owner)  # nothing new
        remove_member(member_id=member.id, actor=owner)

    assert acts_of(tenant_a) == [
        ("member.role_changed", {"user": who, "role": A, "before": S}),
        ("member.removed", {"user": who, "role": A}),
    ]
    assert events_of(tenant_a) == ["member.role_changed", "member.removed"]


def test_who_was_removed_meanwhile_changes_nothing(tenant_a, join):
    owner, admin, member = owner_of(tenant_a), join(tenant_a, A), join(tenant_a, S)

    with scopes.tenant(tenant_a.id):
        remove_member(member_id=admin.id, actor=owner)
        for verb in (remove_member, transfer_ownership):
            with pytest.raises(UnknownMemberError):
                verb(member_id=member.id, actor=admin)
        with pytest.raises(UnknownMemberError):
            leave(actor=admin)

    assert roles_of(tenant_a) == [OWNER, S]


def test_another_tenants_member_is_unknown(tenant_a, tenant_b, join):
    owner, foreign = owner_of(tenant_a), join(tenant_b, S)

    with scopes.tenant(tenant_a.id):
        for act in (
            lambda: change_role(member_id=foreign.id, role=A, actor=owner),
            lambda: remove_member(member_id=foreign.id, actor=owner),
        ):
            with pytest.raises(UnknownMemberError):
                act()

    assert roles_of(tenant_b) == [OWNER, S]


def _at_once(tenant, acts, monkeypatch):
    """Run the acts, each held just before it would write, until all have looked. Returns the refused."""
    meet = Barrier(len(acts))
    look = members._has_other_owner

    def look_and_wait(member):
        found = look(member)
        with suppress(BrokenBarrierError):  # the other waits for the lock: it hasn't looked yet
            meet.wait(1)
        return found

    def run(act):
        try:
            with scopes.tenant(tenant.id):
                act()
        except (LastOwnerError, PermissionDeniedError, UnknownMemberError) as error:
            return error
        finally:
            connections.close_all()
        return None

    monkeypatch.setattr(members, "_has_other_owner", look_and_wait)
    with ThreadPoolExecutor(len(acts)) as threads:
        return [error for error in threads.map(run, acts) if error]


def _races(first, second):
    return {
        "both leave": [lambda: leave(actor=first), lambda: leave(actor=second)],
        "each demotes the other": [
            lambda: change_role(member_id=second.id, role=A, actor=first),
            lambda: change_role(member_id=first.id, role=A, actor=second),
        ],
        "one is removed and the other leaves": [
            lambda: remove_member(member_id=second.id, actor=first),
            lambda: leave(actor=first),
        ],
    }


@pytest.mark.parametrize(
    ("race", "left"),
    [
        ("both leave", [OWNER]),
        ("each demotes the other", [A, OWNER]),
        ("one is removed and the other leaves", [OWNER]),
    ],
)
def test_two_owners_at_once_leave_one(tenant_a, join, monkeypatch, race, left):
    """Whoever comes second is the last owner, or no owner any more, or gone."""
    first, second = owner_of(tenant_a), join(tenant_a, OWNER)

    refused = _at_once(tenant_a, _races(first, second)[race], monkeypatch)

    assert len(refused) == 1
    assert roles_of(tenant_a) == left


@pytest.mark.parametrize(
    ("race", "left"),
    [
        ("both leave", []),
        ("each demotes the other", [A, A]),
        ("one is removed and the other leaves", []),
    ],
)
def test_without_the_lock_no_owner_is_left(tenant_a, join, monkeypatch, race, left):
    first, second = owner_of(tenant_a), join(tenant_a, OWNER)
    monkeypatch.setattr(members, "lock_team", lambda actor: members._member(actor.id))

    refused = _at_once(tenant_a, _races(first, second)[race], monkeypatch)

    assert refused == []
    assert roles_of(tenant_a) == left


def policy_of(tenant):
    return tenant_of_slug(tenant.slug).mfa_policy


def test_an_owner_with_a_second_factor_asks_others_for_theirs(tenant_a, join):
    owner = join(tenant_a, OWNER, mfa_enabled_at=timezone.now())
    assert policy_of(tenant_a) == "off"

    with scopes.tenant(tenant_a.id, user_id=owner.user_id):
        for policy in ("admins", "everyone", "everyone", "off"):
            assert change_mfa_policy(policy=policy, actor=owner).mfa_policy == policy
            assert policy_of(tenant_a) == policy

    steps = [("off", "admins"), ("admins", "everyone"), ("everyone", "off")]
    assert acts_of(tenant_a) == [
        ("tenant.mfa_policy_changed", {"before": before, "policy": policy})
        for before, policy in steps
    ]
    assert events_of(tenant_a) == ["tenant.mfa_policy_changed"] * 3


@pytest.mark.parametrize("policy", ["admins", "everyone"])
def test_an_owner_without_one_sets_up_their_own_first(tenant_a, policy):
    owner = owner_of(tenant_a)

    with scopes.tenant(tenant_a.id), pytest.raises(OwnFactorFirstError):
        change_mfa_policy(policy=policy, actor=owner)

    assert policy_of(tenant_a) == "off"
    assert acts_of(tenant_a) == []


@pytest.mark.parametrize("role", [A, S])
def test_the_policy_is_the_owners(tenant_a, join, role):
    member = join(tenant_a, role, mfa_enabled_at=timezone.now())

    with scopes.tenant(tenant_a.id), pytest.raises(PermissionDeniedError):
        change_mfa_policy(policy="everyone", actor=member)

    assert policy_of(tenant_a) == "off"


def test_the_policy_is_of_one_tenant(tenant_a, tenant_b, join):
    owner = join(tenant_a, OWNER, mfa_enabled_at=timezone.now())

    with scopes.tenant(tenant_a.id):
        mfa_policies.change_mfa_policy(policy="everyone", actor=owner)

    assert policy_of(tenant_b) == "off"
