"""One storage, one name, two tenants."""

from pathlib import Path
from urllib.parse import quote

import pytest
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tenants import scopes

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture
def files(a, b, settings, tmp_path):
    """`logo.txt` in both, with each one's name in it."""
    settings.MEDIA_ROOT = tmp_path
    for side in (a, b):
        with side.scope():
            assert default_storage.save("logo.txt", ContentFile(side.name.encode())) == "logo.txt"
    return a, b


def content(name):
    with default_storage.open(name) as file:
        return file.read().decode()


def test_the_same_name_holds_each_tenants_own_file(files, settings):
    for side in files:
        with side.scope():
            assert content("logo.txt") == side.name
            assert default_storage.listdir("") == ([], ["logo.txt"])
        assert (Path(settings.MEDIA_ROOT) / str(side.id) / "logo.txt").read_text() == side.name


def test_deleting_keeps_the_others(files):
    a, b = files
    with a.scope():
        default_storage.delete("logo.txt")
        assert not default_storage.exists("logo.txt")
    with b.scope():
        assert default_storage.exists("logo.txt")


NAMES = [
    "../{id}/logo.txt",
    "x/../../{id}/logo.txt",
    "./../{id}/logo.txt",
    "..",
    "/etc/passwd",
    "{root}/{id}/logo.txt",
    "../{mine}-other/logo.txt",
]
ACTS = {
    "open": lambda name: default_storage.open(name),
    "save": lambda name: default_storage.save(name, ContentFile(b"x")),
    "delete": lambda name: default_storage.delete(name),
    "exists": lambda name: default_storage.exists(name),
    "size": lambda name: default_storage.size(name),
    "list": lambda name: default_storage.listdir(name),
    "path": lambda name: default_storage.path(name),
    "url": lambda name: default_storage.url(name),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_out_is_refused(files, settings, act, name):
    a, b = files
    forged = name.format(id=b.id, mine=a.id, root=settings.MEDIA_ROOT)

    with a.scope(), pytest.raises(SuspiciousFileOperation):
        ACTS[act](forged)

    with b.scope():
        assert content("logo.txt") == "B"


def test_an_address_begins_with_the_tenants_id(files):
    for side in files:
        with side.scope():
            assert default_storage.url("logo.txt") == f"/media/{side.id}/logo.txt"


@pytest.mark.parametrize("name", ["..\\..\\logo.txt", "x\\..\\logo.txt", "\\logo.txt"])
def test_an_address_takes_a_backslash_for_a_slash(a, name):
    with a.scope(), pytest.raises(SuspiciousFileOperation):
        default_storage.url(name)


@pytest.mark.parametrize("name", ["%2e%2e/logo.txt", "http://x.example/logo.txt", "a b?c#d.txt"])
def test_an_address_stays_in_the_tenants_folder(a, name):
    with a.scope():
        address = default_storage.url(name)

    assert address == f"/media/{a.id}/{quote(name)}"


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("scope", [scopes.nowhere, scopes.public, scopes.platform])
def test_without_a_tenant_there_is_no_storage(files, act, scope):
    with scope(), pytest.raises(scopes.NoScopeError):
        ACTS[act]("logo.txt")
