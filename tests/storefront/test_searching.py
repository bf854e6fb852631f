"""The search: spellings made alike, slips forgiven, the best match first."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from storefront.models import CatalogItem, Category, ItemCategory, ItemWords
from storefront.queries.items import items_matching
from storefront.queries.shelves import in_order, shelf
from storefront.validators.words import (
    entries_of,
    forms_of,
    looked_for,
    normalised,
    slips_of,
    words_of,
)
from tenants import scopes

# Spellings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("أحمد", "احمد"),
        ("إحسان", "احسان"),
        ("آدم", "ادم"),
        ("ٱلله", "الله"),
        ("مُحَمَّد", "محمد"),
        ("شاطئ", "شاطي"),
        ("مؤمن", "مومن"),
        ("ماء", "ما"),
        ("قهوة", "قهوه"),
        ("مستشفى", "مستشفي"),
        ("كـــتاب", "كتاب"),
        ("گهوة", "كهوه"),
        ("چاي", "جاي"),
        ("پيتزا", "بيتزا"),
        ("ڤيلا", "فيلا"),
        ("ژاله", "زاله"),
        ("علی", "علي"),
        ("کتاب", "كتاب"),
        ("ﻛﺘﺎﺏ", "كتاب"),
        ("ﷲ", "الله"),
        ("لا", "لا"),
        ("٢٥٠", "250"),
        ("۲۵۰", "250"),
        ("CAFÉ", "cafe"),
        ("Crème", "creme"),
        ("naïve", "naive"),
        ("Straße", "strasse"),
        ("Øre", "ore"),
        ("Łódź", "lodz"),
        ("Œuvre", "oeuvre"),
        ("ｆｕｌｌ", "full"),
        ("ﬁne", "fine"),
        ("İstanbul", "istanbul"),
        ("ab\u200fcd", "abcd"),
        ("a\u0301", "a"),
    ],
)
def test_spellings_are_made_alike(written, read):
    assert normalised(written) == read


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Oud oil, 12 ml", ["oud", "oil", "12", "ml"]),
        ("oud-oil_gift", ["oud", "oil", "gift"]),
        ("Nura’s sweets", ["nuras", "sweets"]),
        ("عود؛ مسك، عنبر؟", ["عود", "مسك", "عنبر"]),
        ("oud OUD Oud", ["oud"]),
        ("% _ \\ ' \" ; --", []),
        ("🙂 ❤️", []),
        ("x" * 100, ["x" * 24]),
        ("", []),
    ],
)
def test_text_is_taken_apart_into_words(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ("oil for men", ["oil", "men"]),
        ("The House of Oud", ["house", "oud"]),
        ("عطر من العود", ["عطر", "العود"]),
        ("هدية إلى أمي", ["هديه", "امي"]),
        ("the", ["the"]),
        ("في", ["في"]),
        ("a b c d e f g h i j", ["b", "c", "d", "e", "f", "g", "h", "i"]),
        ("علي", ["علي"]),
    ],
)
def test_words_that_only_join_others_are_not_looked_for(search, words):
    assert looked_for(search) == words


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("العود", ["العود", "عود"]),
        ("والعود", ["والعود", "عود"]),
        ("بالعود", ["بالعود", "عود"]),
        ("للبيت", ["للبيت", "بيت"]),
        ("الى", ["الى"]),
        ("الم", ["الم"]),
        ("oud", ["oud"]),
    ],
)
def test_a_word_is_known_without_its_article(word, forms):
    assert forms_of(word) == forms


LETTERS = "abcdefghijklmnopqrstuvwxyzابتثجحخدذرزسشصضطظعغفقكلمنهوي"


@given(word=st.text(LETTERS, min_size=4, max_size=12), data=st.data())
def test_every_single_slip_is_forgiven(word, data):
    """One letter too many, too few, another one, or two that are swapped."""
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from(LETTERS))
    slip = data.draw(
        st.sampled_from(
            [
                word[:place] + letter + word[place:],
                word[:place] + letter + word[place + 1 :],
                word[:place]
                + word[place + 1 : place + 2]
                + word[place : place + 1]
                + word[place + 2 :],
                *([word[:place] + word[place + 1 :]] if len(word) > 4 else []),
            ]
        )
    )

    assert set(slips_of(word)) & set(slips_of(slip))


@given(text=st.text(max_size=300))
def test_any_text_can_be_kept(text):
    entries = entries_of(names=[text], descriptions=[text])

    assert all("\x00" not in entry for entry in entries)
    assert entries == sorted(set(entries))


# Finding ------------------------------------------------------------------------------------------


@pytest.fixture
def find(tenant_a):
    """The slugs that words find, the best first."""

    def find(search, **asked):
        with scopes.tenant(tenant_a.id):
            found = in_order(shelf(search=search, **asked), sort="", search=search)
            return [item.slug for item in found]

    return find


@pytest.mark.parametrize(
    "search",
    [
        "oud",
        "OUD oil",
        "oi",
        "perfumes",
        "prefume",
        "perfum",
        "perrfume",
        "perfune",
        "العود",
        "عود",
        "دُهن",
        "عطور",
        "hous-oud",
    ],
)
def test_an_item_is_found(put, find, search):
    put(slug="house-oud", name_en="Oud oil perfume", name_ar="عطر دهن العود")
    put(slug="pot", name_en="Clay pot", name_ar="جرة فخار")

    assert find(search) == ["house-oud"]


@pytest.mark.parametrize("search", ["cat", "oux", "oud pot", "زعفران", "perfection"])
def test_what_is_something_else_is_not_found(put, find, search):
    put(slug="house-oud", name_en="Oud oil perfume", name_ar="عطر دهن العود")

    assert find(search) == []


@pytest.mark.parametrize("search", ["", "   ", "%", "_", "'", "\\", '"; --', "🙂"])
def test_nothing_to_look_for_leaves_nothing_out(put, find, search):
    put(slug="pot")

    assert find(search) == ["pot"]


def test_the_best_match_comes_first(put, find):
    put(
        slug="described",
        name_en="Gift",
        name_ar="هدية",
        description_en="Goes with amber",
        position=1,
    )
    put(slug="slip", name_en="Ambre", name_ar="هدية", position=2)
    put(slug="beginning", name_en="Ambergris", name_ar="هدية", position=3)
    put(slug="whole-late", name_en="Amber", name_ar="هدية", position=5)
    put(slug="whole-early", name_en="Old amber", name_ar="هدية", position=4)

    assert find("amber") == ["whole-early", "whole-late", "beginning", "slip", "described"]


def test_a_new_name_is_found_and_the_old_one_no_longer(put, find, tenant_a):
    item = put(slug="thing", name_en="Lantern", name_ar="فانوس")
    with scopes.tenant(tenant_a.id):
        item.name_en = "Candle"
        item.save()

    assert (find("candle"), find("lantern")) == (["thing"], [])


def test_another_tenants_items_are_not_found(put, find, tenant_b):
    put(slug="theirs", tenant=tenant_b)

    assert find("oud") == []


def test_staff_find_drafts_too(put, tenant_a):
    put(slug="draft", status="draft")

    with scopes.tenant(tenant_a.id):
        assert [item.slug for item in items_matching(search="oil")] == ["draft"]


# The page -----------------------------------------------------------------------------------------


def shown(page):
    links = page.text.split('class="item-card-name"')[1:]
    return [link.partition("/items/")[2].partition("/")[0] for link in links]


@pytest.fixture
def priced(put):
    """Three items at three prices, one without a price and one that is sold out."""
    for position, (slug, price, stock) in enumerate(
        [("mid", "5.000", None), ("low", "1.000", 3), ("asked", None, None), ("high", "9.500", 0)]
    ):
        put(slug=slug, price=price, stock=stock, position=position)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", ["mid", "low", "asked", "high"]),
        ("?sort=price", ["low", "mid", "high", "asked"]),
        ("?sort=-price", ["high", "mid", "low", "asked"]),
        ("?sort=newest", ["high", "asked", "low", "mid"]),
        ("?sort=nonsense", ["mid", "low", "asked", "high"]),
        ("?available=1", ["mid", "low", "asked"]),
        ("?least=2", ["mid", "high"]),
        ("?least=%D9%A2&most=%D9%A5%D9%AB%D9%A0", ["mid"]),
        ("?most=x", ["mid", "low", "asked", "high"]),
        ("?least=NaN", ["mid", "low", "asked", "high"]),
        ("?least=9&most=1", []),
        ("?kind=service", []),
    ],
)
def test_the_list_is_put_in_order_and_narrowed(priced, visit, query, slugs):
    assert shown(visit.get(f"/en/items/{query}")) == slugs


def test_the_list_is_narrowed_by_category(put, visit, tenant_a):
    inside, outside = put(slug="inside"), put(slug="outside")
    with scopes.tenant(tenant_a.id):
        oils = Category.objects.create(slug="oils", name_ar="زيوت", name_en="Oils & <b>more</b>")
        Category.objects.create(slug="empty", name_ar="فارغ", name_en="Empty one")
        ItemCategory.objects.create(item=inside, category=oils)
    assert outside

    every, one = visit.get("/en/items/"), visit.get("/en/items/?category=oils")

    assert 'href="?category=oils"' in every.text
    assert "Empty one" not in every.text
    assert shown(one) == ["inside"]
    assert "<h1>Oils &amp; &lt;b&gt;more&lt;/b&gt;</h1>" in one.text
    assert shown(visit.get("/en/items/?category=nowhere")) == []
    assert shown(visit.get("/en/items/?category=empty")) == []


def test_categories_count_what_their_links_lead_to(put, visit, tenant_a):
    oil, pot = put(slug="oil"), put(slug="pot", name_en="Clay pot", name_ar="جرة", kind="service")
    with scopes.tenant(tenant_a.id):
        for place, (slug, items) in enumerate([("gifts", [oil, pot]), ("clay", [pot])]):
            category = Category.objects.create(
                slug=slug, name_ar=slug, name_en=slug.title(), position=place
            )
            for item in items:
                ItemCategory.objects.create(item=item, category=category)

    def counted(query):
        pills = visit.get(f"/en/items/{query}").text.split('class="pill-name">')[1:]
        numbered = [pill.partition("</a>")[0].partition("</bdi>")[::2] for pill in pills]
        return [f"{name} {number.strip()[5:-6]}" for name, number in numbered]

    kinds = ["All 2", "Products 1", "Services 1"]
    assert counted("") == [*kinds, "Gifts 2", "Clay 1"]
    assert counted("?kind=product") == [*kinds, "Gifts 1"]
    assert counted("?kind=product&category=clay") == ["All 1", "Services 1", "Gifts ", "Clay "]
    assert counted("?search=oud") == []
    assert counted("?search=oud&category=clay") == ["Gifts ", "Clay "]
    assert visit.get("/en/items/?search=oud&category=clay").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_a_search_takes_five_queries(put, visit, tenant_a, rows):
    with scopes.tenant(tenant_a.id):
        category = Category.objects.create(slug="oils", name_ar="زيوت", name_en="Oils")
    for _ in range(rows):
        item = put(pictures=1)
        with scopes.tenant(tenant_a.id):
            ItemCategory.objects.create(item=item, category=category)
    path = "/en/items/?search=oud+oil&category=oils&kind=product&sort=price&available=1&most=99"
    visit.get(path)

    with CaptureQueriesContext(connection) as queries:
        assert len(shown(visit.get(path))) == rows

    assert len(queries) == 5


def test_pages_keep_what_the_list_is_narrowed_to(put, visit):
    for number in range(25):
        put(slug=f"i-{number}", position=number)

    page = visit.get("/en/items/?search=oud&sort=price&least=1&page=2")

    assert 'href="?page=1&amp;search=oud&amp;least=1.000&amp;sort=price"' in page.text
    assert len(shown(page)) == 1


@pytest.mark.parametrize("search", ["x" * 5000, "\x00", "a\x1fb", "'; drop table", "%%%", "٪"])
def test_any_words_are_answered(put, visit, search):
    put()

    assert visit.get("/en/items/", {"search": search}).status_code == 200


# The API ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["search=oud", "sort=price", "sort=-price", "sort=newest", ""])
def test_pages_of_the_api_miss_nothing_and_double_nothing(put, visit, query):
    wanted = set()
    for number in range(30):
        price = None if number % 7 == 0 else f"{number % 4}.500"
        wanted.add(put(slug=f"i-{number}", price=price, position=number % 5).slug)

    seen, url = [], f"/api/v1/items/?page_size=7&{query}"
    while url:
        answer = visit.get(url).json()
        seen += [item["slug"] for item in answer["results"]]
        url = answer["next"]

    assert sorted(seen) == sorted(wanted)


@pytest.mark.parametrize("position", ["NaN", "1e9", "x", "9" * 30, "1.5", "-0", "1.2345"])
@pytest.mark.parametrize("query", ["search=oud", "sort=price"])
def test_a_forged_cursor_does_no_harm(put, visit, query, position):
    from base64 import b64encode

    put()
    cursor = b64encode(f"p={position}".encode()).decode()

    answer = visit.get(f"/api/v1/items/?{query}", {"cursor": cursor})

    assert answer.status_code in (200, 404)


def test_the_api_lists_categories_with_their_items(put, visit, tenant_a):
    item = put()
    with scopes.tenant(tenant_a.id):
        oils = Category.objects.create(slug="oils", name_ar="زيوت", name_en="Oils", position=2)
        pots = Category.objects.create(slug="pots", name_ar="أوانٍ", name_en="Pots", position=1)
        ItemCategory.objects.create(item=item, category=oils)
        ItemCategory.objects.create(item=item, category=pots)

    answer = visit.get("/api/v1/categories/", headers={"Accept-Language": "ar"})

    assert answer.json() == {
        "next": None,
        "previous": None,
        "results": [
            {"slug": "pots", "name": "أوانٍ", "items": 1},
            {"slug": "oils", "name": "زيوت", "items": 1},
        ],
    }
    assert [one["slug"] for one in visit.get("/api/v1/items/?category=oils").json()["results"]] == [
        item.slug
    ]


def test_a_shelf_of_before_the_search_is_filled_in_chunk_by_chunk(put, tenant_a, monkeypatch):
    migration = import_module("storefront.migrations.0006_search")
    monkeypatch.setattr(migration, "_CHUNK", 2)
    for number in range(5):
        put(name_en=f"Oud {number}")

    with scopes.tenant(tenant_a.id), transaction.atomic():
        for item in CatalogItem.objects.all():
            ItemWords.objects.update_or_create(
                item=item,
                defaults={
                    "found_by": entries_of(
                        names=(item.name_ar, item.name_en, item.slug),
                        descriptions=(item.description_ar, item.description_en),
                    )
                },
            )
        before = dict(ItemWords.objects.values_list("item_id", "found_by"))
        ItemWords.objects.all().delete()
        migration.fill(apps, SimpleNamespace(connection=connection))
        after = dict(ItemWords.objects.values_list("item_id", "found_by"))

    assert len(after) == 5
    assert after == before
