"""Who hears what of a team: the invited, those concerned, the owners."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tenants import scopes
from tenants.domain.invitations import invite, resend, revoke
from tenants.domain.members import change_role, leave, remove_member, transfer_ownership
from tenants.domain.renaming import rename_tenant
from tenants.domain.tenants import get_or_create_user
from tenants.enums import Role
from tenants.models import TenantMember, User
from tenants.validators.invitations import hash_of, tenant_id_of
from tests.notifications.conftest import handle, join, written

GUEST = "guest@example.com"
LINK = re.compile(r"http://app\.localhost:8000/invitations/([\w-]{64})/")


def member(shop, user):
    with scopes.tenant(shop.tenant.id):
        return TenantMember.objects.get(user_id=user.id)


def asked(shop, email=GUEST, actor=None, now=None):
    with scopes.tenant(shop.tenant.id):
        return invite(
            email=email,
            role="staff",
            actor=member(shop, actor or shop.admin),
            now=now or timezone.now(),
        )


def name(user, text, **fields):
    with scopes.public():
        User.objects.filter(id=user.id).update(name=text, **fields)


def test_the_link_goes_to_the_invited(shop):
    name(shop.admin, "Noura")
    invitation = asked(shop)

    handle(shop.tenant)

    (message,) = written(shop.tenant)
    assert message.recipient == GUEST
    assert message.subject == "An invitation to the team of Shop"
    assert message.language == "en"
    assert message.headers["Reply-To"] == shop.admin.email
    for text in (message.text, message.html):
        assert all(part in text for part in ("Noura", "Shop", "Staff", GUEST))
        (token,) = set(LINK.findall(text))
        assert hash_of(token) == invitation.token_hash
        assert tenant_id_of(token) == shop.tenant.id
    assert re.search(rf"^{LINK.pattern}$", message.text, re.MULTILINE)


def test_in_the_language_of_the_person_if_they_are_known(shop):
    asked(shop, actor=shop.owner)  # who reads Arabic
    with scopes.public():
        known = get_or_create_user("known@example.com")
        known.language, known.cognito_sub = "en", "known-sub"
        known.save()
        get_or_create_user("never-logged-in@example.com")
    asked(shop, "known@example.com", actor=shop.owner)
    asked(shop, "never-logged-in@example.com")

    handle(shop.tenant)

    told = {message.recipient: message for message in written(shop.tenant)}
    assert told[GUEST].language == "ar"
    assert told[GUEST].subject == "دعوة إلى فريق عمل متجر"
    assert 'lang="ar" dir="rtl"' in told[GUEST].html
    assert "موظف" in told[GUEST].text
    assert told["known@example.com"].language == "en"
    assert told["never-logged-in@example.com"].language == "en"


def test_a_void_link_isnt_sent(shop):
    now = timezone.now() - timedelta(hours=1)
    invitation, revoked = asked(shop, now=now), asked(shop, "other@example.com", now=now)
    with scopes.tenant(shop.tenant.id):
        revoke(invitation_id=revoked.id, actor=member(shop, shop.admin), now=timezone.now())
        again = resend(
            invitation_id=invitation.id, actor=member(shop, shop.admin), now=timezone.now()
        )

    handle(shop.tenant)

    (message,) = written(shop.tenant)
    assert hash_of(LINK.search(message.text)[1]) == again.token_hash


def test_who_gets_another_role_is_told(shop):
    name(shop.owner, "Noura")
    with scopes.tenant(shop.tenant.id):
        change_role(
            member_id=member(shop, shop.staff).id, role="admin", actor=member(shop, shop.owner)
        )

    handle(shop.tenant)

    (message,) = written(shop.tenant)
    assert (message.recipient, message.subject) == (
        shop.staff.email,
        "Your role at Shop has changed",
    )
    assert "Noura changed your role in the team of Shop to: Admin." in message.text
    assert f"http://app.localhost:8000/{shop.tenant.slug}/team/" in message.text


def test_who_is_removed_is_told_and_given_no_link(shop):
    name(shop.owner, "نورة")
    with scopes.tenant(shop.tenant.id):
        remove_member(member_id=member(shop, shop.staff).id, actor=member(shop, shop.owner))

    handle(shop.tenant)

    (message,) = written(shop.tenant)
    assert message.recipient == shop.staff.email
    assert "نورة took you off the team of Shop" in message.text
    assert "/team/" not in message.text + message.html


def test_what_people_do_themselves_they_know(shop):
    with scopes.tenant(shop.tenant.id):
        admin = member(shop, shop.admin)
        change_role(member_id=admin.id, role="staff", actor=admin)
        leave(actor=admin)

    handle(shop.tenant)

    assert written(shop.tenant) == []


def test_the_owners_hear_of_a_new_one(shop):
    other = join(shop.tenant, Role.OWNER, language="en")
    name(shop.owner, "Noura")
    name(shop.staff, "Salem")
    with scopes.tenant(shop.tenant.id):
        transfer_ownership(member_id=member(shop, shop.staff).id, actor=member(shop, shop.owner))

    handle(shop.tenant)

    told = {message.recipient: message for message in written(shop.tenant)}
    assert set(told) == {other.email, shop.owner.email, shop.staff.email}
    assert "Noura handed ownership of Shop over to Salem." in told[other.email].text
    assert told[shop.owner.email].subject == "مالك جديد لدى متجر"


@pytest.mark.parametrize("nasty", ["<b>Bold</b>\r\nBcc: evil@example.com", '"x" <a@b>'])
def test_what_people_call_themselves_is_text(shop, nasty):
    name(shop.admin, nasty)
    asked(shop)

    handle(shop.tenant)

    (message,) = written(shop.tenant)
    assert "<b>Bold" not in message.html
    assert "\r" not in message.text
    assert not re.search("^Bcc:", message.text, re.MULTILINE)


def test_owners_hear_of_a_new_address(shop):
    name(shop.owner, "Noura", language="en")
    slug = f"{shop.tenant.slug}-new"
    with scopes.tenant(shop.tenant.id):
        rename_tenant(slug=slug, actor=member(shop, shop.owner), now=timezone.now())

    handle(shop.tenant)

    (message,) = written(shop.tenant)
    assert message.recipient == shop.owner.email
    assert message.subject == "The address of Shop has changed"
    assert f"http://{slug}.localhost:8000" in message.text
    assert f"http://app.localhost:8000/{slug}/team/" in message.text
