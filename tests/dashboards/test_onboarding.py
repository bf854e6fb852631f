"""The page on which people open an organisation: what it suggests, refuses, and leads to."""

import html
import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboards.forms.onboarding import ACCENTS, OWN
from storefront.domain.colours import AA, DARK, LIGHT, contrast, palette
from storefront.models import StorefrontSettings
from tenants import scopes
from tenants.domain import onboarding
from tenants.domain.onboarding import Standing
from tenants.gateways import valkey
from tenants.models import Tenant, TenantMember

pytestmark = pytest.mark.usefixtures("real_db")
PAGE = "/tenants/new/"


@pytest.fixture(autouse=True)
def no_limits_from_before(real_db):
    valkey.counters().flushdb()


@pytest.fixture
def person(user, at):
    client = at("app", **{"accept-language": "en"})
    with scopes.public():
        client.force_login(user)
    return client


def a_slug():
    return f"y-{uuid4().hex[:12]}"


def filled(**fields):
    return {
        "kind": "shop",
        "name_ar": "بيت التمر",
        "name_en": "Date House",
        "slug": a_slug(),
        "languages": "ar en",
        "accent": ACCENTS[0][0],
        "own_accent": "#1a7f5a",
        **fields,
    }


def tenant(slug):
    with scopes.public():
        return Tenant.objects.get(slug=slug)


def owned_by(user):
    with scopes.public(user_id=user.id):
        return TenantMember.objects.filter(user_id=user.id).count()


@pytest.mark.parametrize("path", [PAGE, "/tenants/slug/"])
def test_a_stranger_logs_in_first(at, path):
    assert at("app").get(path).headers["Location"] == f"/login/?next={path}"
    assert at("app").post(path, filled()).status_code in {302, 405}


def test_the_page_takes_one_query_beside_the_persons(person):
    with CaptureQueriesContext(connection) as queries:
        assert person.get(PAGE).status_code == 200

    assert len(queries) == 3  # session, person, how many they own


@pytest.mark.parametrize("kind", ["shop", "charity", "project"])
def test_it_ends_on_the_new_dashboard(person, at, user, kind):
    sent = filled(kind=kind, accent="#7a4a1e", languages="en ar")

    answer = person.post(PAGE, sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/{sent['slug']}/")
    page = person.get(f"/{sent['slug']}/").text

    assert "Your page is open" in page
    assert f"http://{sent['slug']}.localhost/" in page
    assert f'href="/{sent["slug"]}/items/new/"' in page
    assert at(sent["slug"]).get("/en/").status_code == 200
    made = tenant(sent["slug"])
    assert (made.name_ar, made.name_en, made.kind) == ("بيت التمر", "Date House", kind)
    assert (made.languages, made.default_language) == (["en", "ar"], "en")
    with scopes.tenant(made.id):
        assert StorefrontSettings.objects.get().accent == "#7a4a1e"
        assert TenantMember.objects.get().role == "owner"


def test_the_welcome_ends_with_the_first_item(person):
    sent = filled()
    person.post(PAGE, sent)
    with scopes.tenant(tenant(sent["slug"]).id):
        from storefront.models import CatalogItem

        CatalogItem.objects.create(
            kind="product", slug="dates", name_ar="تمر", name_en="Dates", price=2, status="draft"
        )

    assert "Your page is open" not in person.get(f"/{sent['slug']}/").text


@pytest.mark.parametrize(("empty", "kept"), [("name_ar", "Date House"), ("name_en", "بيت التمر")])
def test_one_name_stands_for_both(person, empty, kept):
    sent = filled(**{empty: " \u200f "})

    assert person.post(PAGE, sent).status_code == 302
    made = tenant(sent["slug"])
    assert (made.name_ar, made.name_en) == (kept, kept)


def test_an_address_is_made_of_the_name(person):
    word = uuid4().hex[:8]

    person.post(PAGE, filled(name_ar="دار العود", name_en=f"Oud {word}", slug=""))
    again = person.post(PAGE, filled(name_en=f"Oud {word}!", slug=""))

    assert tenant(f"oud-{word}").name_ar == "دار العود"
    assert again.headers["Location"] == f"/oud-{word}-2/"


def test_a_colour_of_ones_own(person):
    sent = filled(accent=OWN, own_accent="#FFEE00")

    assert person.post(PAGE, sent).status_code == 302
    with scopes.tenant(tenant(sent["slug"]).id):
        assert StorefrontSettings.objects.get().accent == "#ffee00"


@pytest.mark.parametrize(("colour", "_name"), ACCENTS)
def test_the_colours_we_offer_are_readable_as_they_are(colour, _name):
    shades = palette(colour)

    assert contrast(colour, LIGHT.hardest) >= AA
    assert shades.light.accent == colour
    assert contrast(shades.dark.accent, DARK.hardest) >= AA


def test_capitals_and_white_space_are_forgiven(person):
    slug = a_slug()

    assert person.post(PAGE, filled(slug=f" {slug.upper()} ")).headers["Location"] == f"/{slug}/"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"kind": ""}, "kind"),
        ({"kind": "bank"}, "kind"),
        ({"name_ar": "", "name_en": " "}, "name_ar"),
        ({"name_en": "x" * 121}, "name_en"),
        ({"name_ar": "a\x00"}, "name_ar"),
        ({"slug": "ab"}, "slug"),
        ({"slug": "xn--abc"}, "slug"),
        ({"slug": "оud"}, "slug"),
        ({"slug": "admin"}, "slug"),
        ({"slug": "adm1n"}, "slug"),
        ({"slug": "oud-house"}, "slug"),
        ({"slug": "oud-h0use"}, "slug"),
        ({"slug": "", "name_ar": "، ،", "name_en": "…"}, "slug"),
        ({"languages": ""}, "languages"),
        ({"languages": "fr"}, "languages"),
        ({"accent": "red"}, "accent"),
        ({"accent": OWN, "own_accent": "red"}, "own_accent"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(person, user, fields, wrong):
    sent = filled(**fields)

    answer = person.post(PAGE, sent)

    assert answer.status_code == 400
    assert wrong in answer.context["form"].errors
    assert "Please correct the following" in answer.text
    shown = html.unescape(answer.text)
    for name in {"name_ar", "name_en", "slug"} - {wrong}:
        if sent[name].strip() and "\x00" not in sent[name]:
            assert f'value="{sent[name]}"' in shown
    assert owned_by(user) == 0


def test_a_double_click_is_answered_with_the_first(person, user):
    sent = filled()

    answers = [person.post(PAGE, sent) for _ in range(2)]

    assert {answer.headers["Location"] for answer in answers} == {f"/{sent['slug']}/"}
    assert owned_by(user) == 1


def test_who_owns_as_many_as_allowed_is_told_so(person, user, monkeypatch):
    monkeypatch.setattr(onboarding, "MOST_OWNED", 1)
    monkeypatch.setattr("dashboards.views.onboarding.MOST_OWNED", 1)
    assert person.post(PAGE, filled()).status_code == 302

    assert "as many organisations as one person may" in person.get(PAGE).text
    refused = person.post(PAGE, filled())
    assert refused.status_code == 400
    assert "You own 1 organisations" in refused.text
    assert owned_by(user) == 1


def test_attempts_are_counted_and_nothing_typed_is_lost(person):
    for _ in range(20):
        person.post(PAGE, filled(slug="oud-house"))
    sent = filled()

    refused = person.post(PAGE, sent)

    assert refused.status_code == 400
    assert "Please try again in an hour" in refused.text
    assert f'value="{sent["slug"]}"' in refused.text


def test_a_forged_form_is_refused(person, user):
    person.handler.enforce_csrf_checks = True

    assert person.post(PAGE, filled()).status_code == 403
    assert owned_by(user) == 0


def state(person, **asked):
    answer = person.get("/tenants/slug/", asked)
    assert answer.status_code == 200
    found = re.search(r'data-follows="(.*?)"', answer.text)
    context = answer.context
    return context["standing"], context["address"], found[1] if found else None


def test_the_address_follows_the_names(person):
    word = uuid4().hex[:8]

    assert state(person, name_en=f"Date {word}") == (
        Standing.FREE,
        f"date-{word}.localhost",
        f"date-{word}",
    )
    assert state(person, name_ar="دار العود " + word)[2] == f"dar-al-ud-{word}"
    followed = state(person, name_en=f"Dates {word}", slug=f"date-{word}", suggested=f"date-{word}")
    assert followed[2] == f"dates-{word}"
    assert state(person, name_en="Oud House")[2] == "oud-house-2"
    assert state(person) == (None, "", "")


def test_what_was_typed_is_not_followed(person):
    slug = a_slug()

    assert state(person, name_en="Dates", slug=slug) == (Standing.FREE, f"{slug}.localhost", None)
    assert state(person, name_en="Dates", slug="oud-house")[0] == Standing.TAKEN
    assert state(person, slug="OUD-H0USE") == (Standing.ALIKE, "oud-h0use.localhost", None)
    assert state(person, slug="www")[0] == Standing.RESERVED
    assert state(person, slug="a--b")[0] == Standing.MALFORMED
    assert state(person, slug="x" * 200)[0] == Standing.MALFORMED
    typed = state(person, name_en="Dates", slug=slug, suggested=slug, typed="1")
    assert typed[2] is None


def test_the_state_takes_two_queries_and_is_bounded(person):
    state(person, slug="x-1")
    with CaptureQueriesContext(connection) as queries:
        state(person, name_en="Oud House", slug="oud-h0use", typed="1")
    assert len(queries) == 4  # session, person, the suggestion's look and the slug's

    for _ in range(120):
        answer = person.get("/tenants/slug/", {"slug": "ab"})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_what_was_typed_is_escaped(person):
    page = person.get("/tenants/slug/", {"slug": '"><script>', "typed": "1"}).text

    assert "<script" not in page


def test_the_chooser_leads_here(person, user, tenant_a):
    assert f'href="{PAGE}"' in person.get("/tenants/").text
    with scopes.tenant(tenant_a.id):
        TenantMember.objects.create(tenant=tenant_a, user=user, role="staff")
    assert f'href="{PAGE}"' in person.get("/tenants/").text
