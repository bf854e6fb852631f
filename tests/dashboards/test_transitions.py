"""Steps taken from an order's page: with and without a script, alone and against each other."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from storefront.models import CatalogItem
from tenants import scopes
from tests.dashboards.conftest import order, put, stock_of, stored

STEPS = "orders/O-1001/transitions/"
ARRIVAL = ("", "pending", "", "")


@pytest.fixture
def pending(desk, shop):
    """An order of two, of ten on the shelf."""
    return order(shop, put(shop, stock=10), 2)


def step(to, version=1, **fields):
    return {"to": to, "version": version, **fields}


def test_a_step_without_script_leads_back_to_the_order(desk, shop, pending):
    response = desk.send(STEPS, step("confirmed"))

    assert (response.status_code, response.headers["Location"]) == (
        302,
        desk.path("orders/O-1001/"),
    )
    assert stored(shop).steps == [ARRIVAL, ("pending", "confirmed", "Noura", "")]
    page = desk.see("orders/O-1001/").text
    assert "Order O-1001: Confirmed" in page
    assert "Mark as fulfilled" in page
    assert "Order O-1001: Confirmed" not in desk.see("orders/O-1001/").text


def test_a_step_with_script_gets_the_order_alone(desk, shop, pending):
    response = desk.send(STEPS, step("confirmed"), **{"HX-Request": "true"})

    assert response.status_code == 200
    assert "<html" not in response.text
    assert '<article class="order" id="order">' in response.text
    assert 'name="version" value="2"' in response.text
    assert "csrfmiddlewaretoken" in response.text
    assert stored(shop).status == "confirmed"


def test_who_has_no_name_acts_by_e_mail(staff_of, shop, pending):
    desk = staff_of(shop)

    desk.send(STEPS, step("confirmed"))

    assert stored(shop).steps[-1][2] == desk.user.email


def test_a_reason_is_kept_as_it_was_typed(desk, shop, pending):
    desk.send(STEPS, step("cancelled", reason="  <i>Rang</i>\r\nand said no  "))

    assert stored(shop).steps[-1] == ("pending", "cancelled", "Noura", "<i>Rang</i>\nand said no")
    assert "&lt;i&gt;Rang&lt;/i&gt;<br>and said no" in desk.see("orders/O-1001/").text
    assert stock_of(shop) == 10


REFUSALS = [
    (step("fulfilled"), 409, "This step is not possible now"),
    (step("pending"), 409, "This step is not possible now"),
    (step("confirmed", 7), 409, "Someone else changed this meanwhile"),
    (step("no-such", reason="because"), 400, "The request is not right"),
    (step("cancelled", "one", reason="because"), 400, "The request is not right"),
    (step("cancelled", 0, reason="because"), 400, "The request is not right"),
    (step("cancelled", 2**63, reason="because"), 409, "Someone else changed this meanwhile"),
    ({"to": "cancelled", "reason": "because"}, 400, "The request is not right"),
    ({}, 400, "The request is not right"),
    (step("cancelled", reason="a\x00b"), 400, "Remove the characters that can’t be shown."),
    (step("cancelled", reason="b" * 1001), 400, "at most 1000 characters"),
]


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
@pytest.mark.parametrize(("sent", "status", "words"), REFUSALS)
def test_a_refusal_says_why_and_changes_nothing(desk, shop, pending, sent, status, words, headers):
    response = desk.send(STEPS, sent, **headers)

    assert response.status_code == status
    assert words in response.text
    assert ("<html" in response.text) is not bool(headers)
    assert stored(shop).steps == [ARRIVAL]
    assert stored(shop).version == 1
    assert stock_of(shop) == 8


def test_what_was_typed_stays_with_a_refusal(desk, shop, pending):
    response = desk.send(STEPS, step("cancelled", 9, reason='"They" rang\n<b>twice'))

    assert response.status_code == 409
    assert "&quot;They&quot; rang\n&lt;b&gt;twice</textarea>" in response.text
    assert '<details class="step" open>' in " ".join(response.text.split())
    # The page is of now: sending the form again is a new decision.
    assert 'name="version" value="1"' in response.text


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_reopening_needs_a_reason(desk, shop, pending, reason):
    desk.send(STEPS, step("cancelled"))

    response = desk.send(STEPS, step("pending", 2, reason=reason))

    assert response.status_code == 400
    assert "A reason is needed" in response.text
    assert stored(shop).status == "cancelled"
    assert stock_of(shop) == 10


def test_reopening_finds_too_little_left(desk, shop, pending):
    desk.send(STEPS, step("cancelled"))
    with scopes.tenant(shop.id):
        CatalogItem.objects.update(stock=1)

    response = desk.send(STEPS, step("pending", 2, reason="They want it after all"))

    assert response.status_code == 409
    assert "Oud oil: only 1 left." in response.text
    assert "They want it after all</textarea>" in response.text
    assert stored(shop).status == "cancelled"
    assert stock_of(shop) == 1


def test_a_form_sent_twice_is_one_step(desk, shop, pending):
    for _ in range(2):
        assert desk.send(STEPS, step("confirmed")).status_code == 302

    assert stored(shop).steps == [ARRIVAL, ("pending", "confirmed", "Noura", "")]


def test_anothers_same_step_is_told(desk, staff_of, shop, pending):
    staff_of(shop).send(STEPS, step("confirmed"))

    response = desk.send(STEPS, step("confirmed"))

    assert response.status_code == 409
    assert "Someone else changed this meanwhile" in response.text


def test_two_at_once_take_one_step(staff_of, shop, pending):
    """Confirm and cancel, pressed at the same moment by two people: one wins, the other is told."""
    desks = [staff_of(shop), staff_of(shop)]
    meet = Barrier(2, timeout=10)

    def press(desk, to):
        try:
            meet.wait()
            return desk.send(STEPS, step(to)).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        statuses = list(threads.map(press, desks, ["confirmed", "cancelled"]))

    won = stored(shop)
    assert sorted(statuses) == [302, 409]
    assert won.status == ["confirmed", "cancelled"][statuses.index(302)]
    assert won.version == 2
    assert len(won.steps) == 2
    assert stock_of(shop) == (8 if won.status == "confirmed" else 10)


def test_a_double_click_takes_one_step(desk, shop, pending):
    """The same person's form, sent twice at the same moment."""
    meet = Barrier(2, timeout=10)

    def press(_):
        twin = desk.__class__(**desk.defaults)
        twin.cookies, twin.tenant = desk.cookies, desk.tenant
        try:
            meet.wait()
            return twin.send(STEPS, step("confirmed")).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(press, range(2))) == [302, 302]
    assert len(stored(shop).steps) == 2


@pytest.mark.parametrize("number", ["O-9999", "%00"])
def test_an_unknown_order_is_not_found(desk, shop, pending, number):
    assert desk.send(f"orders/{number}/transitions/", step("confirmed")).status_code == 404


def test_another_tenants_order_is_out_of_reach(desk, shop, pending, tenant_b):
    order(tenant_b, put(tenant_b))

    response = desk.post(f"/{tenant_b.slug}/{STEPS}", step("confirmed"))

    assert response.status_code == 404
    assert stored(tenant_b).steps == [ARRIVAL]


def test_a_stranger_logs_in_and_comes_to_the_order(at, desk, shop, pending):
    response = at("app").post(f"/{shop.slug}/{STEPS}", step("confirmed"))

    assert response.headers["Location"] == f"/login/?next=/{shop.slug}/{STEPS}"
    assert stored(shop).steps == [ARRIVAL]
    assert desk.see(STEPS).headers["Location"] == desk.path("orders/O-1001/")


def test_a_forged_form_does_nothing(desk, shop, pending):
    desk.handler.enforce_csrf_checks = True

    assert desk.send(STEPS, step("confirmed")).status_code == 403
    assert stored(shop).steps == [ARRIVAL]
