"""The page behind an invitation's link, for each who may come to it."""

from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.utils import timezone

from tenants import scopes
from tenants.domain.invitations import invite, revoke
from tenants.domain.members import remove_member
from tenants.models import Invitation, TenantMember, User
from tests.look.test_arabic_pages import latin_words
from tests.tenants.conftest import owner_of, roles_of, token_of

pytestmark = pytest.mark.usefixtures("real_db")


@pytest.fixture
def guest(person):
    return person(f"guest-{uuid4().hex[:8]}@example.com")


@pytest.fixture
def link(tenant_a, guest):
    """The address of the page of an invitation as admin."""
    owner = owner_of(tenant_a)
    with scopes.public():
        User.objects.filter(id=owner.user_id).update(name="Noura")
    with scopes.tenant(tenant_a.id):
        invite(email=guest.email, role="admin", actor=owner, now=timezone.now())
    return f"/invitations/{token_of(tenant_a)}/"


@pytest.fixture
def browser(at):
    """Makes a browser, of this person if one is given."""

    def make(user=None, language="en"):
        client = at("app", **{"accept-language": language})
        if user:
            with scopes.public():
                client.force_login(user)
        return client

    return make


def test_a_stranger_learns_who_invites_and_logs_in_or_signs_up(browser, link, guest):
    response = browser().get(link)

    assert response.status_code == 200
    for text in ("Shop", "Noura", "Admin", guest.email):
        assert text in response.text
    there = quote(link, safe="")
    assert f'href="/login/?next={there}"' in response.text
    sign_up = f"/signup/?email={quote(guest.email)}&amp;next={there}"
    assert f'href="{sign_up}"' in response.text
    assert "Join the team</button>" not in response.text
    assert "no-cache" in response.headers["Cache-Control"]


def test_the_right_person_joins_with_one_button(browser, link, guest, tenant_a):
    client = browser(guest)
    assert "Join the team</button>" in client.get(link).text
    assert roles_of(tenant_a) == ["owner"]

    for _ in range(2):  # a form sent twice leads there as well
        response = client.post(link, {"role": "owner"})
        assert response.headers["Location"] == f"/{tenant_a.slug}/"
    assert client.get(link).headers["Location"] == f"/{tenant_a.slug}/"
    assert client.get(f"/{tenant_a.slug}/").status_code == 200
    assert roles_of(tenant_a) == ["admin", "owner"]


def test_somebody_else_is_told_and_may_log_out(browser, link, person, tenant_a):
    other = person()
    client = browser(other)

    page = client.get(link).text

    assert "You are logged in as" in page
    assert other.email in page
    assert "Join the team</button>" not in page
    assert client.post(link).status_code == 403
    assert roles_of(tenant_a) == ["owner"]
    assert client.post("/logout/", {"next": link}).headers["Location"] == link
    assert "Create an account" in client.get(link).text


@pytest.mark.parametrize("next_page", ["https://evil.example/", "//evil.example", ""])
def test_a_log_out_leads_nowhere_else(browser, person, next_page):
    client = browser(person())

    assert client.post("/logout/", {"next": next_page}).headers["Location"] == "/"


def test_used_by_one_it_is_gone_for_others(browser, link, guest, person):
    browser(guest).post(link)

    for client in (browser(), browser(person())):
        response = client.get(link)
        assert response.status_code == 404
        assert "no longer works" in response.text
        assert "Noura" not in response.text


def test_who_was_removed_since_sees_that_it_is_gone(browser, link, guest, tenant_a):
    client = browser(guest)
    client.post(link)
    with scopes.tenant(tenant_a.id):
        member = TenantMember.objects.get(user_id=guest.id)
        remove_member(member_id=member.id, actor=owner_of(tenant_a))

    assert client.get(link).status_code == client.post(link).status_code == 404
    assert roles_of(tenant_a) == ["owner"]


@pytest.mark.parametrize("end", ["expired", "revoked"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_has_ended_says_so(browser, link, guest, tenant_a, end, method):
    with scopes.tenant(tenant_a.id):
        row = Invitation.objects.get()
        if end == "expired":
            Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        else:
            revoke(invitation_id=row.id, actor=owner_of(tenant_a), now=timezone.now())

    response = getattr(browser(guest), method)(link)

    assert response.status_code == 404
    assert "This invitation no longer works" in response.text
    assert roles_of(tenant_a) == ["owner"]


@pytest.mark.parametrize("token", ["x", "a" * 64, "%00", "é", "a" * 2000])
def test_no_invitation_of_ours(browser, guest, token):
    for client in (browser(), browser(guest)):
        assert client.get(f"/invitations/{token}/").status_code == 404


def test_a_forged_form_joins_nobody(browser, link, guest, tenant_a):
    client = browser(guest)
    client.handler.enforce_csrf_checks = True

    assert client.post(link).status_code == 403
    assert roles_of(tenant_a) == ["owner"]


def test_the_log_keeps_no_token(browser, link, capfd):
    browser().get(link)

    logged = capfd.readouterr().err
    assert "/invitations/…/" in logged or "/invitations/\\u2026/" in logged
    assert link.split("/")[2] not in logged


@pytest.mark.parametrize("who", ["stranger", "guest", "other", "gone"])
def test_the_page_is_arabic(browser, link, guest, person, who):
    user = {"guest": guest, "other": person()}.get(who)
    page = browser(user, "ar").get("/invitations/unknown/" if who == "gone" else link).text

    assert latin_words(page) == set()
