"""`create_superadmin`, `reset_mfa` and `rotate_signing_key` as operators use them."""

import json
from io import StringIO
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.utils import timezone

from notifications.queries.mailbox import sent_messages
from notifications.tasks import sweep_messages
from tenants import scopes
from tenants.domain.tenants import get_or_create_user
from tenants.enums import LoginKind, Surface
from tenants.identity import accounts
from tenants.identity.accounts import Client, LoggedIn
from tenants.identity.embedded import totp
from tenants.identity.embedded.engine import make_account_ready
from tenants.identity.embedded.keys import LEAD, published_keys, signing_key
from tenants.models import AuditEntry, OutboxEvent, TenantMember, User
from tenants.tasks import sweep_outbox

PASSWORD = "a-long-enough-password"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADMIN = Client(LoginKind.BROWSER, Surface.ADMIN)


@pytest.fixture(autouse=True)
def _database(real_db):
    """Commands enter their own scopes."""


def run(*arguments):
    out, err = StringIO(), StringIO()
    call_command(*arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def address():
    return f"op-{uuid4().hex[:8]}@example.com"


def person(email, **fields):
    with scopes.public():
        made = get_or_create_user(email)
        for name, value in fields.items():
            setattr(made, name, value)
        make_account_ready(made, PASSWORD)
    return made


def stored(email):
    with scopes.public():
        return User.objects.with_email(email).get()


def audited(user, action):
    of_them = Q(actor_id=user.id) | Q(detail__person=str(user.id))
    with scopes.public():
        return [one.detail for one in AuditEntry.objects.filter(of_them, action=f"person.{action}")]


def enter(email, password, secret):
    """Log in to the operators' panel, both steps."""
    now = timezone.now()
    asked = accounts.log_in(email=email, password=password, client=ADMIN, now=now)
    code = totp.current_code(secret)
    return accounts.answer_challenge(token=asked.token, code=code, client=ADMIN, now=now)


def test_a_super_admin_out_of_nothing():
    email = address()

    out, err = run("create_superadmin", email)

    printed = dict(line.split(": ", 1) for line in out.splitlines())
    printed = {name: value.strip() for name, value in printed.items()}
    assert set(printed) == {"password", "TOTP secret", "otpauth URL"}
    assert printed["otpauth URL"].startswith("otpauth://totp/")
    assert printed["TOTP secret"] in printed["otpauth URL"]
    assert err.count("\n") == 1
    assert printed["password"] not in err
    assert isinstance(enter(email, printed["password"], printed["TOTP secret"]), LoggedIn)
    assert audited(stored(email), "made_superadmin") == [
        {"by": "create_superadmin", "password": True, "second_factor": True}
    ]


def test_again_changes_nothing_and_says_so():
    email = address()
    run("create_superadmin", email)
    before = stored(email)

    out, err = run("create_superadmin", email.upper())

    assert (out, "already" in err) == ("", True)
    assert stored(email).password == before.password
    assert len(audited(before, "made_superadmin")) == 1


def test_somebody_who_is_there_keeps_their_own():
    who = person(address(), mfa_enabled_at=timezone.now())
    with scopes.public():
        totp.enrol(who, SECRET)

    out, _ = run("create_superadmin", who.email)

    assert out == ""
    assert stored(who.email).is_superuser
    assert isinstance(enter(who.email, PASSWORD, SECRET), LoggedIn)


def test_only_what_is_missing_is_made():
    who = person(address())

    made = json.loads(run("create_superadmin", who.email, "--json")[0])

    assert (made["email"], made["was_one"], made["password"]) == (who.email, False, "")
    assert isinstance(enter(who.email, PASSWORD, made["totp_secret"]), LoggedIn)


def test_the_glass_is_broken_for_one_who_was_shut_out():
    who = person(address(), is_active=False, is_superuser=True)

    run("create_superadmin", who.email)

    assert stored(who.email).is_active


def test_with_cognito_nothing_is_made_up(settings):
    settings.IDENTITY_ENGINE = "cognito"
    email = address()

    out, err = run("create_superadmin", email)

    assert (out, "Cognito" in err) == ("", True)
    made = stored(email)
    assert (made.is_superuser, made.has_usable_password(), made.has_mfa) == (True, False, False)


@pytest.mark.parametrize(
    "email", ["", "no address", "a@b", "a\nb@example.com", "a" * 250 + "@example.com"]
)
def test_what_is_no_address_is_refused_in_one_line(email):
    with pytest.raises(CommandError) as refused:
        run("create_superadmin", email)

    assert refused.value.returncode == 1
    assert "\n" not in str(refused.value)


@pytest.fixture
def member_with_factor(tenant_a, tenant_b):
    """Staff of one organisation and owner of another, with a second factor and a login."""
    who = person(address(), mfa_enabled_at=timezone.now(), name="Noura", language="en")
    with scopes.public():
        totp.enrol(who, SECRET)
    for tenant, role in ((tenant_a, "staff"), (tenant_b, "owner")):
        with scopes.tenant(tenant.id):
            TenantMember.objects.create(tenant=tenant, user=who, role=role)
    return who


def owner_of(tenant):
    with scopes.tenant(tenant.id):
        event = OutboxEvent.objects.filter(kind="tenant.created").get()
    return event.payload["owner"]


def mails(email, subject):
    sweep_outbox()
    sweep_messages()
    return [one for one in sent_messages(to=email) if one.subject == subject]


def test_a_lost_second_factor(member_with_factor, at, tenant_a, tenant_b):
    who, browser = member_with_factor, at("app")
    browser.force_login(who)
    assert browser.get("/tenants/").status_code == 200

    _, err = run("reset_mfa", who.email.upper(), "--reason", "Lost her phone")

    assert "was taken off" in err
    assert not stored(who.email).has_mfa
    with scopes.public():
        assert not totp.is_enrolled(who)
    assert browser.get("/tenants/").status_code == 302
    assert audited(who, "mfa_reset") == [{"reason": "Lost her phone", "person": str(who.id)}]
    for tenant in (tenant_a, tenant_b):
        with scopes.tenant(tenant.id):
            entry = AuditEntry.objects.get(action="member.mfa_reset")
        assert entry.detail == {"member": str(who.id), "reason": "Lost her phone"}

    (to_her,) = mails(who.email, "Two-step verification was taken off your account")
    assert "Lost her phone" in to_her.text
    for tenant in (tenant_a, tenant_b):
        (to_owner,) = mails(owner_of(tenant), "أُزيل التحقق بخطوتين من حساب أحد الأعضاء")
        assert who.email in to_owner.text
        assert "Lost her phone" in to_owner.text
        assert f"/login/?next=/{tenant.slug}/team/" in to_owner.text
    # Of the organisation that she owns she isn't told a second time.
    assert mails(who.email, "Two-step verification was taken off a member’s account") == []


def test_what_was_not_there_can_not_be_taken_off():
    who = person(address())

    assert "already" in run("reset_mfa", who.email, "--reason", "x")[1]
    assert audited(who, "mfa_reset") == []


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_needed(member_with_factor, reason):
    with pytest.raises(CommandError, match="reason") as refused:
        run("reset_mfa", member_with_factor.email, "--reason", reason)

    assert refused.value.returncode == 1
    assert stored(member_with_factor.email).has_mfa


def test_somebody_unknown_is_refused():
    with pytest.raises(CommandError, match="nobody") as refused:
        run("reset_mfa", address(), "--reason", "x")
    assert refused.value.returncode == 1


@pytest.mark.parametrize("arguments", [["create_superadmin"], ["reset_mfa", "a@example.com"]])
def test_wrong_usage(arguments):
    with pytest.raises(CommandError) as wrong:
        run(*arguments)
    assert wrong.value.returncode == 1 or "required" in str(wrong.value)


def test_a_new_key_signs_later_or_now():
    old = signing_key(timezone.now())

    _, err = run("rotate_signing_key")
    assert "signs from" in err
    assert signing_key(timezone.now()).kid == old.kid
    assert signing_key(timezone.now() + LEAD).kid in err

    _, err = run("rotate_signing_key", "--now")
    (only,) = published_keys(timezone.now())
    assert only["kid"] == signing_key(timezone.now()).kid
    assert only["kid"] in err


def test_cognitos_keys_are_its_own(settings):
    settings.IDENTITY_ENGINE = "cognito"

    with pytest.raises(CommandError, match="Cognito"):
        run("rotate_signing_key")
