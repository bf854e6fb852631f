"""The other's rows by key, and one's own instances in the other's scope."""

import copy
import pickle

import pytest
from asgiref.sync import async_to_sync
from django.db.models import prefetch_related_objects
from django.db.utils import ProgrammingError

from storefront.models import StorefrontSettings
from tenants import scopes
from tests.isolation.models import Note, Tag

pytestmark = pytest.mark.usefixtures("mode")


def test_equal_keys_lead_to_ones_own_rows(a, b):
    for side in (a, b, a):
        with side.scope():
            assert Note.objects.get(pk=1).title == f"{side.name}-1"
            assert StorefrontSettings.objects.get(pk=1).tagline_en == side.name
            assert [note.title for note in Note.objects.order_by("id")] == side.titles


def test_the_others_key_is_not_there(a, b, unharmed):
    with a.scope():
        assert not Note.objects.filter(pk=b.only).exists()
        assert Note.objects.in_bulk([b.only]) == {}
        assert Note.objects.filter(pk=b.only).update(title="mine now") == 0
        assert Note.objects.filter(pk=b.only).delete() == (0, {})
        with pytest.raises(Note.DoesNotExist):
            Note.objects.get(pk=b.only)


def test_an_update_or_delete_of_all_rows_is_of_ones_own(a, b, seeded):
    before = seeded.rows(b)

    with a.scope():
        Note.objects.update(title="changed", parent=None)
        Note.tags.through.objects.all().delete()
        Note.objects.all().delete()

    assert seeded.rows(a)["isolation_notes"] == []
    assert seeded.rows(b) == before


STALE = {
    "save": lambda note: note.save(),
    "save some fields": lambda note: note.save(update_fields=["title"]),
    "save as new": lambda note: note.save(force_insert=True),
    "save base": lambda note: note.save_base(raw=True),
    "asynchronous save": lambda note: async_to_sync(note.asave)(),
    "save a copy": lambda note: copy.copy(note).save(),
    "save a pickled copy": lambda note: pickle.loads(pickle.dumps(note)).save(),
    "delete": lambda note: note.delete(),
    "asynchronous delete": lambda note: async_to_sync(note.adelete)(),
    "refresh": lambda note: note.refresh_from_db(),
    "asynchronous refresh": lambda note: async_to_sync(note.arefresh_from_db)(),
    "deferred field": lambda note: note.body,
    "follow to one": lambda note: note.parent,
    "follow to many": lambda note: list(note.children.all()),
    "count of many": lambda note: note.children.count(),
    "follow many to many": lambda note: list(note.tags.all()),
    "prefetch to one": lambda note: prefetch_related_objects([note], "parent"),
    "prefetch to many": lambda note: prefetch_related_objects([note], "children"),
    "prefetch many to many": lambda note: prefetch_related_objects([note], "tags"),
    "create in bulk": lambda note: Note.objects.bulk_create([note]),
    "upsert in bulk": lambda note: Note.objects.bulk_create(
        [note], update_conflicts=True, unique_fields=["id"], update_fields=["title"]
    ),
    "update in bulk": lambda note: Note.objects.bulk_update([note], ["title"]),
    "update many": lambda note: note.children.update(title="mine now"),
    "delete many": lambda note: note.children.all().delete(),
    "create a child": lambda note: note.children.create(title="child"),
    "get or create a child": lambda note: note.children.get_or_create(title="child"),
    "add a child": lambda note: note.children.add(Note.objects.get(pk=5)),
    "set the children": lambda note: note.children.set([Note.objects.get(pk=5)]),
    "remove a child": lambda note: note.children.remove(Note.objects.get(pk=2)),
    "clear the children": lambda note: note.children.clear(),
    "be a parent": lambda note: Note(title="child", parent=note).save(),
    "become a parent": lambda note: Note.objects.filter(pk=5).get().__setattr__("parent", note),
    "add a tag": lambda note: note.tags.add(Tag.objects.get(pk=2)),
    "set the tags": lambda note: note.tags.set([Tag.objects.get(pk=2)]),
    "remove a tag": lambda note: note.tags.remove(Tag.objects.get(pk=1)),
    "clear the tags": lambda note: note.tags.clear(),
    "create a tag": lambda note: note.tags.create(name="green"),
    "be tagged": lambda note: Tag.objects.get(pk=2).note_set.add(note),
}


def refused(attack, *parts):
    try:
        attack(*parts)
    except (scopes.NoScopeError, scopes.WrongScopeError, ProgrammingError):
        return True  # what looks for rows of its own first finds that there is no such table
    return False


@pytest.mark.parametrize("attack", STALE)
def test_an_instance_is_of_no_use_in_the_others_scope(a, b, seeded, attack):
    with a.scope():
        stale = Note.objects.defer("body").get(pk=1)
    before = seeded.rows(a), seeded.rows(b)

    with b.scope(), pytest.raises(scopes.WrongScopeError):
        STALE[attack](stale)

    assert (seeded.rows(a), seeded.rows(b)) == before


def test_an_instance_is_of_no_use_without_a_tenant(a, unharmed):
    with a.scope():
        stale = Note.objects.defer("body").get(pk=1)

    for scope in (scopes.nowhere, scopes.public, scopes.platform):
        with scope():
            assert [name for name in STALE if not refused(STALE[name], stale)] == []


def test_a_created_instance_is_stamped_like_a_loaded_one(a, b, seeded):
    with a.scope():
        created = Note.objects.create(id=1000, title="A's")
        in_bulk = Note.objects.bulk_create([Note(id=1001, title="A's")])[0]

    before = seeded.rows(b)
    with b.scope():
        for note in (created, in_bulk):
            with pytest.raises(scopes.WrongScopeError):
                note.save()
    assert seeded.rows(b) == before


def test_one_foreign_instance_among_ones_own_stops_the_whole_batch(a, b, unharmed):
    with a.scope():
        foreign = Note.objects.get(pk=3)
    with b.scope():
        own = Note.objects.get(pk=2)
        own.title = foreign.title = "changed"

        with pytest.raises(scopes.WrongScopeError):
            Note.objects.bulk_update([own, foreign], ["title"])
        with pytest.raises(scopes.WrongScopeError):
            Note.objects.bulk_create([Note(id=1000, title="new"), foreign])


def test_a_foreign_instance_prefetched_among_ones_own_gets_nothing(a, b, unharmed):
    with a.scope():
        foreign = Note.objects.get(pk=1)
    with b.scope():
        own = Note.objects.get(pk=4)

        with pytest.raises(scopes.WrongScopeError):
            prefetch_related_objects([own, foreign], "children")


def test_a_foreign_instance_in_a_filter_finds_ones_own_rows_alone(a, b):
    with a.scope():
        foreign = Note.objects.get(pk=1)

    with b.scope():
        assert {note.title for note in Note.objects.filter(parent=foreign)} == {"B-2", "B-3"}


def test_related_rows_loaded_with_an_instance_are_stamped_as_well(a, b, unharmed):
    with a.scope():
        joined = Note.objects.select_related("parent").get(pk=2).parent
        prefetched = Note.objects.prefetch_related("children", "tags").get(pk=1)

    with b.scope():
        for note in (joined, *prefetched.children.all(), *prefetched.tags.all()):
            with pytest.raises(scopes.WrongScopeError):
                note.save()
