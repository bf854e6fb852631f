"""Rows to attack: a tree of notes with tags. The tables are made by hand (`world.py`) and the app is
installed for these tests alone, so that the release and its fingerprint know nothing of them.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import AppConfig, apps
from django.db import models

from tenants.db.models import TenantModel


class Tag(TenantModel):
    id = models.BigAutoField(primary_key=True)
    name = models.TextField()

    class Meta(TenantModel.Meta):
        app_label = "isolation"
        managed = False
        db_table = "isolation_tags"

    def __str__(self):
        return self.name


class Note(TenantModel):
    id = models.BigAutoField(primary_key=True)
    title = models.TextField()
    body = models.TextField(default="")
    parent = models.ForeignKey(
        "self", models.DO_NOTHING, null=True, related_name="children", db_constraint=False
    )
    tags = models.ManyToManyField(Tag)

    class Meta(TenantModel.Meta):
        app_label = "isolation"
        managed = False
        db_table = "isolation_notes"

    def __str__(self):
        return self.title


#: Made in no scope, as a default queryset of a form or a view is.
AT_IMPORT = Note.objects.filter(id__gt=0)


@contextmanager
def installed() -> Iterator[None]:
    """Have the models' app installed, without running every app's `ready()` again."""
    config = AppConfig("tests.isolation", sys.modules["tests.isolation"])
    config.apps = apps
    config.import_models()
    apps.app_configs["isolation"] = config
    apps.clear_cache()
    try:
        yield
    finally:
        del apps.app_configs["isolation"]
        apps.clear_cache()
