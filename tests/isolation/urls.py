"""A storefront whose views wait for one another in mid-request."""

import asyncio

from asgiref.sync import sync_to_async
from django.db import transaction
from django.http import JsonResponse, StreamingHttpResponse
from django.urls import path

from tenants import scopes
from tests.isolation.models import Note

#: Set by the test: released when all of its requests have come this far.
meeting: list[asyncio.Barrier] = []


def _read():
    with transaction.atomic():
        return [note.title for note in Note.objects.order_by("id")]


async def page(request):
    titles = [(await Note.objects.aget(pk=1)).title]
    await meeting[0].wait()
    titles += [note.title async for note in Note.objects.order_by("id")]
    await meeting[0].wait()
    titles += await sync_to_async(_read)()
    return JsonResponse({"titles": titles, "tenant": str(scopes.current_tenant_id())})


async def stream(request):
    async def lines():
        for key in (1, 2, 3):
            await meeting[0].wait()
            yield f"{(await Note.objects.aget(pk=key)).title}\n"

    return StreamingHttpResponse(lines())


def plain_stream(request):
    return StreamingHttpResponse(f"{Note.objects.get(pk=key).title}\n" for key in (1, 2, 3))


async def failing(request):
    await Note.objects.aget(pk=1)
    await meeting[0].wait()
    message = "on purpose"
    raise ZeroDivisionError(message)


urlpatterns = [
    path("page/", page),
    path("stream/", stream),
    path("plain-stream/", plain_stream),
    path("failing/", failing),
]

handler500 = "tenants.views.problems.server_error"
