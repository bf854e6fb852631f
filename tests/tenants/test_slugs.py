"""Which slugs may be had, which are suggested, and which look like others."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F, TextField, Value
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tenants import scopes
from tenants.domain.onboarding import Standing, standing_of, suggested_slug
from tenants.enums import TenantStatus
from tenants.models import Tenant
from tenants.queries.slugs import skeleton_of
from tenants.validators.names import LONGEST, numbered, slug_from
from tenants.validators.slugs import (
    RESERVED_SLUGS,
    SLUG,
    skeleton,
    validate_own_slug,
    validate_slug,
)


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_reserved_word_is_refused_to_everybody(slug):
    with pytest.raises(ValidationError):
        validate_slug(slug)


@pytest.mark.parametrize(
    "slug",
    [
        "w-ww", "wwvv", "a-d-m-i-n", "adrnin", "adm1n", "supp0rt", "souqna-shop", "my-s0uqna",
        "souqna-support", "of-ficial", "off1cial", "1ogin", "app-s", "rnail",
    ],
)  # fmt: skip
def test_what_looks_like_a_reserved_word_is_for_operators_only(slug):
    with pytest.raises(ValidationError) as refused:
        validate_own_slug(slug)
    assert refused.value.code == "reserved_slug"
    if slug != "souqna-support":
        validate_slug(slug)


@pytest.mark.parametrize(
    "slug",
    [
        "", "ab", "-abc", "abc-", "xn--80ak6aa92e", "a--b", "Oud", "oud house", "oud_house", "oud.house",
        "оud-house", "oud‐house", "ｏud-house", "oud-hοuse", "عود", "a" * 64, "oud-house\n", "oud\x00",
        "ﬁne", "²nd-hand",
    ],
)  # fmt: skip
def test_only_plain_latin_letters_are_taken(slug):
    with pytest.raises(ValidationError) as refused:
        validate_own_slug(slug)
    assert refused.value.code == "invalid_slug"


@pytest.mark.parametrize("slug", ["oud-house", "kuwait-support-group", "dates2026", "3ood"])
def test_plain_names_are_fine(slug):
    validate_own_slug(slug)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("oud-house", "oud-h0use"),
        ("oud-house", "oudhouse"),
        ("oud-house", "o-ud-hous-e"),
        ("ghaith", "gha1th"),
        ("ghaith", "ghalth"),
        ("form", "forrn"),
        ("woods", "vvoods"),
        ("sos-kw", "5o5-kw"),
        ("million", "m1ll10n"),
    ],
)
def test_look_alikes_have_one_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


def test_different_names_have_different_skeletons():
    names = ["oud-house", "oud-houses", "ghaith", "green-school", "dates", "dates-2", "noura"]

    assert len(set(map(skeleton, names))) == len(names)


@given(st.lists(st.text("rnvw01i5ol-sm", max_size=20), min_size=1, max_size=20))
def test_the_database_sees_the_same(real_db_for_hypothesis, texts):
    with scopes.public():
        rows = Tenant.objects.filter(slug="oud-house").values_list(
            *(skeleton_of(Value(text, output_field=TextField())) for text in texts)
        )
        assert list(rows.get()) == [skeleton(text) for text in texts]


@pytest.fixture(scope="module")
def real_db_for_hypothesis(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield


def test_what_is_held_is_found_in_one_query(tenant_a):
    with CaptureQueriesContext(connection) as queries:
        standings = [
            standing_of(slug)
            for slug in (
                tenant_a.slug,
                tenant_a.slug.replace("-", ""),
                f"{tenant_a.slug}-two",
                "adm1n",
                "x--y",
            )
        ]

    assert standings == [
        Standing.TAKEN,
        Standing.ALIKE,
        Standing.FREE,
        Standing.RESERVED,
        Standing.MALFORMED,
    ]
    assert len(queries) == 3
    with scopes.public():
        shape = Tenant.objects.annotate(shape=skeleton_of(F("slug"))).get(id=tenant_a.id).shape
    assert shape == skeleton(tenant_a.slug)


@pytest.mark.parametrize("status", TenantStatus.values)
def test_a_slug_stays_held_whatever_becomes_of_its_tenant(tenant_a, status):
    with scopes.public():
        Tenant.objects.filter(id=tenant_a.id).update(status=status)

    assert standing_of(tenant_a.slug) == Standing.TAKEN


def test_a_renamed_tenants_old_slug_stays_held(tenant_a):
    with scopes.public():
        Tenant.objects.filter(id=tenant_a.id).update(slug=f"{tenant_a.slug}-new")

    assert standing_of(tenant_a.slug) == Standing.TAKEN
    assert standing_of(tenant_a.slug.replace("-", "")) == Standing.ALIKE


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("دار العود", "dar-al-ud"),
        ("جمعيّة الإحسان", "jmiya-al-ihsan"),
        ("أبو علي للتمور", "abu-ali-lltmur"),
        ("المدرسة الخضراء", "al-mdrsa-al-khdra"),
        ("كويت ٢٠٢٦", "kuit-2026"),
        ("Umm Ali’s Café & Söhne", "umm-alis-cafe-sohne"),
        ("  A  b  ", "a-b"),
        ("a", ""),
        ("…", ""),
        ("", ""),
        ("one two three four five six seven eight nine ten", "one-two-three-four-five-six-seven-eight"),
        ("x" * 120, "x" * 40),
    ],
)  # fmt: skip
def test_a_name_becomes_a_slug(name, slug):
    assert slug_from(name) == slug


@given(st.text(max_size=120))
def test_whatever_the_name_the_slug_is_one(name):
    slug = slug_from(name)

    assert slug == "" or SLUG.match(slug)


@given(st.from_regex(r"[a-z0-9]{1,3}(-[a-z0-9]{1,20}){0,3}", fullmatch=True), st.integers(2, 99))
def test_a_numbered_slug_is_one(slug, number):
    assert SLUG.match(numbered(slug[:LONGEST].rstrip("-"), number))


def test_a_suggestion_is_free(new_tenant):
    taken = new_tenant()

    assert suggested_slug(taken.slug) == f"{taken.slug}-2"
    new_tenant(f"{taken.slug}-2")
    assert suggested_slug(taken.slug, "Other") == f"{taken.slug}-3"
    assert suggested_slug("", "Mail") == "mail-2"
    assert suggested_slug("Souqna") == ""
    assert suggested_slug("…", "") == ""
