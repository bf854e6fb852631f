"""Goals: what moves them, what they can't be, and how they are drawn and told."""

import threading
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from storefront.domain.goals import TotalsRefusedError, UnknownProjectError, move_totals
from storefront.domain.progress import Progress
from storefront.models import GoalTotals
from tenants import scopes
from tenants.domain.days import day_of

LAYERS = ("received", "pending", "pledged")


@pytest.fixture
def well(put):
    """A project."""
    return put(slug="well", kind="project", price=None, goal=Decimal("1500.000"))


@pytest.fixture
def move(tenant_a, well):
    """Moves the project's totals, each amount in KWD."""

    def by(**amounts):
        with scopes.tenant(tenant_a.id):
            move_totals(well.id, **{name: Decimal(amount) for name, amount in amounts.items()})

    return by


@pytest.fixture
def totals(tenant_a, well):
    """The project's layers."""

    def read():
        with scopes.tenant(tenant_a.id):
            row = GoalTotals.objects.filter(item=well).first() or GoalTotals()
            return tuple(getattr(row, name) for name in LAYERS)

    return read


def test_amounts_add_up_and_refunds_lower_them(move, totals):
    move(received="10.500", pledged="5")
    move(received="4.500", pending="3")
    move(received="-6.250", pledged="-5")

    assert totals() == (Decimal("8.750"), Decimal(3), Decimal(0))


@pytest.mark.parametrize(
    "amounts",
    [
        {"received": "-10.001"},
        {"pending": "-0.001"},
        {"received": "5", "pledged": "-1"},
        {"received": "NaN"},
        {"received": "99999999999.999"},
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(tenant_a, well, move, totals, amounts):
    move(received="10")
    sent = {name: Decimal(amount) for name, amount in amounts.items()}

    with scopes.tenant(tenant_a.id), transaction.atomic():
        with pytest.raises(TotalsRefusedError):
            move_totals(well.id, **sent)
        move_totals(well.id, pending=Decimal(1))  # the caller's transaction goes on

    assert totals() == (Decimal(10), Decimal(1), Decimal(0))


def test_a_first_gift_is_not_taken_back_before_it_came(move, totals):
    with pytest.raises(TotalsRefusedError):
        move(received="-1")

    assert totals() == (0, 0, 0)


def test_only_projects_of_this_tenant_have_totals(tenant_a, tenant_b, put, well):
    product = put()
    for tenant, item in [(tenant_a, product), (tenant_b, well)]:
        with scopes.tenant(tenant.id), pytest.raises(UnknownProjectError):
            move_totals(item.id, received=Decimal(1))


def test_what_is_given_up_was_not_given(tenant_a, well, totals):
    with scopes.tenant(tenant_a.id), pytest.raises(ZeroDivisionError), transaction.atomic():
        move_totals(well.id, received=Decimal(1))
        raise ZeroDivisionError

    assert totals() == (0, 0, 0)


def read_and_write(item_id, *, received):
    """What a careless writer would do: the negative control."""
    row, _ = GoalTotals.objects.get_or_create(item_id=item_id)
    before = row.received
    BARRIER.wait(10)
    GoalTotals.objects.filter(item_id=item_id).update(received=before + received)


def add(item_id, *, received):
    """The real one."""
    BARRIER.wait(10)
    move_totals(item_id, received=received)


GIFTS = 8
BARRIER = threading.Barrier(GIFTS)


@pytest.mark.parametrize(("write", "is_right"), [(add, True), (read_and_write, False)])
def test_gifts_at_once_all_count(tenant_a, well, totals, write, is_right):
    with scopes.tenant(tenant_a.id):
        move_totals(well.id, pending=Decimal(1))
    BARRIER.reset()

    def give():
        with scopes.tenant(tenant_a.id), transaction.atomic():
            write(well.id, received=Decimal(3))
        connection.close()

    threads = [threading.Thread(target=give) for _ in range(GIFTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (totals()[0] == 3 * GIFTS) == is_right


def test_first_gifts_at_once_all_count(tenant_a, well, totals):
    BARRIER.reset()

    def give():
        with scopes.tenant(tenant_a.id), transaction.atomic():
            add(well.id, received=Decimal(3))
        connection.close()

    threads = [threading.Thread(target=give) for _ in range(GIFTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert totals()[0] == 3 * GIFTS


# How it is drawn --------------------------------------------------------------------------------

AMOUNTS = st.decimals(0, Decimal("99999999999.999"), places=3)
GOALS = st.decimals(Decimal("0.001"), Decimal("999999999.999"), places=3)


@given(GOALS, AMOUNTS, AMOUNTS, AMOUNTS)
def test_layers_follow_one_another_and_never_leave_the_bar(goal, received, pending, pledged):
    progress = Progress(goal, received, pending, pledged)
    layers = [progress.layers[name] for name in LAYERS]

    assert layers[0].start == 0
    for layer, following in pairwise(layers):
        assert following.start == layer.end
    assert all(layer.width >= 0 for layer in layers)
    assert layers[-1].end <= 100
    assert (layers[0].width == 100) == progress.is_reached
    assert (progress.percent >= 100) == progress.is_reached


@given(GOALS, AMOUNTS, AMOUNTS)
def test_more_is_never_drawn_as_less(goal, one, other):
    less, more = sorted((one, other))

    widths = [Progress(goal, amount).layers["received"].width for amount in (less, more)]

    assert widths == sorted(widths)


@given(st.decimals(1, 1000, places=3), st.decimals(0, 300, places=3))
def test_what_was_received_is_drawn_in_proportion(goal, received):
    width = Progress(goal, received).layers["received"].width

    assert abs(width - min(100, received * 100 / goal)) < Decimal("0.01")


class Bar(HTMLParser):
    """The shapes of a bar, and all that is said."""

    def __init__(self, html):
        super().__init__()
        self.shapes, self.label, self.said, self.styles = {}, "", "", []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        self.styles += [value for name, value in attrs if name == "style"]
        if tag == "svg" and known.get("role") == "img":
            self.label = known["aria-label"]
        elif tag in ("rect", "line"):
            self.shapes.setdefault(known["class"], known)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        self.said += " ".join(data.split()) + " "


def bar(progress, *, days_left=None, large=True, language="en"):
    with override(language):
        shown = {"progress": progress, "days_left": days_left, "large": large}
        return Bar(render_to_string("components/goal.html", shown))


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("large", [True, False])
def test_three_layers_are_drawn_and_told(language, large):
    one = bar(
        Progress(Decimal(1500), Decimal("450.5"), Decimal(150), Decimal(75)),
        large=large,
        language=language,
    )

    assert (one.shapes["goal-received"]["x"], one.shapes["goal-received"]["width"]) == (
        "0%",
        "30.03%",
    )
    assert (one.shapes["goal-pending"]["x1"], one.shapes["goal-pending"]["x2"]) == (
        "30.03%",
        "40.03%",
    )
    assert (one.shapes["goal-pledged"]["x1"], one.shapes["goal-pledged"]["x2"]) == (
        "40.03%",
        "45.03%",
    )
    assert one.styles == []
    assert "30%" in one.label
    assert "150.000" in one.label
    assert "75.000" in one.label
    assert ("450.500" in one.said) == large


def test_a_goal_that_nobody_gave_to_is_an_empty_bar():
    one = bar(Progress(Decimal(10)))

    assert set(one.shapes) == {"goal-track", "goal-received"}  # the latter is the key's sample
    assert one.shapes["goal-received"]["width"] == "100%"
    assert "0% received" in one.said
    assert "Pledged" not in one.said


def test_more_than_the_goal_is_a_full_bar_that_says_so():
    one = bar(Progress(Decimal(10), Decimal("12.345"), Decimal(5)))

    assert one.shapes["goal-received"]["width"] == "100%"
    assert "Goal reached: 123% received" in one.said
    assert "5.000" in one.said


def test_almost_is_not_all():
    one = bar(Progress(Decimal(1000), Decimal("999.999")))

    assert "99% received" in one.said
    assert "reached" not in one.said


@pytest.mark.parametrize(
    ("left", "english", "arabic"),
    [
        (-1, "It has ended", "انتهت المدة"),
        (0, "Last day today", "اليوم هو الأخير"),
        (1, "1 day left", "بقي يوم واحد"),
        (2, "2 days left", "بقي يومان"),
        (5, "5 days left", "بقيت 5 أيام"),
        (30, "30 days left", "بقي 30 يومًا"),
    ],
)
def test_the_days_that_are_left_are_told(left, english, arabic):
    progress = Progress(Decimal(10))

    assert english in bar(progress, days_left=left).said
    assert arabic in bar(progress, days_left=left, language="ar").said


def test_the_public_api_tells_what_a_project_has(at, tenant_a, put, well, move):
    today = day_of(timezone.now())
    address = "/api/v1/items/well/"
    nothing = {"received": "0.000", "pending": "0.000", "pledged": "0.000", "ends_on": None}
    assert at(tenant_a.slug).get(address).json()["progress"] == nothing
    move(received="10.5", pledged="3")
    with scopes.tenant(tenant_a.id):
        well.ends_on = today + timedelta(days=9)
        well.save()
    put(slug="oud")

    found = at(tenant_a.slug).get(address).json()

    assert found["goal"] == "1500.000"
    assert found["progress"] == {
        "received": "10.500",
        "pending": "0.000",
        "pledged": "3.000",
        "ends_on": well.ends_on.isoformat(),
    }
    assert at(tenant_a.slug).get("/api/v1/items/oud/").json()["progress"] is None
