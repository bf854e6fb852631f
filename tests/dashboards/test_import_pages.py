"""The staff's pages of importing and exporting items: chosen, looked at, imported."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dashboards.views.import_lines import MOST
from storefront.models import CatalogItem, MediaAsset
from tenants import scopes
from tests.dashboards.conftest import put
from tests.storefront.uploads import drawn

HEAD = "slug,kind,name_ar,name_en,price,stock,description_en,pictures\n"
OIL = "oil,product,دهن,Oil,5,3,Fine,\n"


@pytest.fixture(autouse=True)
def disk(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


def choose(desk, content, *pictures, name="items.csv"):
    """The answer to a chosen table."""
    content = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, content, "text/csv")
    return desk.send("items/import/", {"file": file, "pictures": list(pictures)})


def look(desk, content, *pictures):
    """The page that a chosen table leads to, and its path below the tenant's slug."""
    answer = choose(desk, content, *pictures)
    assert answer.status_code == 302, answer.text
    path = answer["Location"].removeprefix(f"/{desk.tenant.slug}/")
    return desk.see(path), path


def seen(page):
    """What the form of the page sends."""
    found = re.search(r'name="seen" value="([^"]+)"', page.text)
    return {"seen": found[1]} if found else {}


def counts(page):
    return [int(n) for n in re.findall(r"<dd>\s*<bdi>(\d+)</bdi>", page.text)]


def slugs(tenant):
    with scopes.tenant(tenant.id):
        return set(CatalogItem.objects.values_list("slug", flat=True))


def test_a_table_is_chosen_looked_at_and_imported(desk):
    put(desk.tenant, slug="old", name_en="Old", stock=1)
    put(desk.tenant, slug="same", name_en="Same", name_ar="هو")
    page, path = look(
        desk, "slug,kind,name_ar,name_en,price\nnew-one,product,جديد,Fresh,5\nold,,,,\n"
        .replace("old,,,,", "old,product,قديم,Older,4") + "same,product,هو,Same,12.5\n"
    )  # fmt: skip

    assert counts(page) == [1, 1, 1, 0]
    assert "Import 2 items" in page.text
    assert slugs(desk.tenant) == {"old", "same"}

    answer = desk.send(path, seen(page))
    assert slugs(desk.tenant) == {"old", "same", "new-one"}
    assert "2 items imported." in desk.see("items/").text
    assert answer.status_code == 302


def test_what_changes_is_shown_old_and_new(desk):
    put(desk.tenant, slug="oil", name_en="Oil", name_ar="دهن", stock=1, price="5.000")

    page, _ = look(desk, HEAD + OIL)

    text = " ".join(re.sub(r"<[^>]+>", " ", page.text).split())
    assert "Stock Before: 1 After: 3" in text
    assert "Description in English Before: – After: Fine" in text
    assert "Price Before:" not in text


def test_what_is_wrong_is_shown_first_and_nothing_can_be_imported(desk):
    page, path = look(desk, HEAD + OIL + "bad,food,س,B,1.2345,x,,\n")

    assert counts(page) == [1, 0, 0, 1]
    assert seen(page) == {}
    assert page.text.index("Write one of these") < page.text.index(">Oil<")
    assert page.text.count("Row 3") == 4  # the row, and three cells
    assert desk.send(path, {"seen": ""}).status_code == 302
    assert slugs(desk.tenant) == set()


def test_sent_twice_it_is_imported_once(desk):
    page, path = look(desk, HEAD + OIL)

    first, second = desk.send(path, seen(page)), desk.send(path, seen(page))

    assert first["Location"] == second["Location"] == desk.path("items/")
    assert slugs(desk.tenant) == {"oil"}
    assert desk.see(path)["Location"] == desk.path("items/import/")
    assert "isn’t kept any more" in desk.see("items/import/").text


def test_a_catalog_that_changed_is_looked_at_again(desk):
    page, path = look(desk, HEAD + OIL)
    put(desk.tenant, slug="oil", name_en="Theirs")

    answer = desk.send(path, seen(page))

    assert answer["Location"] == desk.path(path)
    again = desk.see(path)
    assert "The catalog has changed since" in again.text
    assert "notice-caution" in again.text
    assert counts(again) == [0, 1, 0, 0]
    desk.send(path, seen(again))
    with scopes.tenant(desk.tenant.id):
        assert CatalogItem.objects.get().name_en == "Oil"


def test_a_table_belongs_to_who_chose_it(desk, staff_of, shop, new_tenant):
    page, path = look(desk, HEAD + OIL)
    elsewhere = new_tenant()
    colleague, stranger = staff_of(shop), staff_of(elsewhere)

    for other in (colleague, stranger):
        assert other.see(path)["Location"] == other.path("items/import/")
        other.send(path, seen(page))
    assert (slugs(shop), slugs(elsewhere)) == (set(), set())
    assert stranger.get(desk.path(path)).status_code == 404


def test_nothing_to_change_is_said(desk):
    put(desk.tenant, slug="oil", name_en="Oil", name_ar="دهن")

    page, _ = look(desk, "slug,name_en\noil,Oil\n")

    assert "Nothing would change" in page.text
    assert seen(page) == {}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04", "This is an Excel workbook."),
        (b"slug,colour\na,b\n", "There are no such columns: colour."),
        (b"slug,price\n", "no rows below them"),
        (b"a" * (5 * 1024 * 1024 + 1), "The file is too large"),
    ],
)
def test_what_is_no_table_is_told_at_the_field(desk, content, told):
    answer = choose(desk, content)

    assert answer.status_code == 400
    assert answer.text.count(told) == 2  # in the summary and at the field
    assert 'aria-invalid="true"' in answer.text


def test_no_file_is_told(desk):
    answer = desk.send("items/import/", {})

    assert answer.status_code == 400
    assert "Choose a file." in answer.text


def test_faults_are_in_the_person_s_language(staff_of, shop):
    desk = staff_of(shop, language="ar")
    told = choose(desk, b"").text
    page, _ = look(desk, HEAD + "oil,food,دهن,Oil,5,3,,\n")

    assert "الملف فارغ." in told
    assert "اكتب واحدة من هذه الكلمات" in page.text
    assert "لا يمكن الاستيراد بعد" in page.text


def test_older_arabic_letters_are_read_with_a_warning(desk):
    page, _ = look(desk, (HEAD + OIL).encode("windows-1256"))

    assert "Windows-1256" in page.text
    assert "Oil" in page.text


def test_pictures_come_along(desk):
    red = SimpleUploadedFile("red.jpg", drawn(colour=(200, 0, 0)), "image/jpeg")
    other = SimpleUploadedFile("other.jpg", drawn(), "image/jpeg")
    svg = SimpleUploadedFile("logo.svg", b"<svg/>", "image/svg+xml")
    page, path = look(desk, HEAD + OIL.replace("Fine,", "Fine,Red.jpg"), red, other, svg)

    assert "These files are left out" in page.text
    assert "logo.svg: Choose a picture" in page.text
    assert "other.jpg" in page.text
    desk.send(path, seen(page))

    with scopes.tenant(desk.tenant.id):
        assert MediaAsset.objects.get().item.slug == "oil"


def test_markup_in_a_table_is_text(desk):
    page, _ = look(desk, HEAD + 'oil,product,دهن,"<script>alert(1)</script>",5,3,,\n')

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_a_long_table_shows_its_first_items(desk):
    rows = "".join(f"item-{n},product,س,Item {n},1,1,,\n" for n in range(MOST + 5))

    page, _ = look(desk, HEAD + rows + "bad,food,س,Bad,1,1,,\n")

    assert page.text.count('class="import-line"') == MOST
    assert f"The first {MOST} of {MOST + 6} items" in page.text
    assert page.text.index("Bad") < page.text.index("Item 0")


def test_the_form_lists_every_column(desk):
    page = desk.see("items/import/")

    assert all(f">{name}</code>" in page.text for name in HEAD.strip().split(","))


def test_the_export_is_a_file_for_spreadsheets(desk):
    put(desk.tenant, slug="oil", name_en="=1+1", stock=3, description_en="a\nb")
    answer = desk.see("items/export.csv")

    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert re.search(
        rf'attachment; filename="{desk.tenant.slug}-items-[\d-]+\.csv"',
        answer["Content-Disposition"],
    )
    assert content.startswith(b"\xef\xbb\xbfkind,slug,name_ar,name_en,")
    assert b"\r\nproduct,oil," in content
    assert b",'=1+1," in content
    assert b",12.500,3," in content


def test_what_is_exported_is_imported_without_a_change(desk):
    put(desk.tenant, slug="oil", name_en="=1+1", stock=3)
    content = b"".join(desk.see("items/export.csv").streaming_content)

    page, _ = look(desk, content)

    assert counts(page) == [0, 0, 1, 0]


def test_an_export_is_the_tenant_s_own(desk, staff_of, new_tenant):
    put(desk.tenant, slug="oil")
    other = staff_of(new_tenant())

    assert b"oil" not in b"".join(other.see("items/export.csv").streaming_content)


def test_the_list_leads_to_both(desk):
    page = desk.see("items/").text

    assert f'href="{desk.path("items/import/")}"' in page
    assert f'href="{desk.path("items/export.csv")}"' in page
