"""Tables become items: compared first, then imported as they were seen."""

import pytest

from tests.storefront.importing import OIL, Importer, told


@pytest.fixture
def importer(tenant_a, user, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return Importer(tenant_a, user)


def test_a_new_item_is_made(importer):
    done = importer.run(OIL)

    item = importer.items()["oil"]
    assert (done.new, done.changed) == (1, 0)
    assert (item.name_en, str(item.price), item.status) == ("Oil", "5.000", "draft")


def test_what_is_wrong_is_told_by_row_and_column(importer):
    comparison = importer.compare(OIL, {**OIL, "slug": "other", "price": "1.2345", "kind": "food"})

    assert told(comparison) == [
        (3, "kind", "Write one of these: product, service, project."),
        (3, "price", "Enter an amount such as 12.500, with at most three decimals."),
    ]


def test_an_export_imported_changes_nothing(importer, put):
    put(slug="a", pictures=2, stock=5)
    comparison = importer.compare(importer.read_export())

    assert (told(comparison), comparison.writes) == ([], 0)
