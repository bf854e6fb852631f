"""Addresses of static files are remembered, and forgotten with the manifest that they came from."""

import pytest

from config.staticfiles import ManifestStorage


@pytest.fixture
def storage(tmp_path):
    """A storage that knows one file."""
    found = ManifestStorage(location=tmp_path, base_url="/static/")
    found.hashed_files = {"a.css": "a.1.css"}
    return found


def test_an_address_is_worked_out_once(storage):
    assert storage.url("a.css") == "/static/a.1.css"
    storage.hashed_files = {}

    assert storage.url("a.css") == "/static/a.1.css"


def test_a_new_manifest_brings_new_addresses(storage):
    storage.url("a.css")
    storage.hashed_files = {"a.css": "a.2.css"}
    storage.save_manifest()

    assert storage.url("a.css") == "/static/a.2.css"


def test_an_unknown_name_is_refused_each_time(storage):
    for _ in range(2):
        with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
            storage.url("b.css")
