"""An item's pictures in its form: without a script, and what a script asks for."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from storefront.domain.media import MOST_PICTURES
from storefront.models import CatalogItem, MediaAsset
from storefront.uploads.models import MediaUpload
from tenants import scopes
from tests.dashboards.conftest import counted, put
from tests.dashboards.test_items import NEW, shown
from tests.storefront.uploads import drawn, files, process

JPEG = drawn(size=(400, 300), colour=(200, 30, 30))
RENDITIONS = [{"name": "items/a.webp", "width": 320, "height": 240, "content_type": "image/webp"}]


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    """A disk of the test's own."""
    settings.MEDIA_ROOT = tmp_path / "media"


def picture(tenant, item=None, position=0, renditions=RENDITIONS, **fields):
    with scopes.tenant(tenant.id):
        return MediaAsset.objects.create(
            item=item, position=position, renditions=renditions, **fields
        )


def chosen(name="a.jpg", content=JPEG, content_type="image/jpeg"):
    return SimpleUploadedFile(name, content, content_type)


def pictures_of(tenant, slug):
    with scopes.tenant(tenant.id):
        return list(CatalogItem.objects.get(slug=slug).media.all())


def sent(desk, slug="oud-oil", **changes):
    """The form of an item with its pictures, as a browser without a script sends it."""
    page = desk.see(f"items/{slug}/")
    fields = {**shown(desk, slug), "pictures_shown": "1", "media": []}
    for card in page.context["cards"]:
        fields["media"].append(str(card.media_id))
        for name in ("alt_ar", "alt_en", "place"):
            fields[f"{card.media_id}-{name}"] = card.form[name].value() or ""
    return {**fields, **changes}


def test_files_of_a_plain_form_become_pictures(desk, shop):
    response = desk.send(
        "items/new/",
        {**NEW, "pictures_shown": "1", "pictures": [chosen("a.jpg"), chosen("b.HEIC", JPEG, "")]},
    )

    assert response.headers["Location"] == desk.path("items/white-musk/")
    first, second = pictures_of(shop, "white-musk")
    with scopes.tenant(shop.id):
        uploads = MediaUpload.objects.in_bulk()
    assert [uploads[one.id].content_type for one in (first, second)] == ["image/jpeg", "image/heic"]
    process(str(first.id))
    process(str(second.id))
    page = desk.see("items/white-musk/").text
    assert page.count('class="picture-card"') == 2
    assert "not the kind of picture" in page
    assert 'translate="no">b.HEIC</bdi>' in page
    assert len(files(shop)) == 4


def test_while_it_is_being_prepared_the_page_looks_again(desk, shop):
    desk.send("items/new/", {**NEW, "pictures_shown": "1", "pictures": [chosen()]})
    media_id = pictures_of(shop, "white-musk")[0].id
    path = f"items/pictures/{media_id}/state/"

    for text in (desk.see("items/white-musk/").text, desk.see(path).text):
        assert f'hx-get="{desk.path(path)}"' in text
        assert "Being prepared" in text
    process(str(media_id))

    done = desk.see(path).text
    assert "hx-get" not in done
    assert re.search(r'src="/media/[^"]*\.avif"', done)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (chosen("a.svg", b"<svg/>", "image/svg+xml"), "a.svg: Choose a picture"),
        (chosen("a.html", b"<p>", "text/html"), "a.html: Choose a picture"),
        (chosen("a.jpg", b""), "a.jpg: The file is empty"),
        (chosen("a.jpg", b"x" * (25 * 1024 * 1024 + 1)), "a.jpg: A picture may have up to 25 MB"),
    ],
    ids=["SVG", "HTML", "empty", "large"],
)
def test_a_file_that_is_not_taken_is_named_and_the_others_are_kept(desk, shop, file, said):
    response = desk.send(
        "items/new/", {**NEW, "pictures_shown": "1", "pictures": [chosen("good.jpg"), file]}
    )

    assert response.status_code == 400
    assert said in response.text
    assert "error-summary" in response.text
    (card,) = response.context["cards"]
    assert card.picture.upload.filename == "good.jpg"
    with scopes.tenant(shop.id):
        assert not CatalogItem.objects.exists()

    again = {**NEW, "pictures_shown": "1", "media": [str(card.media_id)]}
    assert desk.send("items/new/", again).status_code == 302
    assert [one.id for one in pictures_of(shop, "white-musk")] == [card.media_id]


def test_pictures_stay_when_something_else_is_wrong(desk, shop):
    response = desk.send(
        "items/new/", {**NEW, "price": "x", "pictures_shown": "1", "pictures": [chosen()]}
    )

    assert list(response.context["form"].errors) == ["price"]
    assert response.text.count('name="media"') == 1


def test_they_are_arranged_described_and_removed(desk, shop):
    item = put(shop)
    one, two, three = (picture(shop, item, number) for number in range(3))
    form = sent(
        desk,
        **{
            f"{one.id}-place": "3",
            f"{two.id}-remove": "on",
            f"{three.id}-place": "1",
            f"{three.id}-alt_ar": " قارورة ",
            f"{three.id}-alt_en": "A <b>bottle</b>",
        },
    )

    assert desk.send("items/oud-oil/", form).status_code == 302

    first, second = pictures_of(shop, "oud-oil")
    assert [first.id, second.id] == [three.id, one.id]
    assert (first.alt_ar, first.alt_en) == ("قارورة", "A <b>bottle</b>")
    with scopes.tenant(shop.id):
        assert not MediaAsset.objects.filter(id=two.id).exists()
    assert "A &lt;b&gt;bottle&lt;/b&gt;" in desk.see("items/oud-oil/").text


def test_words_that_are_too_long_are_told_at_their_field_and_kept(desk, shop):
    item = put(shop)
    one = picture(shop, item)
    form = sent(desk, **{f"{one.id}-alt_en": "x" * 201, f"{one.id}-alt_ar": "قارورة"})

    response = desk.send("items/oud-oil/", form)

    assert response.status_code == 400
    assert "x" * 201 in response.text
    assert "قارورة" in response.text
    assert 'class="field-error"' in response.text
    assert pictures_of(shop, "oud-oil")[0].alt_ar == ""


def test_a_picture_that_came_meanwhile_stays(desk, shop):
    item = put(shop)
    picture(shop, item)
    form = sent(desk)
    later = picture(shop, item, 9)

    desk.send("items/oud-oil/", form)

    assert later.id in [one.id for one in pictures_of(shop, "oud-oil")]


def test_a_form_that_shows_no_pictures_leaves_them_alone(desk, shop):
    item = put(shop)
    one = picture(shop, item)

    desk.send("items/oud-oil/", {**shown(desk), "name_en": "Oil"})

    assert [each.id for each in pictures_of(shop, "oud-oil")] == [one.id]


def test_others_pictures_are_not_taken(desk, shop, tenant_b):
    put(shop)
    neighbour = put(shop, "other")
    theirs, taken = picture(tenant_b), picture(shop, neighbour)
    media = [str(theirs.id), str(taken.id), str(uuid4()), "x", ""]

    assert desk.send("items/oud-oil/", sent(desk, media=media)).status_code == 302

    assert pictures_of(shop, "oud-oil") == []
    assert [one.id for one in pictures_of(shop, "other")] == [taken.id]


def test_a_picture_that_another_item_took_meanwhile_is_told_of(desk, shop, monkeypatch):
    item, neighbour = put(shop), put(shop, "other")
    free = picture(shop)
    from dashboards.views import pictures

    real = pictures.arrange_media

    def taken_first(**asked):
        MediaAsset.objects.filter(id=free.id).update(item=neighbour)
        return real(**asked)

    monkeypatch.setattr(pictures, "arrange_media", taken_first)
    response = desk.send("items/oud-oil/", sent(desk, media=[str(free.id)], name_en="Oil"))

    assert response.status_code == 400
    assert "Another item shows one of these pictures now." in response.text
    with scopes.tenant(shop.id):
        item.refresh_from_db()
        assert item.name_en == "Oud oil"


def test_there_is_a_most(desk, shop):
    item = put(shop)
    for number in range(MOST_PICTURES - 1):
        picture(shop, item, number)

    response = desk.send("items/oud-oil/", sent(desk, pictures=[chosen("1.jpg"), chosen("2.jpg")]))

    assert response.status_code == 400
    assert "An item may have up to 20 pictures." in response.text
    assert len(response.context["cards"]) == MOST_PICTURES


@pytest.mark.parametrize("number", [1, 3])
def test_the_form_takes_as_many_queries_however_many_pictures(desk, shop, number):
    item = put(shop)
    for each in range(number):
        picture(shop, item, each)

    # Session, person, member; categories; item, pictures, variants, its categories; uploads; settings.
    with counted(10):
        assert desk.see("items/oud-oil/").text.count('class="picture-card"') == number


@pytest.mark.parametrize("path", ["items/pictures/{id}/", "items/pictures/{id}/state/"])
def test_pieces_are_for_the_tenants_own_pictures(desk, shop, tenant_b, path):
    mine, theirs = picture(shop), picture(tenant_b)

    assert str(mine.id) in desk.see(path.format(id=mine.id)).text
    assert desk.see(path.format(id=theirs.id)).status_code == 404
    assert desk.see(path.format(id=uuid4())).status_code == 404
    assert desk.send(path.format(id=mine.id), {}).status_code == 405
