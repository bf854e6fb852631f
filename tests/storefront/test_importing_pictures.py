"""Pictures by name: files that were sent along, an item's own, and those that are nobody's."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from storefront.domain.importing import StaleImportError
from storefront.domain.sent_pictures import take_pictures
from storefront.domain.uploads import Announcement
from storefront.models import MediaAsset
from storefront.uploads.models import MediaUpload
from tests.storefront.importing import OIL, Importer, table, told
from tests.storefront.uploads import drawn, process

RED, BLUE = drawn(colour=(200, 0, 0)), drawn(size=(96, 128), colour=(0, 0, 200))


@pytest.fixture
def importer(tenant_a, up, user):
    return Importer(tenant_a, user)


def row(pictures, **cells):
    return {**OIL, "pictures": pictures, **cells}


def send(importer, *rows, **files):
    """Send a table with files and import it; names' dots are underscores. What was not named."""
    named = {name.replace("_jpg", ".jpg"): content for name, content in files.items()}
    sent = [
        (Announcement(name, "image/jpeg", len(content)), ContentFile(content))
        for name, content in named.items()
    ]
    with importer.scope():
        pictures, unnamed = take_pictures(
            table(*rows), sent, actor_id=importer.user.id, now=timezone.now()
        )
    done = importer.run(*rows, pictures=pictures)
    for media_id in pictures.values():
        process(str(media_id))
    return done, unnamed


def shown(importer, slug="oil"):
    """The pictures of the item, in their order."""
    return [asset.id for asset in importer.items()[slug].media.all()]


def upload(up, name, content=RED, *, ready=True):
    media = up.announce(content, filename=name)
    assert up.put(media, content).status_code == 204
    up.complete(media["id"])
    if ready:
        process(media["id"])
    return media["id"]


def test_files_sent_along_are_uploaded_in_the_cells_order(importer):
    _done, unnamed = send(importer, row("b.jpg|A.jpg"), a_jpg=RED, b_jpg=BLUE, c_jpg=RED)

    with importer.scope():
        names = [MediaUpload.objects.get(id=media).filename for media in shown(importer)]
        ready = [bool(asset.renditions) for asset in MediaAsset.objects.all()]
    assert (names, ready, unnamed) == (["b.jpg", "a.jpg"], [True, True], ("c.jpg",))


def test_the_same_again_changes_nothing(importer):
    rows = row("a.jpg|b.jpg")
    send(importer, rows, a_jpg=RED, b_jpg=BLUE)
    before = shown(importer)

    with_files, _ = send(importer, rows, a_jpg=RED, b_jpg=BLUE)
    without = importer.compare(rows)
    exported = importer.compare(importer.read_export())

    assert (with_files.changed, without.writes, exported.writes) == (0, 0, 0)
    assert shown(importer) == before


def test_another_file_of_the_same_name_takes_its_place(importer):
    send(importer, row("a.jpg"), a_jpg=RED)
    before = shown(importer)

    done, _ = send(importer, row("a.jpg"), a_jpg=BLUE)

    assert done.changed == 1
    assert shown(importer) != before


def test_the_order_of_the_cell_is_the_pictures(importer):
    send(importer, row("a.jpg|b.jpg"), a_jpg=RED, b_jpg=BLUE)
    before = shown(importer)

    importer.run(row("b.jpg|a.jpg"))

    assert shown(importer) == before[::-1]


def test_an_empty_cell_takes_all_away_and_no_column_none(importer):
    send(importer, row("a.jpg"), a_jpg=RED)

    importer.run({"slug": "oil", "name_en": "Other"})
    assert len(shown(importer)) == 1
    importer.run({"slug": "oil", "pictures": ""})
    assert shown(importer) == []


def test_pictures_uploaded_before_are_found_by_name_and_id(importer, up):
    first, second = upload(up, "One Two.JPG"), upload(up, "b.jpg", BLUE)

    importer.run(row(f"one  two.jpg|{second}"))

    assert [str(media) for media in shown(importer)] == [first, second]


def test_of_several_with_a_name_the_newest_is_taken_and_told(importer, up):
    upload(up, "a.jpg")
    newest = upload(up, "a.jpg", BLUE)

    (entry,) = importer.compare(row("a.jpg")).entries

    assert ([str(media) for media in entry.ids], entry.doubtful) == ([newest], ("a.jpg",))


def test_names_that_lead_nowhere(importer, up, uploader, tenant_b):
    upload(up, "early.jpg", ready=False)
    theirs = upload(uploader(tenant_b), "theirs.jpg")
    upload(up, "taken.jpg")
    importer.run(row("taken.jpg", slug="other"))

    names = ("early.jpg", "theirs.jpg", theirs, "taken.jpg", "../a.jpg", "none.jpg")
    (fault,) = told(importer.compare(row("|".join(names))))

    assert fault[:2] == (2, "pictures")
    assert fault[2].endswith(f": {', '.join(names)}.")


def test_a_picture_is_one_item_s(importer, up):
    upload(up, "a.jpg")
    twice = told(importer.compare(row("a.jpg|a.jpg")))
    shared = told(importer.compare(row("a.jpg"), row("a.jpg", slug="other")))
    many = told(importer.compare(row("|".join(f"{number}.jpg" for number in range(21)))))

    assert twice == [(2, "pictures", "A picture is named twice.")]
    assert shared == [(3, "pictures", "Another row has one of these pictures already.")]
    assert many == [(2, "pictures", "An item may have up to 20 pictures.")]


def test_a_file_that_turns_out_to_be_no_picture_is_told(importer):
    fake = b"<html>" * 20
    send(importer, row("a.jpg", slug="other"), a_jpg=fake)
    with importer.scope():
        media_id = MediaUpload.objects.get(filename="a.jpg").id

    (fault,) = told(importer.compare(row("a.jpg"), pictures={"a.jpg": media_id}))

    assert fault[:2] == (2, "pictures")
    assert fault[2].startswith("a.jpg: ")


def test_pictures_with_one_name_go_by_their_order(importer, up):
    ids = [upload(up, "image.jpg"), upload(up, "image.jpg", BLUE)]
    importer.run(row("|".join(ids)))

    assert importer.read_export().rows[0].cells["pictures"] == "image.jpg|image.jpg"
    assert importer.compare(importer.read_export()).writes == 0


def test_a_picture_taken_meanwhile_is_looked_at_again(importer, up):
    upload(up, "a.jpg")
    import_id, seen = importer.keep(row("a.jpg"))
    importer.run(row("a.jpg", slug="other"))

    with pytest.raises(StaleImportError):
        importer.commit(import_id, seen)

    assert "oil" not in importer.items()
