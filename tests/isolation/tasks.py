"""Tasks for a real worker (`celery worker -I tests.isolation.tasks`)."""

import os
import time
from uuid import UUID

from celery import shared_task
from django.db import connection, transaction

from storefront.models import StorefrontSettings
from tenants import scopes
from tenants.celery import PlatformTask, ScopedTask


def _where() -> list[str]:
    """What the database says: the tenant in force, and whose row has the shared key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.current_tenant')")
        (tenant_id,) = cursor.fetchone()
    return [tenant_id, StorefrontSettings.objects.get(pk=1).tagline_en]


@shared_task(base=ScopedTask, ignore_result=False)
def look(*_):
    """Where the task runs."""
    return _where()


@shared_task(base=ScopedTask, ignore_result=False)
def look_slowly(seconds):
    """Where the task runs before and after a wait in a transaction, and in which process."""
    with transaction.atomic():
        before = _where()
        time.sleep(seconds)
        after = _where()
    return [os.getpid(), before, after]


@shared_task(base=ScopedTask, ignore_result=False)
def gather(previous):
    """What came before, and where this runs."""
    return [*previous, _where()]


@shared_task(base=ScopedTask, ignore_result=False, bind=True, max_retries=2, retry_backoff=False)
def look_again(self):
    """Fail twice, in a transaction; then say where the last try runs."""
    with transaction.atomic():
        where = _where()
        if self.request.retries < 2:
            raise self.retry(countdown=0)
    return where


@shared_task(base=ScopedTask, ignore_result=False)
def fail():
    """Read, then fail."""
    _where()
    message = "on purpose"
    raise ZeroDivisionError(message)


@shared_task(base=ScopedTask, ignore_result=False)
def write(text):
    """Change the tenant's row."""
    StorefrontSettings.objects.filter(pk=1).update(about_en=text)
    return _where()


@shared_task(base=ScopedTask, ignore_result=False)
def call_another():
    """Send a task from within this one."""
    return look.delay().id


@shared_task(base=ScopedTask, ignore_result=False)
def call_in(tenant_id):
    """Send a task from within this one, in another tenant's scope."""
    with scopes.tenant(UUID(tenant_id)):
        return look.delay().id


@shared_task(base=PlatformTask, ignore_result=False)
def look_as_platform():
    """The scope's kind."""
    return scopes.current().kind


@shared_task(ignore_result=False)
def look_unscoped():
    """A task that forgot the base class: what it finds."""
    try:
        return _where()
    except scopes.NoScopeError as error:
        return type(error).__name__
