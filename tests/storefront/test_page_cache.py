"""Kept pages: who is shown which, when they are forgotten, and what is never kept."""

import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
import redis
from django.db import connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from storefront.domain import pages
from storefront.domain.items import ItemContent, create_item, delete_item, update_item
from storefront.domain.media import arrange_media, delete_media, describe_media
from storefront.domain.pages import NotInTransactionError, pages_changed
from storefront.domain.settings import update_storefront
from storefront.domain.variants import VariantContent
from storefront.gateways import pages as gateway
from storefront.middleware.pages import Asked, PageMiddleware, _kept_patterns, _plain
from storefront.models import CatalogItem, Category, MediaAsset, StorefrontSettings
from storefront.views.kept import query_of
from tenants import scopes
from tenants.domain.release import code_fingerprint
from tenants.gateways import valkey
from tenants.models import OutboxEvent, Tenant, TenantMember
from tests.storefront.conftest import picture
from tests.storefront.dressing import asset, dress
from tests.storefront.visiting import BOT, LAPTOP, PHONE, visitor, written

ACTOR = UUID(int=7)


@pytest.fixture(autouse=True)
def pages_kept(settings, real_db):
    """Keep pages, as the shipped settings do."""
    settings.PAGES_KEPT = True
    gateway._Away.until = 0.0


@pytest.fixture
def asks(tenant_a):
    """Counts the statements behind a page of a fresh browser: none, if it was kept."""

    def ask(path="/en/items/", **headers):
        with CaptureQueriesContext(connection) as queries:
            response = visitor(tenant_a, **headers).get(path)
        return response, len(queries)

    return ask


def test_a_page_is_made_once(asks, put):
    item = put(pictures=2)
    for path in ("/en/", "/ar/", "/en/items/", f"/en/items/{item.slug}/"):
        first, made = asks(path)
        again, kept = asks(path)

        assert made > 0
        assert kept == 0
        assert again.content == first.content
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Content-Type"] == "text/html; charset=utf-8"
        assert again.headers["Content-Language"] == path[1:3]
        assert int(again.headers["Content-Length"]) == len(again.content)
        assert again.headers["Cache-Control"] == "private, no-cache"
        assert not again.cookies


def test_a_kept_page_is_what_would_be_made_without(asks, put, settings, tenant_a):
    item = put(pictures=2, stock=3)
    put(kind="project", price=None, goal="100")
    paths = ["/en/", "/ar/items/?kind=product", f"/ar/items/{item.slug}/"]
    found = [(asks(path)[0].content, asks(path)[0].content) for path in paths]

    settings.PAGES_KEPT = False

    for path, both in zip(paths, found, strict=True):
        plain = visitor(tenant_a).get(path)
        assert {plain.content, *both} == {plain.content}
        assert "ETag" not in plain.headers


def test_a_browser_that_has_the_page_is_told_so(asks, put, tenant_a):
    put(stock=3)
    etag = asks()[0].headers["ETag"]

    for known in (etag, f'"x", {etag}', etag.removeprefix("W/"), "*"):
        response = visitor(tenant_a).get("/en/items/", headers={"if-none-match": known})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["ETag"] == etag
        assert response.headers["Cache-Control"] == "private, no-cache"
    for other in ('"x"', "", "nonsense", etag[:-2] + 'x"'):
        response = visitor(tenant_a).get("/en/items/", headers={"if-none-match": other})
        assert response.status_code == 200


def test_a_head_is_answered_from_what_a_get_kept_and_the_other_way_round(tenant_a, put, asks):
    put()
    client = visitor(tenant_a)

    head = client.head("/en/items/")
    page, statements = asks()

    assert statements == 0
    assert (head.content, head.headers["ETag"]) == (b"", page.headers["ETag"])
    assert head.headers["Content-Length"] == page.headers["Content-Length"]
    assert client.head("/en/items/").status_code == 200


def test_kept_pages_and_304s_are_counted_and_bots_apart(tenant_a, put):
    put()
    person = visitor(tenant_a, user_agent=PHONE)
    etag = person.get("/en/?utm_source=instagram&utm_medium=paid_social").headers["ETag"]
    person.get("/en/")
    person.get("/en/", headers={"if-none-match": etag, "accept": "text/html"})
    visitor(tenant_a, user_agent=BOT, address="192.0.2.9").get("/en/")

    human, bot = sorted(written(tenant_a), key=lambda visit: visit.is_bot)

    assert (human.pageviews, human.utm_source, human.channel) == (3, "instagram", "Paid Social")
    assert (bot.is_bot, bot.pageviews) == (True, 1)


def test_a_hit_takes_one_round_trip_to_valkey(asks, put, monkeypatch):
    put()
    asks()
    words = []
    really = gateway._asked

    def noted(connection, *sent):
        words.append(sent[0])
        return really(connection, *sent)

    monkeypatch.setattr(gateway, "_asked", noted)
    asks()

    assert words == ["MGET"]


# What makes a page another ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "same"),
    [
        ("/en/?utm_source=x&gclid=1&fbclid=2", "/en/"),
        ("/en/?a=1", "/en/?b[]=%00%FF"),
        ("/en/items/?page=1&utm_campaign=y", "/en/items/"),
        ("/en/items/?kind=nonsense&page=0", "/en/items/?page=x"),
        ("/en/items/?utm_id=3&kind=product", "/en/items/?kind=product"),
    ],
)
def test_what_a_page_does_not_look_at_makes_no_other_and_is_not_on_it(asks, put, path, same):
    put()
    first, _ = asks(path)
    again, statements = asks(same)

    assert statements == 0
    assert again.content == first.content
    assert "utm_" not in first.text


@pytest.mark.parametrize("path", ["/en/items/?kind=product", "/en/items/?sort=price", "/ar/items/"])
def test_what_a_page_shows_makes_another(asks, put, path):
    put()
    asks("/en/items/")

    assert asks(path)[1] > 0
    assert asks(path)[1] == 0


def test_the_language_switch_keeps_what_the_list_is_narrowed_to(asks, put):
    put()

    page, _ = asks("/en/items/?utm_source=x&kind=product")

    assert 'href="/ar/items/?kind=product"' in page.text


HEADERS = [
    {"cookie": "cart=x; language=ar; session=y; csrf=z"},
    {"accept_language": "ar"},
    {"user_agent": LAPTOP},
    {"user_agent": BOT},
    {"x_forwarded_host": "evil.example", "x_forwarded_proto": "https", "forwarded": "host=evil"},
    {"referer": "https://evil.example/"},
    {"accept": "application/json"},
    {"authorization": "Bearer x"},
    {"hx_request": "true"},
    {"x_requested_with": "XMLHttpRequest"},
]


def test_a_kept_view_is_told_nothing_of_its_visitor():
    asked = Asked("ar", "page=2")
    sent = RequestFactory().get(
        "/ar/items/?page=2&utm_source=ads", headers={"Cookie": "cart=x", "Accept-Language": "en"}
    )

    plain = _plain(sent, asked)

    assert (plain.GET.urlencode(), plain.COOKIES) == ("page=2", {})
    assert "Accept-Language" not in plain.headers
    assert sent.GET["utm_source"] == "ads"


@pytest.mark.parametrize("headers", HEADERS, ids=lambda headers: next(iter(headers)))
def test_no_header_makes_another_page(asks, put, tenant_a, headers):
    put(slug="oud", stock=3)
    for path in ("/en/", "/en/items/", "/en/items/oud/"):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        strange = visitor(tenant_a).get(path, headers=named, REMOTE_ADDR="192.0.2.1")
        with scopes.tenant(tenant_a.id), transaction.atomic():
            pages_changed()
        plain, _ = asks(path)

        assert strange.content == plain.content
        assert strange.headers["ETag"] == plain.headers["ETag"]


def test_hosts_have_pages_of_their_own(asks, put, tenant_a, settings):
    put(pictures=1, slug="oud")
    asks("/en/items/oud/")
    host = f"{tenant_a.slug}.{settings.SOUQNA_DOMAIN}"

    with_port = visitor(tenant_a).get(
        "/en/items/oud/", HTTP_HOST=f"{host}:{settings.SOUQNA_PORT}", SERVER_NAME=host
    )
    any_port = visitor(tenant_a).get("/en/items/oud/", HTTP_HOST=f"{host}:666", SERVER_NAME=host)

    assert f"http://{host}:{settings.SOUQNA_PORT}/media/" in with_port.text
    assert "ETag" in with_port.headers
    assert f"http://{host}:666/media/" in any_port.text
    assert "ETag" not in any_port.headers  # else a stranger makes a page of each port


def test_tenants_have_pages_of_their_own(tenant_a, tenant_b, put):
    put(slug="same", name_en="Of A")
    put(tenant=tenant_b, slug="same", name_en="Of B")
    for _ in range(2):
        assert "Of A" in visitor(tenant_a).get("/en/items/same/").text
        assert "Of B" in visitor(tenant_b).get("/en/items/same/").text


def test_a_change_of_the_organisation_is_seen_on_the_next_request(asks, put, tenant_a):
    from tenants.queries.hosts import forget_hosts

    put()
    asks("/en/")
    with scopes.platform():
        Tenant.objects.filter(id=tenant_a.id).update(name_en="Another name")
    forget_hosts()

    assert "Another name" in asks("/en/")[0].text


def test_another_release_keeps_pages_of_its_own(asks, put, monkeypatch):
    put()
    asks()
    monkeypatch.setattr("storefront.middleware.pages.code_fingerprint", lambda: "another")

    assert asks()[1] > 0


def test_the_release_is_told_by_what_shapes_a_page(settings, tmp_path):
    before = code_fingerprint()
    settings.MEDIA_URL = "https://cdn.example/"
    code_fingerprint.cache_clear()
    try:
        assert code_fingerprint() != before
    finally:
        code_fingerprint.cache_clear()


# What is never kept -----------------------------------------------------------------------------


def keys_of(tenant):
    found = valkey.cache().keys(f"{tenant.id}:pages:*")
    return {key for key in found if key.count(":") > 2}


@pytest.mark.parametrize(
    "path",
    [
        "/en/items/?search=oud",
        "/en/items/?search=%D8%B9%D9%88%D8%AF&kind=product",
        "/en/items/?page=51",
        "/en/items/no-such/",
        "/en/nothing/",
        "/xx/items/",
        "/en/cart/",
        "/en/checkout/",
        "/en/track/abcdefghijklmnop/",
        "/api/v1/items/",
        "/en/items",
        "/",
    ],
)
def test_what_is_not_kept(tenant_a, put, path):
    put()
    for _ in range(2):
        response = visitor(tenant_a).get(path)

    assert not keys_of(tenant_a)
    assert "ETag" not in response.headers


def test_a_post_is_never_answered_from_what_is_kept(tenant_a, put, asks):
    put()
    asks()

    assert visitor(tenant_a).post("/en/items/").status_code == 405


def test_a_form_that_is_sent_back_is_its_visitors_alone(tenant_a, put, asks):
    item = put(stock=3, slug="oud")
    asks("/en/items/oud/")

    sent = visitor(tenant_a).post("/en/cart/lines/", {"item": str(item.id), "quantity": "-7"})
    page, statements = asks("/en/items/oud/")

    assert sent.status_code == 400
    assert 'value="-7"' in sent.text
    assert 'value="1"' in page.text
    assert statements == 1  # what is left


@pytest.mark.parametrize(
    "spoil",
    [
        lambda response: response.set_cookie("a", "b"),
        lambda response: response.headers.setdefault("Cache-Control", "private, no-store"),
        lambda response: response.headers.setdefault("Vary", "Cookie"),
        lambda response: setattr(response, "status_code", 203),
        lambda response: response.headers.__setitem__("Content-Type", "application/json"),
        lambda response: setattr(response, "content", response.content + b" " * 600_000),
        lambda response: setattr(response, "content", response.content + b"\0"),
    ],
)
def test_a_page_that_says_otherwise_is_not_kept(tenant_a, put, spoil, monkeypatch):
    put(stock=3)
    made = PageMiddleware._made

    def spoiled(self, request, asked, found):
        plain = self.get_response

        def answer(inner):
            response = plain(inner)
            spoil(response)
            return response

        self.get_response = answer
        try:
            return made(self, request, asked, found)
        finally:
            self.get_response = plain

    monkeypatch.setattr(PageMiddleware, "_made", spoiled)
    response = visitor(tenant_a).get("/en/items/")

    assert "Only 3 left" in response.text
    assert not keys_of(tenant_a)


def test_all_kept_views_are_looked_for():
    """A kept view below an include with a prefix of its own would be made anew each time."""

    def all_of(resolver):
        for entry in resolver.url_patterns:
            if isinstance(entry, URLResolver):
                yield from all_of(entry)
            elif isinstance(entry, URLPattern) and query_of(entry.callback):
                yield entry.pattern

    urlconf = "config.urls.storefront"
    kept = [pattern for pattern, _ in _kept_patterns(urlconf)]

    assert kept
    assert kept == list(all_of(get_resolver(urlconf)))


# How long ---------------------------------------------------------------------------------------


def longest_life(tenant):
    (key,) = keys_of(tenant)
    return valkey.cache().pttl(key) / 1000


def test_a_page_is_kept_for_five_minutes_at_most(tenant_a, put, asks):
    put()
    asks()

    assert 290 < longest_life(tenant_a) <= 300


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"publish_at": timedelta(seconds=100)}, True),
        ({"publish_at": timedelta(days=1)}, False),
        ({"publish_at": timedelta(seconds=-40)}, False),
        ({"publish_at": timedelta(seconds=100), "status": "draft"}, False),
    ],
)
def test_an_item_that_is_to_be_shown_ends_a_page(tenant_a, put, asks, fields, kept):
    put()
    put(**{**fields, "publish_at": timezone.now() + fields["publish_at"]})
    asks()

    assert (longest_life(tenant_a) <= 100) == kept


def test_a_page_that_may_have_been_read_before_a_moment_is_not_kept(tenant_a, put, asks):
    """The servers' clocks may be apart, and a page takes its time."""
    put()
    put(publish_at=timezone.now() - timedelta(seconds=5))
    asks()

    assert not keys_of(tenant_a)


def test_an_announcement_that_ends_ends_a_page_without_any_item_too(tenant_a, asks):
    with scopes.tenant(tenant_a.id):
        until = timezone.now() + timedelta(seconds=60)
        StorefrontSettings.objects.update_or_create(id=1, defaults={"announcement_until": until})
    asks()

    assert longest_life(tenant_a) <= 60


def test_a_page_made_while_its_moment_passed_is_not_kept(tenant_a, put, asks, monkeypatch):
    put()
    monkeypatch.setattr(
        "storefront.middleware.pages.next_moment", lambda *, now: now + timedelta(milliseconds=1)
    )
    asks()

    assert not keys_of(tenant_a)


# A change is seen on the next request -----------------------------------------------------------


def create(item):
    new = replace(ItemContent.of(item), slug="a-new-one", name_en="Quite new")
    create_item(content=new, actor_id=ACTOR, now=timezone.now())


def update(item, **changes):
    seen, now = ItemContent.of(item), timezone.now()
    wanted = replace(seen, **changes)
    update_item(item_id=item.id, content=wanted, seen=seen, actor_id=ACTOR, now=now)


def rename(item):
    update(item, name_en="Quite new")


def reprice(item):
    update(item, price=Decimal("99.000"))


def take_out_of_category(item):
    update(item, categories=())


def make_variants(item):
    update(item, variants=(VariantContent(None, "كبير", "Large"),))


def present(**changes):
    actor = TenantMember(user_id=ACTOR, role="owner")
    update_storefront(changes=changes, actor=actor, now=timezone.now())


def announce(_item):
    present(announcement_en="Quite new")


def replace_logo(_item):
    shown = StorefrontSettings.objects.get().logo_id
    present(logo=MediaAsset.objects.filter(item=None).exclude(id=shown).get().id)


def drop_logo(_item):
    present(logo=None)


def loosen(item):
    arrange_media(item=item, media=[], now=timezone.now())


def describe(item):
    describe_media(media_id=item.media.get().id, alt_en="Quite new")


def take_picture(item):
    delete_media(media_id=item.media.get().id, actor_id=ACTOR)


def remove(item):
    delete_item(item_id=item.id, actor_id=ACTOR)


ITEM, ITEMS, GIFTS = "/en/items/oud/", "/en/items/", "/en/items/?category=gifts"
#: What staff do, and where it is seen.
VERBS = {
    create: {ITEMS, GIFTS},
    rename: {ITEM, ITEMS, GIFTS},
    reprice: {ITEM, ITEMS, GIFTS},
    take_out_of_category: {ITEMS, GIFTS},
    make_variants: {ITEM, ITEMS, GIFTS},
    announce: {ITEM, ITEMS, GIFTS},
    replace_logo: {ITEM, ITEMS, GIFTS},
    drop_logo: {ITEM, ITEMS, GIFTS},
    loosen: {ITEM, ITEMS, GIFTS},
    describe: {ITEM},  # a card's picture has its name beside it
    take_picture: {ITEM, ITEMS, GIFTS},
    remove: {ITEM, ITEMS, GIFTS},
}


@pytest.fixture
def shelf(tenant_a, put):
    """An item with a picture and a category, beside another; a logo and another picture."""
    item, _other = put(slug="oud", pictures=1), put(slug="other")
    dress(tenant_a, logo=asset(tenant_a))
    asset(tenant_a)
    with scopes.tenant(tenant_a.id):
        item.categories.add(Category.objects.create(slug="gifts", name_ar="هدايا", name_en="Gifts"))
    return item


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.__name__)
def test_what_staff_write_is_seen_on_the_next_request(tenant_a, shelf, asks, verb):
    before = {path: asks(path)[0].content for path in (ITEM, ITEMS, GIFTS)}
    assert [asks(path)[1] for path in before] == [0, 0, 0]
    with scopes.tenant(tenant_a.id):
        verb(CatalogItem.objects.get(id=shelf.id))

    assert {path for path in before if asks(path)[0].content != before[path]} == VERBS[verb]


def test_a_picture_that_is_ready_is_seen_on_the_next_request(tenant_a, put, asks, up):
    from storefront.domain import processing
    from tests.storefront.uploads import drawn

    item = put(slug="oud")
    file = drawn(size=(400, 300), colour=(1, 2, 3))
    announced = up.announce(file)
    up.put(announced, file)
    up.complete(announced["id"])
    with scopes.tenant(tenant_a.id):
        arrange_media(item=item, media=[UUID(announced["id"])], now=timezone.now())
    assert "/media/" not in asks("/en/items/oud/")[0].text

    with scopes.platform():
        claim = processing.claim(UUID(announced["id"]))
    with scopes.tenant(tenant_a.id):
        processing.process(claim)

    assert f"/media/{tenant_a.id}/media/" in asks("/en/items/oud/")[0].text


# The protocol -----------------------------------------------------------------------------------


def look(tenant, name="home"):
    found = gateway.look_up(tenant.id, name)
    assert found is not None
    return found


def keep(found, entry=b"old"):
    now = timezone.now()
    return gateway.keep(found, entry, now=now, until=now + timedelta(minutes=5))


def change(tenant):
    return gateway.begin_change(tenant.id, now=timezone.now())


def test_nothing_is_kept_while_a_change_is_under_way_nor_what_was_read_before_its_end(tenant_a):
    before = look(tenant_a)
    token = change(tenant_a)
    meanwhile = look(tenant_a)

    assert not keep(before)
    assert not keep(meanwhile)
    gateway.end_change(tenant_a.id, token)
    assert not keep(before)
    assert not keep(meanwhile)
    assert keep(look(tenant_a), b"new")
    assert look(tenant_a).entry == b"new"


def test_two_changes_at_once_are_over_with_the_second(tenant_a):
    first, second = change(tenant_a), change(tenant_a)
    gateway.end_change(tenant_a.id, first)

    assert not keep(look(tenant_a))
    gateway.end_change(tenant_a.id, second)
    assert keep(look(tenant_a))


def test_a_change_whose_process_was_killed_is_given_up_after_a_while(tenant_a):
    past = timezone.now() - gateway.LONGEST_CHANGE
    gateway.begin_change(tenant_a.id, now=past + timedelta(seconds=5))
    assert not keep(look(tenant_a))
    valkey.cache().delete(gateway.changes_key(tenant_a.id))
    gateway.begin_change(tenant_a.id, now=past - timedelta(seconds=5))

    assert keep(look(tenant_a))


def test_a_page_that_took_too_long_is_not_kept(tenant_a, monkeypatch):
    found = look(tenant_a)
    monkeypatch.setattr(gateway, "LONGEST_FILL", -1.0)

    assert not keep(found)


def test_a_version_that_was_evicted_takes_its_pages_along(tenant_a):
    assert keep(look(tenant_a))
    valkey.cache().delete(gateway.version_key(tenant_a.id))

    assert look(tenant_a).entry is None
    assert not keep(gateway.Found(tenant_a.id, "x", b"0" * 16, 1e12, None))


def test_a_server_that_was_started_anew_knows_no_page_from_before(tenant_a, monkeypatch):
    """What was changed while it was away could not be told to it."""
    assert keep(look(tenant_a))
    monkeypatch.setattr(valkey, "run_of", lambda _: "another-run")

    assert look(tenant_a).entry is None


def test_a_connection_knows_the_servers_run(real_db):
    pool = valkey.pages().connection_pool
    connection = pool.get_connection()
    try:
        assert valkey.run_of(connection) == valkey.cache().info("server")["run_id"]
    finally:
        pool.release(connection)


@pytest.fixture
def no_valkey(monkeypatch):
    """A cache that nobody answers at; gone again with `undo`."""
    dead = redis.Redis.from_url("redis://127.0.0.1:1/0", socket_connect_timeout=0.3)

    def away():
        monkeypatch.setattr(valkey, "pages", lambda: dead)
        monkeypatch.setattr(valkey, "page_changes", lambda: dead)

    away.undo = monkeypatch.undo
    return away


def test_without_valkey_pages_are_made_and_changes_are_taken(
    tenant_a, put, asks, no_valkey, settings
):
    item = put(slug="oud", pictures=1, stock=3)
    asks("/en/items/oud/")
    no_valkey()

    page, statements = asks("/en/items/oud/")
    with scopes.tenant(tenant_a.id):
        loosen(CatalogItem.objects.get(id=item.id))

    assert statements > 1
    assert page.status_code == 200
    assert "Only 3 left" in page.text
    assert "ETag" in page.headers
    assert "/media/" not in asks("/en/items/oud/")[0].text


def test_what_valkey_could_not_be_told_is_told_later(tenant_a, put, asks, no_valkey, settings):
    item = put(slug="oud", pictures=1)
    asks("/en/items/oud/")
    no_valkey()
    with scopes.tenant(tenant_a.id):
        loosen(CatalogItem.objects.get(id=item.id))
    no_valkey.undo()
    settings.PAGES_KEPT = True
    gateway._Away.until = 0.0

    with scopes.tenant(tenant_a.id):
        event = OutboxEvent.objects.get(kind=pages.UNTOLD)
        pages.forget_pages(event)

    assert "/media/" not in asks("/en/items/oud/")[0].text


def test_a_change_belongs_into_its_transaction(tenant_a):
    with scopes.tenant(tenant_a.id), pytest.raises(NotInTransactionError):
        pages_changed()


def test_several_changes_of_a_transaction_are_one(tenant_a, monkeypatch):
    begun = []
    begin = gateway.begin_change
    monkeypatch.setattr(
        gateway, "begin_change", lambda *args, **now: begun.append(1) or begin(*args, **now)
    )
    with scopes.tenant(tenant_a.id), transaction.atomic():
        pages_changed()
        with transaction.atomic():
            pages_changed()

    assert len(begun) == 1
    assert keep(look(tenant_a))


def test_a_change_begun_in_a_savepoint_that_was_undone_is_begun_again(tenant_a):
    with scopes.tenant(tenant_a.id), transaction.atomic():
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            pages_changed()
            raise ZeroDivisionError
        found = look(tenant_a)
        pages_changed()

    assert not keep(found)


# Crashes ----------------------------------------------------------------------------------------

# Renames an item and is killed at a point: "before" its commit, right "after" it, or never.
WRITER = """
import os, signal, sys
from uuid import UUID

import django

django.setup()
from django.db import connection, transaction
from storefront.domain.pages import pages_changed
from storefront.gateways import pages as gateway
from storefront.models import CatalogItem
from tenants import scopes

tenant_id, item_id, point, guard = sys.argv[1:]
die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
if point == "after":
    gateway.end_change = die
with scopes.tenant(UUID(tenant_id)), transaction.atomic():
    CatalogItem.objects.filter(id=item_id).update(name_en="Quite new")
    if guard == "guarded":
        pages_changed()
    elif point == "after":
        transaction.on_commit(die)
    if point == "before":
        die()
"""


def write(tenant, item, *, point, guard="guarded"):
    """Run the writer; whether it was killed."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WRITER, str(tenant.id), str(item.id), point, guard],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test"},
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert done.returncode in (0, -signal.SIGKILL)
    return done.returncode != 0


@pytest.mark.parametrize("point", ["before", "after", "never"])
def test_a_killed_writer_leaves_no_old_page(tenant_a, put, asks, point):
    item = put(slug="oud", name_en="As before")
    asks("/en/items/oud/")

    killed = write(tenant_a, item, point=point)

    assert killed == (point != "never")
    expected = "As before" if point == "before" else "Quite new"
    for _ in range(2):
        assert expected in asks("/en/items/oud/")[0].text
    # And until the change is given up, nothing that was read meanwhile is kept.
    assert (asks("/en/items/oud/")[1] > 0) == killed


def test_forgetting_after_the_commit_alone_would_leave_the_old_page(tenant_a, put, asks):
    """The negative control: a process that was to tell Valkey only after its commit is killed there."""
    item = put(slug="oud", name_en="As before")
    asks("/en/items/oud/")

    assert write(tenant_a, item, point="after", guard="control")

    assert "As before" in asks("/en/items/oud/")[0].text


@pytest.mark.parametrize("looks", ["before the change", "while it is under way"])
@pytest.mark.parametrize("guarded", [True, False], ids=["guarded", "control"])
def test_what_was_read_before_a_commit_is_not_kept_after_it(
    tenant_a, put, asks, monkeypatch, looks, guarded
):
    """A reader renders the old row, a writer commits, and only then the reader keeps its page. With the
    guard of `keep` off, the old page is shown from then on.
    """
    item = put(slug="oud", name_en="As before")
    rendered, committed = threading.Event(), threading.Event()
    begun = threading.Event()
    real_keep = gateway.keep

    def slow_keep(found, entry, **times):
        rendered.set()
        assert committed.wait(10)
        if not guarded:
            version = valkey.cache().get(gateway.version_key(tenant_a.id)).encode()
            found = gateway.Found(found.tenant_id, found.key, version, found.looked_at, None)
        return real_keep(found, entry, **times)

    monkeypatch.setattr(gateway, "keep", slow_keep)

    def read():
        if looks == "while it is under way":
            assert begun.wait(10)
        visitor(tenant_a).get("/en/items/oud/")
        connection.close()

    reader = threading.Thread(target=read)
    reader.start()
    if looks == "before the change":
        assert rendered.wait(10)
    with scopes.tenant(tenant_a.id), transaction.atomic():
        CatalogItem.objects.filter(id=item.id).update(name_en="Quite new")
        pages_changed()
        begun.set()
        assert rendered.wait(10)
    committed.set()
    reader.join()
    monkeypatch.setattr(gateway, "keep", real_keep)

    assert ("Quite new" in asks("/en/items/oud/")[0].text) == guarded


def test_readers_and_a_writer_at_once_never_meet_an_older_page(tenant_a, put):
    """After each commit the writer itself looks, while two others keep filling the cache."""
    item = put(slug="oud", name_en="Number 0.")
    stop = threading.Event()

    def read():
        while not stop.is_set():
            visitor(tenant_a).get("/en/items/oud/")
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        for number in range(1, 40):
            with scopes.tenant(tenant_a.id), transaction.atomic():
                CatalogItem.objects.filter(id=item.id).update(name_en=f"Number {number}.")
                pages_changed()
            assert f"Number {number}." in visitor(tenant_a).get("/en/items/oud/").text
    finally:
        stop.set()
        for reader in readers:
            reader.join()


def test_a_picture_of_no_item_changes_no_page(tenant_a, put, asks):
    put()
    asks()
    with scopes.tenant(tenant_a.id):
        loose = picture(CatalogItem.objects.get(), 0)
        type(loose).objects.update(item=None)
        delete_media(media_id=loose.id, actor_id=ACTOR)

    assert asks()[1] == 0
