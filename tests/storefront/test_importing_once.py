"""Two imports at the same time: a table is imported once, whoever clicks twice."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from django.db import connections

from storefront.domain import importing
from storefront.domain.importing import Imported, StaleImportError
from tests.storefront.importing import OIL, Importer


@pytest.fixture
def importer(tenant_a, user, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return Importer(tenant_a, user)


def twice_at_once(importer, monkeypatch, *rows):
    """What two clicks lead to, both having looked whether it was done before one writes."""
    meet = Barrier(2)
    look = importing._done_already

    def look_and_wait(*args):
        found = look(*args)
        with suppress(BrokenBarrierError):  # the other waits for its turn: it hasn't looked yet
            meet.wait(1)
        return found

    def click(_number):
        try:
            return importer.commit(import_id, seen)
        except StaleImportError:
            return "stale"
        finally:
            connections.close_all()

    import_id, seen = importer.keep(*rows)
    monkeypatch.setattr(importing, "_done_already", look_and_wait)
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(click, range(2)))


def test_two_clicks_at_once_import_once(importer, monkeypatch):
    assert twice_at_once(importer, monkeypatch, OIL) == [Imported(1, 0)] * 2
    assert list(importer.items()) == ["oil"]


def test_the_lock_is_what_makes_it_so(importer, monkeypatch):
    monkeypatch.setattr(importing, "take_turn", lambda _name: None)

    assert "stale" in twice_at_once(importer, monkeypatch, OIL)
