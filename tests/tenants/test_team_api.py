"""The staff API of members and invitations, and the API that accepts them."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants import scopes
from tenants.domain import invitations
from tenants.domain.tenants import suspend_tenant
from tenants.enums import MfaPolicy
from tenants.identity.embedded.issuing import issue_access_token
from tenants.models import Invitation, Tenant, TenantMember, User
from tenants.queries.hosts import forget_hosts
from tests.tenants.conftest import acts_of, owner_of, roles_of, token_of

pytestmark = pytest.mark.usefixtures("real_db")
NOW = timezone.now()


@pytest.fixture
def api(at):
    """Calls the API as this person, by an access token."""

    def call(user, method, path, data=None):
        bearer = f"Bearer {issue_access_token(user, now=timezone.now())}"
        client = at("app", **{"authorization": bearer, "accept-language": "en"})
        body = "" if data is None else json.dumps(data)
        return client.generic(method, path, body, content_type="application/json")

    return call


def problem(response, status, code):
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["Content-Type"] == "application/problem+json"
    return response.json()


@pytest.fixture
def shop(tenant_a):
    tenant_a.api = f"/{tenant_a.slug}/api/v1/"
    return tenant_a


@pytest.fixture
def owner(shop, join):
    """A second owner of the shop, known by name."""
    return join(shop, "owner", name="Noura")


def test_the_team_in_order(api, shop, owner, join):
    staff = join(shop, "staff", mfa_enabled_at=NOW)

    body = api(staff.person, "GET", f"{shop.api}members/").json()

    assert set(body) == {"next", "previous", "results"}
    assert [row["role"] for row in body["results"]] == ["owner", "owner", "staff"]
    assert body["results"][1:] == [
        {
            "id": str(member.id),
            "email": member.person.email,
            "name": member.person.name,
            "role": role,
            "mfa": mfa,
            "created_at": member_created(shop, member),
        }
        for member, role, mfa in ((owner, "owner", False), (staff, "staff", True))
    ]
    one = api(staff.person, "GET", f"{shop.api}members/{owner.id}/")
    assert one.json() == body["results"][1]


def member_created(shop, member):
    with scopes.tenant(shop.id):
        at = TenantMember.objects.get(id=member.id).created_at
    return at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize("more", [0, 2])
def test_lists_take_the_same_queries_however_long(api, shop, owner, join, more):
    for _ in range(more):
        join(shop, "staff")
    for _ in range(more + 1):
        invited(shop)
    api(owner.person, "GET", f"{shop.api}members/")

    for path, number in (("members/", 2), ("invitations/", 1)):
        with CaptureQueriesContext(connection) as queries:
            body = api(owner.person, "GET", shop.api + path).json()
        # The token's key may be read; its login (there is none here), the person and the membership are,
        # then the list.
        mine = [query for query in queries if "signing_keys" not in query["sql"]]
        assert len(mine) == 3 + number, [query["sql"] for query in mine]
        assert len(body["results"]) == {"members/": 2, "invitations/": 1}[path] + more


def invited(shop, email="", role="staff"):
    with scopes.tenant(shop.id):
        return invitations.invite(
            email=email or f"guest-{uuid4().hex[:8]}@example.com",
            role=role,
            actor=owner_of(shop),
            now=NOW - timedelta(minutes=5),
        )


def test_pages_of_members_miss_nobody(api, shop, owner, join):
    for _ in range(4):
        join(shop, "staff")
    seen, path = [], f"{shop.api}members/?page_size=2"
    while path:
        body = api(owner.person, "GET", path).json()
        seen += [row["id"] for row in body["results"]]
        path = (body["next"] or "").partition("localhost")[2]

    assert len(seen) == len(set(seen)) == 6


def test_a_role_is_changed(api, shop, owner, join):
    staff = join(shop, "staff")

    answer = api(owner.person, "PATCH", f"{shop.api}members/{staff.id}/", {"role": "admin"})

    assert (answer.status_code, answer.json()["role"]) == (200, "admin")
    assert roles_of(shop) == ["admin", "owner", "owner"]
    listed = api(owner.person, "GET", f"{shop.api}members/{staff.id}/").json()
    assert listed == answer.json()


@pytest.mark.parametrize("body", [{}, {"role": "king"}, {"role": None}, {"role": ["owner"]}, []])
def test_a_broken_role_is_told(api, shop, owner, join, body):
    staff = join(shop, "staff")

    told = problem(
        api(owner.person, "PATCH", f"{shop.api}members/{staff.id}/", body), 400, "invalid"
    )

    assert list(told["errors"]) in (["role"], ["non_field_errors"])
    assert roles_of(shop) == ["owner", "owner", "staff"]


def test_a_removed_member_is_out_at_once(api, at, shop, owner, join):
    """With a live token as with a live session; and in with nothing else of theirs."""
    staff = join(shop, "staff")
    browser = at("app")
    with scopes.public():
        browser.force_login(staff.person)
    for path in ("", "orders/", "team/", "api/v1/members/", "api/v1/orders/"):
        assert browser.get(f"/{shop.slug}/{path}").status_code == 200
    assert api(staff.person, "GET", f"{shop.api}members/").status_code == 200

    answer = api(owner.person, "DELETE", f"{shop.api}members/{staff.id}/")
    assert (answer.status_code, answer.content) == (204, b"")

    problem(api(staff.person, "GET", f"{shop.api}members/"), 404, "not_found")
    for path in ("", "orders/", "team/", "api/v1/members/", "api/v1/orders/"):
        assert browser.get(f"/{shop.slug}/{path}").status_code == 404
    problem(api(owner.person, "DELETE", f"{shop.api}members/{staff.id}/"), 404, "not_found")
    assert api(staff.person, "GET", "/api/v1/me/").json()["memberships"] == []


def test_a_member_of_staff_may_leave(api, shop, join):
    staff = join(shop, "staff")

    assert api(staff.person, "DELETE", f"{shop.api}members/{staff.id}/").status_code == 204
    problem(api(staff.person, "GET", f"{shop.api}members/"), 404, "not_found")


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_the_last_owner_stays(api, shop, person, method):
    last = owner_of(shop)
    user = person(_email_of(last))

    answer = api(user, method, f"{shop.api}members/{last.id}/", {"role": "admin"})

    problem(answer, 409, "last_owner")
    assert roles_of(shop) == ["owner"]


def _email_of(member):
    with scopes.public():
        return User.objects.get(id=member.user_id).email


STAFF_MAY = {
    ("GET", "members/"): 200,
    ("GET", "members/{member}/"): 200,
    ("PATCH", "members/{member}/"): 403,
    ("DELETE", "members/{member}/"): 403,
    ("GET", "invitations/"): 403,
    ("POST", "invitations/"): 403,
    ("GET", "invitations/{invitation}/"): 403,
    ("DELETE", "invitations/{invitation}/"): 403,
    ("POST", "invitations/{invitation}/resend/"): 403,
}
MANAGERS_MAY = {
    ("GET", "members/"): 200,
    ("GET", "members/{member}/"): 200,
    ("PATCH", "members/{member}/"): 200,
    ("DELETE", "members/{member}/"): 204,
    ("GET", "invitations/"): 200,
    ("POST", "invitations/"): 201,
    ("GET", "invitations/{invitation}/"): 200,
    ("DELETE", "invitations/{invitation}/"): 204,
    ("POST", "invitations/{invitation}/resend/"): 200,
}


@pytest.fixture
def tried(api, shop, join):
    """Calls each endpoint as a person, on a member and an invitation made for it."""

    def call(user, method, path):
        member, invitation = join(shop, "staff"), invited(shop)
        address = shop.api + path.format(member=member.id, invitation=invitation.id)
        body = {"role": "admin", "email": f"{uuid4().hex[:8]}@example.com"}
        before = acts_of(shop)
        answer = api(user, method, address, body if method in ("POST", "PATCH") else None)
        return answer, acts_of(shop)[len(before) :]

    return call


@pytest.mark.parametrize("role", ["owner", "admin", "staff"])
@pytest.mark.parametrize(("method", "path"), STAFF_MAY)
def test_each_endpoint_for_each_role(tried, shop, join, role, method, path):
    expected = (STAFF_MAY if role == "staff" else MANAGERS_MAY)[method, path]

    answer, acts = tried(join(shop, role).person, method, path)

    assert answer.status_code == expected, answer.text
    if expected == 403:
        problem(answer, 403, "permission_denied")
    assert bool(acts) is (method != "GET" and expected < 300)


@pytest.mark.parametrize(("method", "path"), STAFF_MAY)
def test_a_stranger_finds_nothing_whatever_the_state(tried, shop, person, method, path):
    stranger = person()
    problem(tried(stranger, method, path)[0], 404, "not_found")
    suspend_tenant(shop.slug, reason="test", now=NOW)
    problem(tried(stranger, method, path)[0], 404, "not_found")


@pytest.mark.parametrize(("method", "path"), STAFF_MAY)
def test_then_suspended_then_mfa_then_the_role(tried, shop, join, method, path):
    staff = join(shop, "staff").person
    require_mfa(shop, "everyone")
    suspend_tenant(shop.slug, reason="test", now=NOW)
    problem(tried(staff, method, path)[0], 403, "tenant_suspended")
    with scopes.public():
        Tenant.objects.filter(id=shop.id).update(status="active")
    forget_hosts()
    problem(tried(staff, method, path)[0], 403, "mfa_required")
    require_mfa(shop, "off")
    if STAFF_MAY[method, path] == 403:
        problem(tried(staff, method, path)[0], 403, "permission_denied")


def require_mfa(tenant, policy):
    with scopes.public():
        Tenant.objects.filter(id=tenant.id).update(mfa_policy=policy)
    forget_hosts()


@pytest.mark.parametrize("has_mfa", [False, True])
@pytest.mark.parametrize("role", ["owner", "admin", "staff"])
@pytest.mark.parametrize("policy", MfaPolicy.values)
def test_the_policy_on_pages_and_api_alike(api, at, shop, join, policy, role, has_mfa):
    member = join(shop, role, mfa_enabled_at=NOW if has_mfa else None)
    require_mfa(shop, policy)
    browser = at("app")
    with scopes.public():
        browser.force_login(member.person)
    asked = policy == "everyone" or (policy == "admins" and role in ("owner", "admin"))

    for path in ("", "orders/", "items/", "team/"):
        page = browser.get(f"/{shop.slug}/{path}")
        if asked and not has_mfa:
            assert page.status_code == 302
            where = f"next=%2F{shop.slug}%2F{path.replace('/', '%2F')}&for={shop.slug}"
            assert page.headers["Location"] == f"/mfa/?{where}"
        else:
            assert page.status_code == 200
    for path in ("members/", "orders/", "items/"):
        for answer in (
            api(member.person, "GET", shop.api + path),
            browser.get(shop.api + path),
        ):
            if asked and not has_mfa:
                problem(answer, 403, "mfa_required")
            else:
                assert answer.status_code == 200


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_another_tenants_member_is_not_found(api, shop, owner, tenant_b, join, method):
    foreign = join(tenant_b, "staff")

    for member_id in (foreign.id, uuid4()):
        path = f"{shop.api}members/{member_id}/"
        problem(api(owner.person, method, path, {"role": "admin"}), 404, "not_found")
    problem(
        api(owner.person, method, f"/{tenant_b.slug}/api/v1/members/{foreign.id}/"),
        404,
        "not_found",
    )
    assert roles_of(tenant_b) == ["owner", "staff"]


@pytest.mark.parametrize("method", ["GET", "DELETE", "POST"])
def test_another_tenants_invitation_is_not_found(api, shop, owner, tenant_b, method):
    path = f"{shop.api}invitations/{invited(tenant_b).id}/" + (
        "resend/" if method == "POST" else ""
    )

    problem(api(owner.person, method, path), 404, "not_found")
    assert acts_of(tenant_b)[-1][0] == "invitation.sent"


def test_an_invitation_is_sent_shown_and_revoked(api, shop, owner):
    email = f"Guest-{uuid4().hex[:8]}@Example.com"
    sent = api(owner.person, "POST", f"{shop.api}invitations/", {"email": email, "role": "admin"})

    assert sent.status_code == 201
    body = sent.json()
    assert set(body) == {"id", "email", "role", "created_at", "sent_at", "expires_at"}
    assert (body["email"], body["role"]) == (email.lower(), "admin")
    where = sent.headers["Location"]
    assert where.endswith(f"{shop.api}invitations/{body['id']}/")
    assert api(owner.person, "GET", where.partition("localhost")[2]).json() == body
    assert api(owner.person, "GET", f"{shop.api}invitations/").json()["results"] == [body]
    again = api(owner.person, "POST", f"{shop.api}invitations/{body['id']}/resend/")
    assert problem(again, 429, "rate_limited")
    assert 0 < int(again.headers["Retry-After"]) <= 60

    assert api(owner.person, "DELETE", f"{shop.api}invitations/{body['id']}/").status_code == 204
    assert api(owner.person, "GET", f"{shop.api}invitations/").json()["results"] == []
    problem(api(owner.person, "DELETE", f"{shop.api}invitations/{body['id']}/"), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["email", "role"]),
        ({"email": "nobody", "role": "staff"}, ["email"]),
        ({"email": "a\x00b@example.com", "role": "staff"}, ["email"]),
        ({"email": f"{'a' * 250}@example.com", "role": "staff"}, ["email"]),
        ({"email": "a@example.com", "role": "king"}, ["role"]),
        ({"email": "a@example.com"}, ["role"]),
    ],
)
def test_a_broken_invitation_is_told_at_its_fields(api, shop, owner, body, fields):
    told = problem(api(owner.person, "POST", f"{shop.api}invitations/", body), 400, "invalid")

    assert list(told["errors"]) == fields
    assert acts_of(shop) == []


def test_a_second_invitation_is_told_at_the_address(api, shop, owner, join):
    member, waiting = join(shop, "staff"), invited(shop)

    for email, words in (
        (member.person.email.upper(), "in your team already"),
        (waiting.email.upper(), "send it again"),
    ):
        asked = {"email": email, "role": "staff"}
        told = problem(api(owner.person, "POST", f"{shop.api}invitations/", asked), 400, "invalid")
        assert words in told["errors"]["email"][0]


def test_an_admin_makes_no_owner(api, shop, join):
    admin, staff = join(shop, "admin"), join(shop, "staff")
    theirs = invited(shop, role="owner")
    own = f"{shop.api}members/{admin.id}/"

    for method, path, body in (
        ("POST", f"{shop.api}invitations/", {"email": "x@example.com", "role": "owner"}),
        ("PATCH", f"{shop.api}members/{staff.id}/", {"role": "owner"}),
        ("PATCH", own, {"role": "owner"}),
        ("PATCH", f"{shop.api}members/{owner_of(shop).id}/", {"role": "staff"}),
        ("DELETE", f"{shop.api}members/{owner_of(shop).id}/", None),
        ("DELETE", f"{shop.api}invitations/{theirs.id}/", None),
        ("POST", f"{shop.api}invitations/{theirs.id}/resend/", None),
    ):
        problem(api(admin.person, method, path, body), 403, "permission_denied")
    assert roles_of(shop) == ["admin", "owner", "staff"]


def test_an_invitation_is_accepted_once(api, shop, person):
    guest = person()
    invited(shop, guest.email.upper())
    asked = {"token": token_of(shop), "role": "owner", "tenant": "oud-house"}

    problem(api(person(), "POST", "/api/v1/invitations/accept/", asked), 403, "permission_denied")
    answer = api(guest, "POST", "/api/v1/invitations/accept/", asked)

    assert (answer.status_code, answer.json()) == (200, {"tenant": shop.slug, "role": "staff"})
    problem(api(guest, "POST", "/api/v1/invitations/accept/", asked), 404, "not_found")
    memberships = api(guest, "GET", "/api/v1/me/").json()["memberships"]
    assert memberships == [{"tenant": shop.slug, "role": "staff"}]
    assert api(guest, "GET", f"{shop.api}members/").status_code == 200


def test_an_expired_invitation_opens_nothing(api, shop, person):
    guest = person()
    invitation = invited(shop, guest.email)
    with scopes.tenant(shop.id):
        Invitation.objects.filter(id=invitation.id).update(expires_at=NOW - timedelta(seconds=1))

    asked = {"token": token_of(shop)}
    problem(api(guest, "POST", "/api/v1/invitations/accept/", asked), 404, "not_found")
    assert roles_of(shop) == ["owner"]


@pytest.mark.parametrize("token", ["x", "a" * 64, "é" * 64, "a" * 500])
def test_an_unknown_token_opens_nothing(api, person, token):
    problem(
        api(person(), "POST", "/api/v1/invitations/accept/", {"token": token}), 404, "not_found"
    )


@pytest.mark.parametrize("body", [{}, {"token": ""}, {"token": None}, {"token": ["a"]}, "token"])
def test_a_broken_token_is_told(api, person, body):
    problem(api(person(), "POST", "/api/v1/invitations/accept/", body), 400, "invalid")


def test_a_stranger_accepts_nothing(at, shop):
    invited(shop)

    answer = at("app").post(
        "/api/v1/invitations/accept/", {"token": token_of(shop)}, content_type="application/json"
    )

    problem(answer, 401, "not_authenticated")
    assert roles_of(shop) == ["owner"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "{api}invitations/"),
        ("PATCH", "{api}members/{member}/"),
        ("DELETE", "{api}members/{member}/"),
        ("POST", "/api/v1/invitations/accept/"),
    ],
)
def test_a_forged_request_is_refused(at, shop, owner, join, method, path):
    staff = join(shop, "staff")
    browser = at("app")
    with scopes.public():
        browser.force_login(owner.person)
    browser.handler.enforce_csrf_checks = True
    address = path.format(api=shop.api, member=staff.id)

    answer = browser.generic(method, address, '{"role": "admin"}', content_type="application/json")

    problem(answer, 403, "csrf_failed")
    assert roles_of(shop) == ["owner", "owner", "staff"]


def test_the_schema_speaks_of_the_team(api, shop, owner):
    document = json.loads(api(owner.person, "GET", f"{shop.api}schema/?format=json").content)

    assert {"/api/v1/members/", "/api/v1/members/{member_id}/", "/api/v1/invitations/"} <= set(
        document["paths"]
    )
    assert set(document["components"]["schemas"]["Member"]["properties"]) == {
        "id",
        "email",
        "name",
        "role",
        "mfa",
        "created_at",
    }
