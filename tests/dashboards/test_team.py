"""The page of the team, with a script and without."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tenants import scopes
from tenants.domain.invitations import invite
from tenants.models import Invitation, Tenant, TenantMember
from tests.dashboards.conftest import counted

HTMX = {"HX-Request": "true"}
SCRIPTS = pytest.mark.parametrize("headers", [{}, HTMX])


@pytest.fixture
def owner(staff_of, shop):
    """An owner at the desk, besides the one that the shop was made with."""
    return staff_of(shop, role="owner", name="Noura")


def member_of(desk):
    with scopes.tenant(desk.tenant.id):
        return TenantMember.objects.filter(user_id=desk.user.id).first()


def role_of(desk):
    member = member_of(desk)
    return member and member.role


def invited(tenant, email="", role="staff", minutes=5):
    with scopes.tenant(tenant.id):
        return invite(
            email=email or f"guest-{uuid4().hex[:8]}@example.com",
            role=role,
            actor=TenantMember.objects.earliest("created_at"),
            now=timezone.now() - timedelta(minutes=minutes),
        )


def waiting(tenant):
    with scopes.tenant(tenant.id):
        return Invitation.objects.filter(accepted_at=None, revoked_at=None).count()


def policy_of(tenant):
    with scopes.public():
        return Tenant.objects.get(id=tenant.id).mfa_policy


def give_factor(desk, at=None):
    with scopes.public():
        desk.user.mfa_enabled_at = at or timezone.now()
        desk.user.save()


def told(desk, path, data=None, headers=None):
    """What the page says after a form was sent: in the answer, or on the page that it leads to."""
    headers = headers or {}
    response = desk.send(path, data or {}, **headers)
    if response.status_code == 302:
        assert response.headers["Location"] == desk.path("team/")
        assert not headers
        return desk.see("team/").text
    if headers:
        assert "<html" not in response.text
        assert response.text.lstrip().startswith('<article class="team" id="team">')
    return response.text


def test_everybody_sees_the_team(owner, staff_of, shop):
    staff = staff_of(shop, name="Salem")
    give_factor(owner)
    guest = invited(shop)

    page = staff.see("team/").text

    for text in ("Noura", owner.user.email, "Salem", "Two-step: on", "Two-step: off", "Owner"):
        assert text in page
    assert guest.email not in page
    assert "team/invitations/" not in page
    assert "team/members/" not in page
    assert "team/security/" not in page
    assert "Leave the team" in page
    assert f'href="/{shop.slug}/team/"' in " ".join(staff.see().text.split())


def test_an_admin_manages_all_but_owners(owner, staff_of, shop):
    admin, staff = staff_of(shop, role="admin"), staff_of(shop)
    guests = {role: invited(shop, role=role) for role in ("owner", "staff")}

    page = admin.see("team/").text

    assert f"team/members/{member_of(staff).id}/role/" in page
    assert f"team/members/{member_of(staff).id}/remove/" in page
    assert f"team/members/{member_of(owner).id}/" not in page
    assert "/owner/" not in page
    assert 'value="owner"' not in page
    assert f"team/invitations/{guests['staff'].id}/revoke/" in page
    assert guests["owner"].email in page
    assert f"team/invitations/{guests['owner'].id}/" not in page
    assert "team/security/" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_the_same_queries_however_long(owner, staff_of, shop, rows):
    for _ in range(rows):
        staff_of(shop)
        invited(shop)
    owner.see("team/")

    # Session, person, membership; then members, people, invitations, the frame's settings.
    with counted(7):
        page = owner.see("team/").text

    assert page.count("team/members/") >= rows
    assert page.count('/resend/"') >= rows


@SCRIPTS
def test_inviting(owner, shop, headers):
    email = f"guest-{uuid4().hex[:8]}@example.com"

    page = told(owner, "team/invitations/", {"email": email.upper(), "role": "admin"}, headers)

    assert f"Invited: {email}" in page
    assert page.count(email) >= 2
    assert waiting(shop) == 1


@SCRIPTS
@pytest.mark.parametrize(
    ("email", "words"),
    [
        ("", "required"),
        ("nobody", "valid email"),
        ("{member}", "in your team already"),
        ("{guest}", "waiting already"),
    ],
)
def test_what_is_wrong_is_told_at_the_address(owner, staff_of, shop, email, words, headers):
    address = email.format(member=staff_of(shop).user.email, guest=invited(shop).email)
    before = waiting(shop)

    response = owner.send("team/invitations/", {"email": address, "role": "admin"}, **headers)

    assert response.status_code == 400
    assert words in response.text
    assert "error-summary" in response.text
    assert f'value="{address}"' in response.text or not address
    assert '<option value="admin" selected>' in response.text
    assert waiting(shop) == before


@SCRIPTS
def test_sending_again_and_revoking(owner, shop, headers):
    guest = invited(shop)
    path = f"team/invitations/{guest.id}/"

    assert f"Sent again: {guest.email}" in told(owner, path + "resend/", {}, headers)
    refused = owner.send(path + "resend/", {}, **headers)
    assert refused.status_code == 429
    assert "sent a moment ago" in refused.text
    assert "its link no longer works" in told(owner, path + "revoke/", {}, headers)
    assert waiting(shop) == 0
    gone = owner.send(path + "revoke/", {}, **headers)
    assert gone.status_code == 404
    assert "accepted or revoked meanwhile" in gone.text


def test_an_expired_invitation_says_so_and_can_be_sent_again(owner, shop):
    guest = invited(shop, minutes=60 * 24 * 8)
    assert "Expired" in owner.see("team/").text

    assert "Waits until" in told(owner, f"team/invitations/{guest.id}/resend/")


@SCRIPTS
def test_changing_a_role(owner, staff_of, shop, headers):
    staff = staff_of(shop, name="Salem")

    page = told(owner, f"team/members/{member_of(staff).id}/role/", {"role": "admin"}, headers)

    assert "Role of Salem: Admin" in page
    assert role_of(staff) == "admin"


@SCRIPTS
def test_removing(owner, staff_of, shop, headers):
    staff = staff_of(shop)
    path = f"team/members/{member_of(staff).id}/remove/"

    assert "Removed from the team." in told(owner, path, {}, headers)
    assert role_of(staff) is None
    assert staff.see().status_code == 404
    again = owner.send(path, {}, **headers)
    assert again.status_code == 404
    assert "in the team any more" in again.text


@SCRIPTS
def test_handing_over(owner, staff_of, shop, headers):
    staff = staff_of(shop, name="Salem")

    page = told(owner, f"team/members/{member_of(staff).id}/owner/", {}, headers)

    assert "Role of Salem: Owner" in page
    assert (role_of(owner), role_of(staff)) == ("admin", "owner")
    # The page is an admin's by now.
    assert "team/security/" not in page


def test_leaving(staff_of, shop):
    staff = staff_of(shop)

    assert staff.send("team/leave/", {}).headers["Location"] == "/tenants/"
    assert role_of(staff) is None
    assert staff.see("team/").status_code == 404


def test_an_owner_alone_is_told_before_they_try(at, staff_of, shop):
    owner = staff_of(shop, role="owner")
    with scopes.tenant(shop.id):
        TenantMember.objects.exclude(user_id=owner.user.id).delete()

    page = owner.see("team/").text
    assert "team/leave/" not in page
    assert "Make someone else an owner first" in page
    refused = owner.send("team/leave/", {})

    assert refused.status_code == 409
    assert "Make someone else an owner first" in refused.text
    assert role_of(owner) == "owner"


FORMS = {
    "team/invitations/": {"email": "x@example.com", "role": "staff"},
    "team/invitations/{guest}/resend/": {},
    "team/invitations/{guest}/revoke/": {},
    "team/members/{member}/role/": {"role": "admin"},
    "team/members/{member}/remove/": {},
    "team/members/{member}/owner/": {},
    "team/security/": {"policy": "everyone"},
}


@SCRIPTS
@pytest.mark.parametrize("path", FORMS)
def test_staff_change_nothing(desk, staff_of, shop, path, headers):
    other, guest = staff_of(shop), invited(shop)
    give_factor(desk)

    response = desk.send(
        path.format(guest=guest.id, member=member_of(other).id), FORMS[path], **headers
    )

    assert response.status_code == 403
    assert "Ask an owner or admin" in response.text
    assert (role_of(other), waiting(shop), policy_of(shop)) == ("staff", 1, "off")


@SCRIPTS
def test_an_admin_makes_no_owner(staff_of, shop, headers):
    admin, staff = staff_of(shop, role="admin"), staff_of(shop)
    member = member_of(staff).id

    for path, data in (
        ("team/invitations/", {"email": "x@example.com", "role": "owner"}),
        (f"team/members/{member}/role/", {"role": "owner"}),
        (f"team/members/{member}/owner/", {}),
        (f"team/members/{member_of(admin).id}/role/", {"role": "owner"}),
    ):
        assert admin.send(path, data, **headers).status_code == 403
    assert (role_of(admin), role_of(staff), waiting(shop)) == ("admin", "staff", 0)


@pytest.mark.parametrize("path", FORMS)
def test_a_link_to_a_form_leads_to_the_page(owner, shop, path):
    address = path.format(guest=uuid4(), member=uuid4())

    assert owner.see(address).headers["Location"] == owner.path("team/")


@pytest.mark.parametrize("path", [*FORMS, "team/leave/"])
def test_a_forged_form_does_nothing(owner, staff_of, shop, path):
    other, guest = staff_of(shop), invited(shop)
    give_factor(owner)
    owner.handler.enforce_csrf_checks = True

    response = owner.send(
        path.format(guest=guest.id, member=member_of(other).id), FORMS.get(path, {})
    )

    assert response.status_code == 403
    assert (role_of(owner), role_of(other), waiting(shop)) == ("owner", "staff", 1)
    assert policy_of(shop) == "off"


@pytest.mark.parametrize("path", ["role/", "remove/", "owner/"])
def test_another_tenants_member_is_out_of_reach(owner, tenant_b, path):
    with scopes.tenant(tenant_b.id):
        foreign = TenantMember.objects.get()

    response = owner.send(f"team/members/{foreign.id}/{path}", {"role": "staff"})

    assert response.status_code == 404
    with scopes.tenant(tenant_b.id):
        assert TenantMember.objects.get().role == "owner"


@SCRIPTS
@pytest.mark.parametrize("path", ["team/members/{}/role/", "team/security/"])
def test_a_form_that_our_page_has_not_is_refused(owner, staff_of, shop, path, headers):
    staff = staff_of(shop)

    response = owner.send(
        path.format(member_of(staff).id), {"role": "king", "policy": "none"}, **headers
    )

    assert response.status_code == 400
    assert role_of(staff) == "staff"


@SCRIPTS
def test_an_owner_asks_for_two_steps(owner, staff_of, shop, headers):
    staff = staff_of(shop)
    give_factor(owner)

    page = told(owner, "team/security/", {"policy": "everyone"}, headers)

    assert "Two-step verification: Everyone" in page
    assert "Two-step: missing" in page
    assert 'value="everyone" id="id_policy_2" checked' in " ".join(page.split()).replace(
        "required ", ""
    )
    assert policy_of(shop) == "everyone"
    where = staff.see("orders/").headers["Location"]
    assert where == f"/mfa/?next=%2F{shop.slug}%2Forders%2F&for={shop.slug}"
    told(owner, "team/security/", {"policy": "off"}, headers)
    assert staff.see("orders/").status_code == 200


@SCRIPTS
def test_an_owner_without_two_steps_is_told_first(owner, shop, headers):
    assert "Set up two-step verification for your own account first" in owner.see("team/").text

    response = owner.send("team/security/", {"policy": "admins"}, **headers)

    assert response.status_code == 409
    assert "Set up two-step verification for your own account first" in response.text
    assert policy_of(shop) == "off"
    assert owner.see("team/").status_code == 200


def test_how_many_lack_it_is_counted(owner, staff_of, shop):
    staff_of(shop, role="admin")
    staff_of(shop)
    give_factor(owner)

    page = " ".join(owner.see("team/").text.split())

    # The owner whom the shop was made with, the admin; and one of the staff.
    assert "Owners and admins without it</dt> <dd> <bdi>2</bdi>" in page
    assert "In the whole team</dt> <dd> <bdi>3</bdi>" in page


def test_what_people_call_themselves_is_text(owner, staff_of, shop):
    staff = staff_of(shop, name='<script>alert("1")</script>')

    page = told(owner, f"team/members/{member_of(staff).id}/role/", {"role": "admin"}, HTMX)

    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
