"""The operators' panel: what super admins see and may do, and that nobody else may."""

import re
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tenants import scopes
from tenants.admin import tenants as tenants_admin
from tenants.admin.site import site
from tenants.domain.tenants import UnknownTenantError, change_plan
from tenants.identity.embedded.engine import make_account_ready
from tenants.models import AuditEntry, Login, Plan, Tenant, User
from tests.look.pages import texts_of

LISTS = ["/tenants/tenant/", "/tenants/user/", "/tenants/plan/", "/tenants/abusereport/"]
# The switch, what the lists show of the data, and the one text that Django doesn't translate.
DATA = {"English", "super", "souqna", "example", "Search"}


@pytest.fixture
def operator(real_db):
    with scopes.public():
        return User.objects.get(email="super@souqna.example")


@pytest.fixture
def panel(at, operator):
    """Makes a super admin's client."""

    def make(language="en"):
        client = at("admin", **{"accept-language": language})
        with scopes.public():
            client.force_login(operator)
        return client

    return make


def act(client, action, *tenants, **fields):
    chosen = {"action": action, "_selected_action": [str(tenant.id) for tenant in tenants]}
    return client.post("/tenants/tenant/", {**chosen, **fields}, follow=True)


def audited(tenant):
    with scopes.tenant(tenant.id):
        entries = AuditEntry.objects.exclude(action="tenant.created").order_by("created_at")
        return [(entry.action, entry.actor_id, entry.detail) for entry in entries]


def test_only_what_is_ours_is_there():
    assert {model.__name__ for model in site._registry} == {
        "AbuseReport",
        "Plan",
        "Tenant",
        "User",
    }


@pytest.mark.parametrize("path", ["/", *LISTS])
def test_a_stranger_logs_in_first(real_db, at, path):
    assert at("admin").get(path).headers["Location"].startswith("/login/?next=")


@pytest.mark.parametrize("path", LISTS)
def test_a_member_of_staff_is_a_stranger_here(real_db, at, path):
    client = at("admin")
    with scopes.public():
        client.force_login(User.objects.get(email="owner@oud-house.example"))

    assert client.get(path).status_code == 302


@pytest.mark.parametrize("path", ["/", *LISTS, "/tenants/plan/add/"])
def test_the_pages_are_arabic(panel, path):
    response = panel("ar").get(
        path, {"q": "nothing-like-it"} if path in {*LISTS} - {LISTS[2]} else None
    )

    assert response.status_code == 200
    assert 'dir="rtl"' in response.text
    words = set(re.findall(r"[A-Za-z]+", " ".join(texts_of(response.text))))
    if path != LISTS[2]:  # the codes of plans
        assert words - DATA == set()


def test_organisations_are_found(panel, tenant_a):
    page = panel().get("/tenants/tenant/", {"q": tenant_a.slug}).text

    assert tenant_a.slug in page
    assert "oud-house" not in page
    assert "Suspend…" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_whatever_its_length(panel, new_tenant, count):
    word = f"q{uuid4().hex[:8]}"
    for number in range(count):
        change_plan(new_tenant(f"{word}-{number}").slug, plan="starter")
    client = panel()
    client.get("/tenants/tenant/")

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/tenants/tenant/", {"q": word}).text

    assert len(re.findall(r'name="_selected_action" value', page)) == count
    # Session, person; the found, all, the rows; the filter's plans.
    assert len(queries) == 6


def test_suspending_asks_why_and_is_seen_at_once(panel, at, operator, tenant_a, tenant_b):
    client = panel()
    assert at(tenant_a.slug).get("/en/").status_code == 200

    asked = act(client, "suspend", tenant_a, tenant_b)
    assert tenant_a.slug in asked.text
    assert at(tenant_a.slug).get("/en/").status_code == 200

    for reason in ("", "   "):
        assert "This field is required." in act(client, "suspend", tenant_a, reason=reason).text
    assert audited(tenant_a) == []

    done = act(client, "suspend", tenant_a, tenant_b, reason="Unpaid since May")
    assert "2 organisations changed." in done.text
    assert at(tenant_a.slug).get("/en/").status_code == 503
    assert audited(tenant_a) == [("tenant.suspended", operator.id, {"reason": "Unpaid since May"})]

    act(client, "reactivate", tenant_a)
    assert at(tenant_a.slug).get("/en/").status_code == 200
    assert at(tenant_b.slug).get("/en/").status_code == 503


def test_the_plan_is_all_that_changes_by_form(panel, at, operator, tenant_a):
    client = panel()
    at(tenant_a.slug).get("/en/")
    path = f"/tenants/tenant/{tenant_a.id}/change/"

    response = client.post(
        path, {"plan": "growth", "slug": "stolen", "status": "closed", "name_en": "Other"}
    )

    assert response.status_code == 302
    with scopes.public():
        stored = Tenant.objects.get(id=tenant_a.id)
    assert (stored.plan_id, stored.slug, stored.status) == ("growth", tenant_a.slug, "active")
    assert audited(tenant_a) == [
        ("tenant.plan_changed", operator.id, {"plan": "growth", "before": None})
    ]
    # The cached row of the host is read anew, plan and all.
    assert at(tenant_a.slug).get("/en/").status_code == 200
    client.post(path, {"plan": "growth"})
    assert len(audited(tenant_a)) == 1


@pytest.mark.parametrize("model", ["tenant", "user"])
@pytest.mark.parametrize("act_on", ["add/", "{id}/delete/"])
def test_nobody_is_made_or_deleted_here(panel, operator, tenant_a, model, act_on):
    key = {"tenant": tenant_a.id, "user": operator.id}[model]

    response = panel().post(f"/tenants/{model}/{act_on.format(id=key)}", {"post": "yes"})

    assert response.status_code == 403
    with scopes.public():
        assert Tenant.objects.filter(id=tenant_a.id).exists()
        assert User.objects.filter(id=operator.id).exists()


def test_people_are_found_and_shut_out(panel, user):
    client = panel()
    path = f"/tenants/user/{user.id}/change/"

    assert user.email in client.get("/tenants/user/", {"q": user.email}).text
    client.post(
        path, {"name": "Noura", "language": "ar", "email": "x@example.com", "is_superuser": "on"}
    )

    with scopes.public():
        stored = User.objects.get(id=user.id)
    assert (stored.name, stored.is_active) == ("Noura", False)
    assert (stored.email, stored.is_superuser) == (user.email, False)


def test_no_password_is_shown(panel, operator):
    client = panel()
    algorithm, _, digest = operator.password.partition("$")

    for path in ("/tenants/user/", f"/tenants/user/{operator.id}/change/"):
        page = client.get(path, {"q": operator.email} if path == LISTS[1] else None).text
        assert digest not in page
        assert f"{algorithm}$" not in page


def test_operators_do_not_shut_themselves_out(panel, operator):
    panel().post(f"/tenants/user/{operator.id}/change/", {"name": operator.name, "language": "ar"})

    with scopes.public():
        assert User.objects.get(id=operator.id).is_active


def test_a_plan_is_written_once_and_read_by_all(panel, tenant_a):
    client, code = panel(), f"p-{uuid4().hex[:8]}"
    fields = {
        "code": code,
        "name_ar": "باقة",
        "name_en": "Plan",
        "monthly_price": "4.500",
        "position": 9,
    }

    for wrong in ({"monthly_price": "-1"}, {"monthly_price": "NaN"}, {"code": ""}):
        assert client.post("/tenants/plan/add/", {**fields, **wrong}).status_code == 200
    assert client.post("/tenants/plan/add/", fields).status_code == 302
    change_plan(tenant_a.slug, plan=code)

    with scopes.tenant(tenant_a.id):
        assert str(Plan.objects.get(code=code).monthly_price) == "4.500"
        with pytest.raises(Exception, match="permission denied"), transaction.atomic():
            Plan.objects.filter(code=code).update(monthly_price=0)
    with scopes.platform():
        with pytest.raises(ProtectedError):
            Plan.objects.get(code=code).delete()
        with pytest.raises(IntegrityError), transaction.atomic():
            Plan.objects.create(code="below", name_ar="x", name_en="x", monthly_price=-1)
    client.post(f"/tenants/plan/{code}/change/", {**fields, "code": "other"})
    with scopes.public():
        assert Plan.objects.filter(code=code).exists()
        assert not Plan.objects.filter(code="other").exists()


def test_the_demo_has_plans(real_db):
    with scopes.public():
        assert set(Plan.objects.values_list("code", flat=True)) >= {
            "starter",
            "growth",
            "unlimited",
        }
        assert Tenant.objects.get(slug="oud-house").plan_id == "growth"


def close(tenant):
    with scopes.public():
        Tenant.objects.filter(id=tenant.id).update(status="closed")


def test_a_suspension_is_no_way_to_a_closed_tenant(panel, tenant_a):
    close(tenant_a)

    assert act(panel(), "suspend", tenant_a, reason="x").status_code == 200
    assert audited(tenant_a) == []


def test_a_closed_tenant_is_only_looked_at(panel, tenant_a):
    close(tenant_a)
    client, path = panel(), f"/tenants/tenant/{tenant_a.id}/change/"

    page = client.get(path)
    assert page.status_code == 200
    assert 'name="plan"' not in page.text
    assert client.post(path, {"plan": "growth"}).status_code == 403

    with scopes.public():
        assert Tenant.objects.get(id=tenant_a.id).plan_id is None
    assert audited(tenant_a) == []


def test_a_tenant_that_closes_while_its_form_is_written_stays_as_it_was(
    panel, tenant_a, monkeypatch
):
    monkeypatch.setattr(Tenant, "is_closed", property(lambda _: False))  # as read a moment before
    monkeypatch.setattr(tenants_admin, "change_plan", closed)

    path = f"/tenants/tenant/{tenant_a.id}/change/"
    assert panel().post(path, {"plan": "growth"}).status_code == 403


def closed(slug, **_):
    raise UnknownTenantError(slug)


@pytest.mark.parametrize(("action", "status"), [("suspend", "suspended"), ("reactivate", "active")])
def test_one_that_closes_meanwhile_stops_no_other(panel, new_tenant, action, status):
    before = "active" if status == "suspended" else "suspended"
    chosen = [new_tenant() for _ in range(3)]
    with scopes.public():
        Tenant.objects.filter(id__in=[tenant.id for tenant in chosen]).update(status=before)
    close(chosen[1])

    page = act(panel(), action, *chosen, reason="Unpaid").text

    assert "2 organisations changed." in page
    assert f"Nothing was changed at {chosen[1].slug}: it is closed." in page
    with scopes.public():
        stored = {
            one.slug: one.status for one in Tenant.objects.filter(id__in=[t.id for t in chosen])
        }
    assert [stored[tenant.slug] for tenant in chosen] == [status, "closed", status]


def test_passwords_cant_be_guessed_through_filters(real_db, at):
    from tenants import scopes
    from tenants.models import User

    client = at("admin")
    with scopes.public():
        client.force_login(User.objects.get(email="super@souqna.example"))

    assert client.get("/tenants/user/?password__startswith=p").status_code == 400
    assert client.get("/tenants/user/?is_active__exact=1").status_code == 200


def changed(user, **fields):
    with scopes.public():
        User.objects.filter(id=user.id).update(**fields)
        return User.objects.get(id=user.id)


def logged_in(client, user):
    with scopes.public():
        client.force_login(user)
    return client


def followed(client, path, most=5):
    """Where redirects end; fails where they don't."""
    response = client.get(path)
    for _ in range(most):
        if response.status_code != 302:
            return response
        response = client.get(response.headers["Location"])
    raise AssertionError(f"{path} goes round in circles")


@pytest.mark.parametrize("fields", [{}, {"mfa_enabled_at": timezone.now()}, {"is_superuser": True}])
@pytest.mark.parametrize("path", ["/", "/login/", "/login/?next=/tenants/user/", "/mfa/", *LISTS])
def test_whoever_may_not_see_the_panel_ends_at_its_log_in(at, user, fields, path):
    """Also with a login from when they might: a demotion leads nobody round in circles."""
    client = logged_in(at("admin"), changed(user, **fields))

    page = followed(client, path)

    assert (page.status_code, page.request["PATH_INFO"]) == (200, "/login/")
    assert 'name="password"' in page.text


def test_a_demoted_operator_is_out_at_once_and_can_log_out(at, user):
    raised = changed(user, is_superuser=True, mfa_enabled_at=timezone.now())
    client = logged_in(at("admin"), raised)
    assert client.get("/").status_code == 200
    assert client.get("/login/").headers["Location"] == "/"

    changed(user, is_superuser=False)

    assert followed(client, "/").request["PATH_INFO"] == "/login/"
    assert client.post("/logout/").headers["Location"] == "/login/"
    with scopes.public():
        assert Login.objects.get(user=user).ended_at is not None


def test_logging_out_of_the_panel(panel):
    client = panel()
    assert '<form id="logout-form" method="post" action="/logout/">' in client.get("/").text
    assert client.get("/logout/").status_code == 405

    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/").headers["Location"] == "/login/?next=/"


@pytest.mark.parametrize("path", ["/password_change/", "/password_change/done/", "/r/1/1/"])
def test_no_password_is_changed_behind_the_engines_back(panel, operator, path):
    client = panel()
    before = operator.password

    assert client.get(path).status_code == 404
    fields = {
        "old_password": "souqna-demo-2026",
        "new_password1": "x" * 20,
        "new_password2": "x" * 20,
    }
    assert client.post(path, fields).status_code == 404
    with scopes.public():
        assert User.objects.get(id=operator.id).password == before
    for page in ("/", f"/tenants/user/{operator.id}/change/"):
        assert "password" not in client.get(page).text


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_super_admin_without_a_second_factor_learns_where_to_set_it_up(at, user, language):
    with scopes.public():
        user.is_superuser = True
        make_account_ready(user, "a-long-enough-password")
    client = at("admin", **{"accept-language": language})
    asked = {"email": user.email, "password": "a-long-enough-password"}

    response = client.post("/login/", asked)

    assert response.status_code == 403
    assert 'href="http://app.localhost/login/?next=/mfa/"' in response.text
    assert ("الخطوة الثانية" if language == "ar" else "Set up the second step") in response.text
    assert client.get("/").status_code == 302


def test_what_is_shown_of_a_persons_log_in_is_not_changed_here(panel, user):
    moment = timezone.now()
    changed(user, cognito_sub="the-sub", mfa_enabled_at=moment, tokens_valid_after=moment)
    path = f"/tenants/user/{user.id}/change/"

    page = panel().get(path).text
    assert "the-sub" in page
    shown = set(re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]+)"', page))
    assert {one for one in shown if not one.startswith("_")} == {
        "csrfmiddlewaretoken", "name", "is_active",
    }  # fmt: skip
    panel().post(
        path,
        {"name": "Noura", "is_active": "on", "cognito_sub": "other", "sub": "other",
         "mfa_enabled_at_0": "", "tokens_valid_after_0": "", "password": "plain"},
    )  # fmt: skip

    with scopes.public():
        stored = User.objects.get(id=user.id)
    assert (stored.name, stored.cognito_sub, stored.mfa_enabled_at, stored.tokens_valid_after) == (
        "Noura", "the-sub", moment, moment,
    )  # fmt: skip
    assert stored.password == user.password


def test_the_persons_page_is_arabic(panel, user):
    page = panel("ar").get(f"/tenants/user/{user.id}/change/").text
    words = set(re.findall(r"[A-Za-z]+", " ".join(texts_of(page))))

    # What an icon is called, and what is the person's own.
    assert words - DATA - {"False"} - set(re.findall(r"[A-Za-z]+", user.email)) == set()


def audited_of(operator, user):
    with scopes.public():
        entries = AuditEntry.objects.filter(
            action="person.logged_out_everywhere", detail__person=str(user.id)
        )
        return [entry.actor_id for entry in entries] == [operator.id]


def test_signing_people_out_everywhere(panel, at, operator, user):
    browser = logged_in(at("app"), user)
    assert browser.get("/tenants/").status_code == 200

    page = panel().post(
        "/tenants/user/",
        {"action": "log_out_everywhere", "_selected_action": [str(user.id)]},
        follow=True,
    )

    assert "1 person signed out." in page.text
    assert browser.get("/tenants/").status_code == 302
    with scopes.public():
        assert User.objects.get(id=user.id).tokens_valid_after is not None
        assert Login.objects.get(user=user).ended_at is not None
    assert audited_of(operator, user)


def test_who_is_shut_out_is_logged_out_for_good(panel, at, operator, user):
    browser = logged_in(at("app"), user)
    path = f"/tenants/user/{user.id}/change/"

    panel().post(path, {"name": user.name})
    assert browser.get("/tenants/").status_code == 302
    panel().post(path, {"name": user.name, "is_active": "on"})

    assert browser.get("/tenants/").status_code == 302
    assert audited_of(operator, user)
