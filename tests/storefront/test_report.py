"""A visitor reports a storefront; the operators work it off; the tenant never learns of it."""

import re
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storefront.forms.reports import own_path
from tenants import scopes
from tenants.domain import abuse
from tenants.models import AbuseReport, AuditEntry, User

TYPED = {"reason": "fraud", "text": "They took the money.", "page": "/en/items/oud/", "email": ""}
FORGED = """INSERT INTO abuse_reports (id, tenant_id, reason, text, page, email, language, visitor,
    fingerprint, status, note, created_at) VALUES (gen_random_uuid(), %s, 'fraud', '', '', '', 'en', '',
    'x', 'new', '', now())"""


@pytest.fixture
def send(visit):
    """Sends a report, from an address of its own unless told otherwise."""

    def post(client=visit, language="en", address="", **typed):
        return client.post(
            f"/{language}/report/",
            {**TYPED, **typed},
            REMOTE_ADDR=address or f"10.{uuid4().int % 250}.{uuid4().int % 250}.1",
        )

    return post


def reports(tenant):
    with scopes.platform():
        return list(AbuseReport.objects.filter(tenant_id=tenant.id).order_by("created_at"))


@pytest.mark.parametrize(("language", "word"), [("ar", "شكرًا"), ("en", "Thank you")])
def test_a_report_arrives(send, visit, tenant_a, language, word):
    response = send(language=language, email="me@example.com")

    assert response.status_code == 303
    assert response.headers["Location"] == f"/{language}/report/?sent=1"
    assert word in visit.get(response.headers["Location"]).text
    (report,) = reports(tenant_a)
    assert (report.reason, report.text, report.page) == ("fraud", TYPED["text"], TYPED["page"])
    assert (report.email, report.language, report.status) == ("me@example.com", language, "new")
    assert re.fullmatch("[0-9a-f]{32}", report.visitor)


def test_no_address_is_kept(send, tenant_a):
    send(address="203.0.113.77")

    with scopes.platform():
        row = AbuseReport.objects.filter(tenant_id=tenant_a.id).values().get()
    assert "203.0.113" not in str(row)


def test_the_form_knows_the_page_that_led_to_it(visit, put):
    put(slug="thing")
    page = visit.get("/en/items/thing/").text
    link = re.search(r'href="(/en/report/[^"]*)"', page)[1]
    assert link == "/en/report/?page=/en/items/thing/"

    response = visit.get(link)

    assert 'value="/en/items/thing/"' in response.text
    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in response.headers


def test_a_page_that_is_one_visitors_own_is_not_named(visit):
    assert 'href="/en/report/"' in visit.get("/en/cart/").text


HOST = "shop.localhost:8000"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("", ""),
        ("/ar/items/x/", "/ar/items/x/"),
        (" /ar/?a=1#b ", "/ar/"),
        (f"http://{HOST}/en/", "/en/"),
        (f"https://{HOST}/en/track/secret/", "/en/track/"),
        ("/en/track/secret/?thanks=1", "/en/track/"),
        ("//evil.example/en/", None),
        ("https://evil.example/en/", None),
        (f"https://{HOST}@evil.example/", None),
        ("javascript:alert(1)", None),
        ("/\\evil.example", None),
        ("en/items/", None),
        ("/\x00", None),
        ("http://[", None),
        ("/" + "a" * 300, None),
    ],
)
def test_a_page_is_one_of_this_host(text, path):
    assert own_path(text, host=HOST) == path


def test_a_foreign_page_is_not_filled_in(visit):
    page = visit.get("/en/report/?page=//evil.example/").text

    assert "evil.example" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": ""}, "What is wrong?"),
        ({"reason": "other' OR 1=1"}, "What is wrong?"),
        ({"email": "@"}, "Your e-mail"),
        ({"page": "https://evil.example/"}, "Enter an address on this site."),
        ({"text": "a" * 2001}, "What should we know?"),
        ({"text": "a\x07"}, "Remove the characters"),
    ],
)
def test_a_wrong_report_is_refused_and_kept_in_the_form(send, tenant_a, typed, words):
    response = send(**{"text": "I typed <b>this</b>", **typed})

    assert response.status_code == 400
    assert words in response.text.partition("error-summary")[2]
    assert "<b>this" not in response.text
    assert reports(tenant_a) == []


def test_the_same_report_is_there_once(send, tenant_a, tenant_b, at):
    for _ in range(3):
        assert send(address="10.9.8.7").status_code == 303
    assert len(reports(tenant_a)) == 1

    send(address="10.9.8.7", text="Something else as well.")
    send(address="10.9.8.6")
    assert len(reports(tenant_a)) == 3
    assert len({report.visitor for report in reports(tenant_a)}) == 2


def test_another_day_is_another_report(send, tenant_a, monkeypatch):
    visitors = iter(["a" * 32, "b" * 32])
    monkeypatch.setattr("storefront.views.reports._visitor", lambda _: next(visitors))

    send()
    send()

    assert len(reports(tenant_a)) == 2


def test_without_a_salt_each_report_counts(send, tenant_a, monkeypatch):
    monkeypatch.setattr("storefront.views.reports.visitor_of", lambda **_: None)

    send()
    send()

    assert [report.visitor for report in reports(tenant_a)] == ["", ""]


def test_what_programs_fill_in_is_dropped(send, tenant_a):
    assert send(website="https://spam.example").status_code == 303
    assert reports(tenant_a) == []


def test_five_reports_an_hour_come_from_one_address(send, at, tenant_a, tenant_b):
    address = f"192.0.2.{uuid4().int % 250}"
    for number in range(5):
        client = at((tenant_a, tenant_b)[number % 2].slug)
        assert send(client=client, address=address, text=str(number)).status_code == 303

    response = send(address=address, text="once more")

    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "once more" in response.text
    assert len(reports(tenant_a)) == 3


def test_a_crowd_does_not_bury_the_queue(send, tenant_a, monkeypatch):
    limit = abuse.RateLimit("abuse-reports-of-tenant", 2, 3600)
    monkeypatch.setattr(abuse, "_A_TENANT", limit)

    assert [send(text=str(number)).status_code for number in range(3)] == [303, 303, 429]
    assert len(reports(tenant_a)) == 2


def test_another_sites_form_is_refused(visit, tenant_a):
    response = visit.post("/en/report/", TYPED, headers={"origin": "https://evil.example"})

    assert response.status_code == 403
    assert reports(tenant_a) == []


def test_the_tenant_reads_no_report(send, tenant_a):
    send()

    with scopes.tenant(tenant_a.id):
        for statement in (
            "SELECT count(*) FROM abuse_reports",
            "UPDATE abuse_reports SET status = 'closed'",
            "DELETE FROM abuse_reports",
            "INSERT INTO abuse_reports SELECT * FROM abuse_reports RETURNING id",
        ):
            with (
                pytest.raises(ProgrammingError, match="permission denied"),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        with pytest.raises(ProgrammingError, match="permission denied"):
            AbuseReport.objects.count()


def test_a_tenant_reports_no_other(tenant_a, tenant_b):
    with (
        scopes.tenant(tenant_a.id),
        transaction.atomic(),
        pytest.raises(ProgrammingError, match="row-level security"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(FORGED, [tenant_b.id])
    with (
        scopes.public(),
        pytest.raises(ProgrammingError, match="permission denied"),
        connection.cursor() as cursor,
    ):
        cursor.execute(FORGED, [tenant_b.id])


@pytest.fixture
def operator(real_db):
    with scopes.public():
        return User.objects.get(email="super@souqna.example")


@pytest.fixture
def panel(at, operator):
    """A super admin's client."""
    client = at("admin", **{"accept-language": "en"})
    with scopes.public():
        client.force_login(operator)
    return client


QUEUE = "/tenants/abusereport/"


def act(panel, action, *chosen, **fields):
    ids = [str(report.id) for report in chosen]
    return panel.post(QUEUE, {"action": action, "_selected_action": ids, **fields}, follow=True)


def audited(report):
    with scopes.platform():
        entries = AuditEntry.objects.filter(detail__report=str(report.id)).order_by("created_at")
        return [(entry.action, entry.actor_id, entry.tenant_id) for entry in entries]


def test_the_queue_shows_what_waits(send, panel, tenant_a):
    send()
    send(text="Another")

    page = panel.get(QUEUE, {"q": tenant_a.slug, "status__exact": "new"}).text

    assert page.count('name="_selected_action" value') == 2
    assert page.count('<td class="field-open_reports">2</td>') == 2
    assert "Fraud or deception" in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_takes_as_many_queries_whatever_its_length(send, panel, tenant_a, count):
    for number in range(count):
        send(text=str(number))
    panel.get(QUEUE)

    with CaptureQueriesContext(connection) as queries:
        panel.get(QUEUE, {"q": tenant_a.slug})

    # Session, person; the found, all, the rows.
    assert len(queries) == 5


def test_a_report_leads_to_its_page_and_to_the_organisation(send, panel, tenant_a):
    send(text="<script>alert(1)</script>")
    (report,) = reports(tenant_a)

    page = panel.get(f"{QUEUE}{report.id}/change/").text

    assert f"{tenant_a.slug}.localhost" in page
    assert "/en/items/oud/" in page
    assert f'href="/tenants/tenant/?q={tenant_a.slug}"' in page
    assert "<script>alert" not in page


def test_a_report_is_looked_at_and_closed_with_a_note(send, panel, operator, tenant_a):
    send()
    (report,) = reports(tenant_a)

    act(panel, "look_at", report)
    assert reports(tenant_a)[0].status == "seen"
    asked = act(panel, "close", report)
    assert "What came of it" in asked.text
    assert "This field is required." in act(panel, "close", report, note=" ").text
    assert reports(tenant_a)[0].status == "seen"

    done = act(panel, "close", report, note="They gave it back.")

    assert "1 report changed." in done.text
    (report,) = reports(tenant_a)
    assert (report.status, report.note) == ("closed", "They gave it back.")
    assert report.handled_by_id == operator.id
    assert audited(report) == [
        ("abuse_report.seen", operator.id, None), ("abuse_report.closed", operator.id, None),
    ]  # fmt: skip
    with scopes.tenant(tenant_a.id):
        assert not AuditEntry.objects.filter(action__startswith="abuse_report").exists()


def test_a_report_is_handled_on_its_own_page_too(send, panel, operator, tenant_a):
    send()
    (report,) = reports(tenant_a)

    panel.post(f"{QUEUE}{report.id}/change/", {"status": "closed", "note": "Nothing to it."})
    panel.post(f"{QUEUE}{report.id}/change/", {"status": "closed", "note": "Nothing to it."})

    (report,) = reports(tenant_a)
    assert (report.status, report.note) == ("closed", "Nothing to it.")
    assert audited(report) == [("abuse_report.closed", operator.id, None)]


def test_a_note_is_kept_by_a_step_and_can_be_cleared(send, panel, operator, tenant_a):
    send()
    (report,) = reports(tenant_a)

    panel.post(f"{QUEUE}{report.id}/change/", {"status": "seen", "note": "Wrong"})
    with scopes.platform():
        abuse.change_report(report.id, status="new", actor_id=operator.id, now=timezone.now())
    assert reports(tenant_a)[0].note == "Wrong"
    panel.post(f"{QUEUE}{report.id}/change/", {"status": "new", "note": ""})

    assert reports(tenant_a)[0].note == ""


def test_a_long_queue_is_closed_at_once(send, panel, tenant_a, settings):
    for number in range(12):
        send(text=str(number))
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 8
    path = f"{QUEUE}?q={tenant_a.slug}"
    asked = {"action": "close", "select_across": "1", "_selected_action": reports(tenant_a)[0].id}

    page = panel.post(path, asked).text
    form = page[page.index('value="close"') : page.index("</form>", page.index('value="close"'))]
    fields = re.findall(r'<input type="hidden"\s+name="(\w+)"\s+value="([^"]*)"', form)
    panel.post(path, {"action": "close", **dict(fields), "note": "Spam"})

    assert len(fields) == 2
    assert {(report.status, report.note) for report in reports(tenant_a)} == {("closed", "Spam")}


def test_reports_are_neither_made_nor_deleted_in_the_panel(send, panel, tenant_a):
    send()
    (report,) = reports(tenant_a)

    assert panel.get(f"{QUEUE}add/").status_code == 403
    assert panel.post(f"{QUEUE}{report.id}/delete/", {"post": "yes"}).status_code == 403
    assert len(reports(tenant_a)) == 1


def test_a_report_that_is_not_there_cant_be_changed(operator):
    with scopes.platform(), pytest.raises(abuse.UnknownReportError):
        abuse.change_report(
            uuid4(), status="closed", actor_id=operator.id, now=timezone.now(), note=""
        )
