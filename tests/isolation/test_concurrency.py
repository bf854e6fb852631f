"""Many threads and coroutines at once, each in another tenant's scope every moment."""

import asyncio
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import connections, transaction

from tenants import scopes
from tests.isolation.models import Note
from tests.isolation.modes import next_request

pytestmark = pytest.mark.usefixtures("mode")


class IntendedError(Exception):
    """What a test raises on purpose."""


def visit(side, rng):
    """One short request in `side`; returns what it saw wrongly."""
    kind = rng.randrange(6)
    with side.scope():
        if kind == 0:
            seen = [Note.objects.get(pk=1).title]
        elif kind == 1:
            seen = [note.title for note in Note.objects.all()]
        elif kind == 2:
            with transaction.atomic():
                seen = [note.title for note in Note.objects.iterator(chunk_size=2)]
                Note.objects.filter(pk=2).update(body=side.name)
        elif kind == 3:
            with transaction.atomic(), transaction.atomic():
                seen = [Note.objects.select_related("parent").get(pk=2).parent.title]
        elif kind == 4:
            try:
                with transaction.atomic():
                    Note.objects.filter(pk=2).update(title="lost")
                    raise IntendedError
            except IntendedError:
                seen = [Note.objects.get(pk=3).title]
        else:
            note = Note.objects.get(pk=4)
            note.body = side.name
            note.save()
            seen = [note.title]
    next_request()
    return [title for title in seen if not title.startswith(side.name)]


def hammer(sides, threads, visits):
    """Everything that any of the threads saw wrongly."""
    start = threading.Barrier(threads)

    def work(number):
        rng = random.Random(number)
        try:
            start.wait()
            return [wrong for _ in range(visits) for wrong in visit(rng.choice(sides), rng)]
        finally:
            assert scopes.active() is None
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return [wrong for seen in pool.map(work, range(threads)) for wrong in seen]


@pytest.mark.parametrize(("threads", "visits"), [(2, 60), (16, 10)])
def test_threads_see_their_own_tenant(a, b, seeded, threads, visits):
    assert hammer((a, b), threads, visits) == []

    for side in (a, b):
        bodies = {row["body"] for row in seeded.rows(side)["isolation_notes"]}
        assert bodies <= {"", side.name}


@pytest.mark.slow
@pytest.mark.parametrize(("threads", "visits"), [(2, 3000), (16, 600)])
def test_threads_see_their_own_tenant_for_long(a, b, seeded, threads, visits):
    assert hammer((a, b), threads, visits) == []

    for side in (a, b):
        bodies = {row["body"] for row in seeded.rows(side)["isolation_notes"]}
        assert bodies <= {"", side.name}


def test_a_thread_begins_in_no_scope(a):
    seen = []

    with a.scope():
        thread = threading.Thread(target=lambda: seen.append(scopes.active()))
        thread.start()
        thread.join()

    assert seen == [None]


async def walk(side, rounds):
    """Read `side` in every asynchronous way, letting others run in between."""
    wrong = []
    with side.scope():
        for _ in range(rounds):
            seen = [(await Note.objects.aget(pk=1)).title]
            await asyncio.sleep(0)
            seen += [note.title async for note in Note.objects.all()]
            seen += [note.title async for note in Note.objects.aiterator(chunk_size=2)]
            seen += [await sync_to_async(lambda: Note.objects.get(pk=2).title)()]
            await Note.objects.filter(pk=5).aupdate(body=side.name)
            wrong += [title for title in seen if not title.startswith(side.name)]
    return wrong


def test_coroutines_that_take_turns_see_their_own_tenant(a, b, seeded):
    async def together():
        return await asyncio.gather(*(walk(side, 3) for side in (a, b) * 4))

    assert async_to_sync(together)() == [[]] * 8

    for side in (a, b):
        bodies = {row["body"] for row in seeded.rows(side)["isolation_notes"]}
        assert bodies == {"", side.name}


def test_coroutines_in_threads_of_their_own_see_their_own_tenant(a, b):
    def read():
        try:
            with transaction.atomic():
                return [note.title for note in Note.objects.iterator(chunk_size=1)]
        finally:
            connections.close_all()

    async def one(side):
        with side.scope():
            titles = await sync_to_async(read, thread_sensitive=False)()
            await asyncio.sleep(0)
            titles += await asyncio.to_thread(read)
        return sorted(set(titles)) == sorted(side.titles)

    async def together():
        return await asyncio.gather(*(one(side) for side in (a, b) * 4))

    assert async_to_sync(together)() == [True] * 8


def test_a_task_keeps_the_scope_that_it_was_made_in(a, b):
    async def read():
        await asyncio.sleep(0)
        return (await Note.objects.aget(pk=1)).title

    async def spawn():
        tasks = []
        for side in (a, b):
            with side.scope():
                tasks.append(asyncio.create_task(read()))
        with b.scope():
            titles = await asyncio.gather(*tasks)
        assert scopes.active() is None
        return titles

    assert async_to_sync(spawn)() == ["A-1", "B-1"]
