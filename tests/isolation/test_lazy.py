"""What is made in one scope and evaluated, or read on, in another."""

import pickle

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections, transaction
from django.db.models import Max

from tenants import scopes
from tests.isolation.models import AT_IMPORT, Note

pytestmark = pytest.mark.usefixtures("mode")


async def _read_all(queryset):
    return [note async for note in queryset]


EVALUATIONS = {
    "iterate": list,
    "length": len,
    "truth": bool,
    "representation": repr,
    "count": lambda notes: notes.count(),
    "exists": lambda notes: notes.exists(),
    "aggregate": lambda notes: notes.aggregate(Max("title")),
    "first": lambda notes: notes.first(),
    "last": lambda notes: notes.last(),
    "get": lambda notes: notes.get(pk=1),
    "index": lambda notes: notes[0],
    "slice": lambda notes: list(notes[1:3]),
    "in bulk": lambda notes: notes.in_bulk([1]),
    "values": lambda notes: list(notes.values("title")),
    "values list": lambda notes: list(notes.values_list("title", flat=True)),
    "chained": lambda notes: list(notes.filter(pk=1).order_by("title").distinct()),
    "contains": lambda notes: notes.contains(Note.objects.get(pk=1)),
    "explain": lambda notes: notes.explain(),
    "iterator": lambda notes: list(notes.iterator()),
    "in a subquery": lambda notes: list(Note.objects.filter(pk__in=notes.values("pk"))),
    "in itself": lambda notes: list(Note.objects.filter(pk__in=notes)),
    "pickled": lambda notes: pickle.dumps(notes),
    "prefetch": lambda notes: list(notes.prefetch_related("children")),
    "joined": lambda notes: list(notes.select_related("parent")),
    "lock": lambda notes: list(notes.select_for_update()),
    "update": lambda notes: notes.update(title="mine now"),
    "delete": lambda notes: notes.delete(),
    "create": lambda notes: notes.create(title="new"),
    "get or create": lambda notes: notes.get_or_create(title="new"),
    "update or create": lambda notes: notes.update_or_create(pk=1, defaults={"title": "new"}),
    "asynchronous get": lambda notes: async_to_sync(notes.aget)(pk=1),
    "asynchronous count": lambda notes: async_to_sync(notes.acount)(),
    "asynchronous iteration": lambda notes: async_to_sync(_read_all)(notes),
    "asynchronous iterator": lambda notes: async_to_sync(_read_all)(notes.aiterator()),
}


def refused(evaluate, notes):
    try:
        with transaction.atomic():
            evaluate(notes)
    except (scopes.WrongScopeError, scopes.NoScopeError):
        return True
    return False


@pytest.mark.parametrize("evaluation", EVALUATIONS)
def test_a_queryset_of_one_scope_is_refused_in_another(a, b, unharmed, evaluation):
    with a.scope():
        notes = Note.objects.order_by("id")

    with b.scope(), transaction.atomic(), pytest.raises(scopes.WrongScopeError):
        EVALUATIONS[evaluation](notes)


def test_they_all_work_where_the_queryset_was_made(a, b, seeded):
    before = seeded.rows(b)

    for evaluate in EVALUATIONS.values():
        seeded.seed()
        with a.scope(), transaction.atomic():
            evaluate(Note.objects.order_by("id"))

    assert seeded.rows(b) == before


def test_a_queryset_made_at_import_is_refused_everywhere(a, unharmed):
    # The rest chain a queryset of the scope in force from it.
    direct = {
        "iterate",
        "length",
        "truth",
        "count",
        "exists",
        "aggregate",
        "in itself",
    }
    direct |= {"iterator", "pickled", "update", "create", "asynchronous count"}
    direct |= {"asynchronous iteration", "asynchronous iterator"}

    with a.scope():
        assert [name for name in direct if not refused(EVALUATIONS[name], AT_IMPORT)] == []


def test_what_is_chained_from_a_queryset_made_at_import_belongs_to_the_scope(a, b):
    for side in (a, b):
        with side.scope():
            assert [note.title for note in AT_IMPORT.order_by("id")] == side.titles


def test_a_pickled_queryset_brings_rows_that_keep_their_tenant(a, b, unharmed):
    with a.scope():
        pickled = pickle.dumps(Note.objects.order_by("id"))

    with b.scope():
        notes = pickle.loads(pickled)
        with pytest.raises(scopes.WrongScopeError):
            list(notes.all())
        for note in notes:
            with pytest.raises(scopes.WrongScopeError):
                note.save()


def test_a_pickled_query_reads_ones_own_rows(a, b):
    with a.scope():
        pickled = pickle.dumps(Note.objects.order_by("id").query)

    with b.scope():
        notes = Note.objects.all()
        notes.query = pickle.loads(pickled)
        assert [note.title for note in notes] == b.titles


def test_a_raw_queryset_of_one_scope_is_refused_in_another(a, b):
    with a.scope():
        notes = Note.objects.raw("SELECT * FROM isolation_notes ORDER BY id")

    with b.scope(), pytest.raises(scopes.WrongScopeError):
        list(notes)


def test_raw_reads_ones_own_rows(a, b):
    for side in (a, b):
        with side.scope():
            notes = Note.objects.raw("SELECT * FROM isolation_notes ORDER BY id")
            assert [note.title for note in notes] == side.titles


BEGUN = {
    "instances": lambda: Note.objects.order_by("id").iterator(chunk_size=2),
    "values": lambda: Note.objects.order_by("id").values("title").iterator(chunk_size=2),
    "prefetched": lambda: (
        Note.objects.order_by("id").prefetch_related("children").iterator(chunk_size=2)
    ),
    "raw": lambda: Note.objects.raw("SELECT * FROM isolation_notes ORDER BY id").iterator(),
}


@pytest.mark.parametrize("begun", BEGUN)
@pytest.mark.parametrize("inside", [True, False], ids=["atomic", "autocommit"])
def test_an_iterator_begun_in_one_scope_is_refused_in_another(a, b, unharmed, begun, inside):
    with transaction.atomic() if inside else a.scope():
        with a.scope():
            notes = BEGUN[begun]()
            first = next(notes)
        title = first["title"] if isinstance(first, dict) else first.title

        with b.scope(), pytest.raises(scopes.WrongScopeError):
            list(notes)

    assert title == "A-1"


@pytest.mark.parametrize("begun", BEGUN)
def test_an_iterator_left_by_an_exception_goes_on_nowhere(a, begun):
    with a.scope():
        notes = BEGUN[begun]()
        next(notes)

    with pytest.raises((scopes.WrongScopeError, scopes.NoScopeError)):
        list(notes)


def test_a_server_side_iterator_survives_a_look_at_the_other(a, b):
    with transaction.atomic(), a.scope():
        notes = Note.objects.order_by("id").iterator(chunk_size=1)
        titles = [next(notes).title]
        with b.scope():
            assert Note.objects.get(pk=2).title == "B-2"
        titles += [note.title for note in notes]

    assert titles == a.titles


def test_an_asynchronous_iterator_begun_in_one_scope_is_refused_in_another(a, b, unharmed):
    read = []

    async def attack():
        with a.scope():
            notes = Note.objects.order_by("id").aiterator(chunk_size=2)
            assert (await anext(notes)).title == "A-1"
        with b.scope(), pytest.raises(scopes.WrongScopeError):
            read.extend([note.title async for note in notes])
        await notes.aclose()
        await sync_to_async(connections.close_all)()

    async_to_sync(attack)()

    assert read == []
