"""A storefront's settings: what is taken, what is refused, and what is written down."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from storefront.domain.media import UnknownMediaError, arrange_media
from storefront.domain.seeds import STOREFRONTS
from storefront.domain.settings import StaleSettingsError, drafted, update_storefront
from storefront.domain.settings_fields import clean_settings
from storefront.domain.sweeping import sweep_tenant
from storefront.gateways import pages
from storefront.models import MediaAsset, StorefrontSettings
from storefront.queries.settings import get_storefront
from tenants import scopes
from tenants.domain.permissions import PermissionDeniedError
from tenants.models import AuditEntry, Tenant, TenantMember
from tests.storefront.conftest import picture

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
IBAN = "KW81CBKU0000000000001234560101"


@pytest.fixture
def actor(tenant_a, user):
    """An owner, in the tenant's scope."""
    with scopes.tenant(tenant_a.id):
        yield TenantMember.objects.create(tenant=tenant_a, user=user, role="owner")


@pytest.fixture
def write(actor):
    def update(version=None, **changes):
        return update_storefront(changes=changes, actor=actor, now=NOW, version=version)

    return update


def refused(write, **changes):
    """What is said at the fields; nothing may have changed."""
    before = StorefrontSettings.objects.values().first()
    with pytest.raises(ValidationError) as error:
        write(**changes)
    assert StorefrontSettings.objects.values().first() == before
    return error.value.message_dict


def entries():
    found = AuditEntry.objects.exclude(action="tenant.created").order_by("created_at")
    return list(found.values_list("action", "detail"))


GOOD = [
    ("tagline_en", "  Oud \u202e and   more ", "Oud and more"),
    ("about_ar", "سطر\r\nوسطر\r\n", "سطر\nوسطر"),
    ("about_en", "<b>Bold</b> & co", "<b>Bold</b> & co"),
    ("tagline_en", "\u3164", ""),
    ("accent", "#0B6E8A", "#0b6e8a"),
    ("phone", "٢٢٤٤ ٥٠٧١", "+96522445071"),
    ("phone", "+966 50 123 4567", "+966501234567"),
    ("phone", "", ""),
    ("whatsapp", "5000 1234", "+96550001234"),
    ("wamd", "00965 5000 1234", "+96550001234"),
    ("email", " Hello@Oud.example ", "Hello@Oud.example"),
    ("map_url", "https://maps.app.goo.gl/x?y=1#z", "https://maps.app.goo.gl/x?y=1#z"),
    ("map_url", "maps.app.goo.gl/x", "https://maps.app.goo.gl/x"),
    ("payment_url", "https://pay.example/oud", "https://pay.example/oud"),
    ("announcement_url", "", ""),
    ("announcement_until", NOW, NOW),
    ("announcement_until", None, None),
    ("iban", "kw81 CBKU 0000 0000 0000 1234 5601 01", IBAN),
    ("iban", "KW٨١CBKU0000000000001234560101", IBAN),
    ("iban", "DE89 3704 0044 0532 0130 00", "DE89370400440532013000"),
    ("iban", "SA03 8000 0000 6080 1016 7519", "SA0380000000608010167519"),
    ("takes_cash", False, False),
    ("accepts", ["pledges", "orders"], ["orders", "pledges"]),
    ("accepts", [], []),
    ("accepts", None, None),
    ("social", {"instagram": "@oud.house"}, {"instagram": "https://www.instagram.com/oud.house"}),
    ("social", {"x": "oudhouse", "tiktok": ""}, {"x": "https://x.com/oudhouse"}),
    (
        "social",
        {"youtube": "https://youtube.com/@oud", "x": "https://mobile.twitter.com/oud"},
        {"x": "https://mobile.twitter.com/oud", "youtube": "https://youtube.com/@oud"},
    ),
    ("social", {"instagram": "instagram.com/oud"}, {"instagram": "https://instagram.com/oud"}),
    ("opening_hours", {"sun": [["9", "13:00"]]}, {"sun": [["09:00", "13:00"]]}),
    ("opening_hours", {"sun": [["٠٩:٠٠", "١٣:٠٠"]]}, {"sun": [["09:00", "13:00"]]}),
    ("opening_hours", {"mon": []}, {}),
    (
        "opening_hours",
        {"fri": [["16:00", "02:00"], ["09:00", "11:30"]]},
        {"fri": [["09:00", "11:30"], ["16:00", "02:00"]]},
    ),
    ("opening_hours", {"sat": [["00:00", "24:00"]]}, {"sat": [["00:00", "23:59"]]}),
    ("opening_hours", {"sat": [["16:00", "24:00"]]}, {"sat": [["16:00", "00:00"]]}),
    (
        "opening_hours",
        {"thu": [["20:00", "02:00"]], "fri": [["02:00", "04:00"]]},
        {"thu": [["20:00", "02:00"]], "fri": [["02:00", "04:00"]]},
    ),
    ("privacy_en", "x" * 20_000, "x" * 20_000),
]


@pytest.mark.parametrize(("name", "value", "kept"), GOOD)
def test_what_is_taken(write, name, value, kept):
    write(**{name: value})

    assert getattr(get_storefront(), name) == kept


BAD = [
    ("name_en", "\u3164 "),
    ("name_ar", "x" * 121),
    ("name_ar", None),
    ("languages", []),
    ("languages", ["ar", "fr"]),
    ("languages", ["ar", "ar"]),
    ("languages", "ar"),
    ("default_language", "fr"),
    ("default_language", []),
    ("tagline_en", "x" * 161),
    ("tagline_en", "a\x00b"),
    ("tagline_en", 7),
    ("accent", "red"),
    ("accent", ""),
    ("phone", "12"),
    ("phone", "1234567"),
    ("whatsapp", "https://wa.me/1"),
    ("wamd", "+966501234567"),
    ("email", "nobody"),
    ("email", "a@b"),
    ("map_url", "javascript:alert(1)"),
    ("map_url", "JavaScript://x/%0aalert(1)"),
    ("map_url", "http://maps.example/x"),
    ("map_url", "//maps.example/x"),
    ("map_url", "data:text/html,x"),
    ("map_url", "https://"),
    ("map_url", "https://exa mple.com/"),
    ("payment_url", "https://bank.example@evil.example/"),
    ("payment_url", "https://pay.example:port/"),
    ("payment_url", "https://pay.example/" + "x" * 500),
    ("announcement_url", "ftp://x.example"),
    ("announcement_until", "2026-11-23"),
    ("announcement_until", NOW.replace(tzinfo=None)),
    ("announcement_until", NOW.replace(year=9999)),
    ("iban", "KW81CBKU0000000000001234560102"),
    ("iban", "KW81CBKU000000000000123456010"),
    ("iban", "KW81123400000000000012345601012"),
    ("iban", "DE88370400440532013000"),
    ("iban", "x"),
    ("takes_cash", "yes"),
    ("accepts", ["orders", "money"]),
    ("accepts", "orders"),
    ("accepts", [{}]),
    ("social", []),
    ("social", {"myspace": "@x"}),
    ("social", {"instagram": "https://evil.example/instagram.com"}),
    ("social", {"instagram": "https://instagram.com.evil.example/x"}),
    ("social", {"instagram": "https://instagram.com@evil.example/"}),
    ("social", {"instagram": "https://notinstagram.com/x"}),
    ("social", {"instagram": "javascript:alert(1)"}),
    ("social", {"x": "http://x.com/oud"}),
    ("social", {"x": "two words"}),
    ("social", {"x": "x.com"}),
    ("social", {"x": 5}),
    ("opening_hours", []),
    ("opening_hours", {"day": []}),
    ("opening_hours", {"sun": "9-5"}),
    ("opening_hours", {"sun": ["9-5"]}),
    ("opening_hours", {"sun": [["9:60", "13:00"]]}),
    ("opening_hours", {"sun": [["24:00", "25:00"]]}),
    ("opening_hours", {"sun": [["09:00", "09:00"]]}),
    ("opening_hours", {"sun": [["09:00", 13]]}),
    ("opening_hours", {"sun": [["09:00", "12:00"], ["11:59", "14:00"]]}),
    ("opening_hours", {"sun": [["20:00", "02:00"], ["21:00", "22:00"]]}),
    ("opening_hours", {"thu": [["20:00", "02:00"]], "fri": [["01:59", "04:00"]]}),
    ("opening_hours", {"sat": [["20:00", "02:00"]], "sun": [["01:00", "04:00"]]}),
    ("opening_hours", {"sun": [["01:00", "02:00"]] * 4}),
    ("privacy_en", "x" * 20_001),
    ("returns_ar", "a\x1bb"),
    ("logo", "no-id"),
    ("nonsense", "x"),
]


@pytest.mark.parametrize(("name", "value"), BAD)
def test_what_is_refused(write, name, value):
    write(tagline_en="Before")

    assert refused(write, **{name: value, "tagline_ar": "بعد"}).keys() == {name}


def test_everything_wrong_is_said_at_once(write):
    errors = refused(write, phone="1", iban="2", accent="3", about_en="fine")

    assert errors.keys() == {"phone", "iban", "accent"}


def test_what_changed_is_written_down_and_pages_are_told(write, monkeypatch, actor):
    told = []
    begin = pages.begin_change

    def tell(tenant_id, now):
        told.append(tenant_id)
        return begin(tenant_id, now=now)

    monkeypatch.setattr(pages, "begin_change", tell)
    write(tagline_en="One", about_en="Long")
    write(tagline_en="Two", about_en="Longer", email="")

    assert entries()[-1] == (
        "storefront.updated",
        {"changes": {"tagline_en": ["One", "Two"], "about_en": []}},
    )
    assert told == [actor.tenant_id] * 2
    assert AuditEntry.objects.latest("created_at").actor_id == actor.user_id


def test_name_and_languages_are_the_tenants_own(write, actor):
    shown = write(name_en="Oud Palace", languages=["en"], default_language="en")

    with scopes.public():
        stored = Tenant.objects.get(id=actor.tenant_id)
    assert (stored.name_en, stored.languages, stored.default_language) == (
        "Oud Palace",
        ["en"],
        "en",
    )
    assert shown.tenant.name_en == "Oud Palace"
    assert shown.settings.version == 2
    assert [action for action, _ in entries()] == ["tenant.updated"]


def test_a_change_of_both_is_told_twice(write):
    write(name_en="Oud Palace", tagline_en="One")

    assert {action for action, _ in entries()} == {"tenant.updated", "storefront.updated"}


def test_the_first_language_is_one_of_the_pages(write):
    assert refused(write, languages=["en"]).keys() == {"default_language"}
    assert refused(write, languages=["en"], default_language="ar").keys() == {"default_language"}


def test_a_stale_version_changes_nothing(write, actor):
    write(tagline_en="One")
    with pytest.raises(StaleSettingsError):
        write(version=1, tagline_en="Two", name_en="Other")

    assert get_storefront().tagline_en == "One"
    with scopes.public():
        assert Tenant.objects.get(id=actor.tenant_id).name_en != "Other"


def test_writing_what_is_there_is_no_change(write):
    write(tagline_en="One")
    version = write(version=1, tagline_en="One").settings.version

    assert version == 2
    assert len(entries()) == 1


def test_staff_may_not_write(actor):
    actor.role = "staff"
    with pytest.raises(PermissionDeniedError):
        update_storefront(changes={"tagline_en": "x"}, actor=actor, now=NOW)


def test_a_draft_takes_what_can_be_kept_and_writes_nothing(write, actor):
    write(tagline_en="One")
    tenant = actor.tenant
    draft = drafted(
        {"tagline_en": "Two", "accent": "nonsense", "name_en": "Other", "languages": ["en"]},
        tenant=tenant,
        settings=get_storefront(),
    )

    assert draft.settings.tagline_en == "Two"
    assert draft.settings.accent == "#0f6b5c"
    assert (draft.tenant.name_en, draft.tenant.default_language) == ("Other", "en")
    assert get_storefront().tagline_en == "One"
    assert tenant.name_en != "Other"


def loose():
    return MediaAsset.objects.create(loose_since=NOW - timedelta(days=9))


def test_a_logo_is_kept_and_its_predecessor_is_not(write):
    first, second = loose(), loose()
    write(logo=first.id)
    assert get_storefront().logo_id == first.id
    sweep_tenant(now=NOW + timedelta(days=30))
    assert set(MediaAsset.objects.values_list("id", flat=True)) == {first.id}

    second = loose()
    write(logo=str(second.id))
    assert set(MediaAsset.objects.values_list("id", flat=True)) == {second.id}

    write(logo=None)
    assert not MediaAsset.objects.exists()
    assert get_storefront().logo_id is None


def test_a_picture_is_shown_in_one_place_only(write, put):
    item = put()
    of_item = picture(item, 0)
    asset = loose()
    assert refused(write, logo=of_item.id).keys() == {"logo"}
    assert refused(write, logo=uuid4()).keys() == {"logo"}
    assert refused(write, logo=asset.id, cover=asset.id).keys() == {"logo"}

    write(logo=asset.id)
    assert refused(write, cover=asset.id).keys() == {"cover"}
    with pytest.raises(UnknownMediaError):
        arrange_media(item=item, media=[asset.id], now=NOW)
    assert get_storefront().logo_id == asset.id


@pytest.mark.parametrize("slug", sorted(STOREFRONTS))
def test_the_demos_settings_could_be_typed(slug):
    """What they say is what the cleaners would leave of it."""
    assert clean_settings(STOREFRONTS[slug]) == STOREFRONTS[slug]
