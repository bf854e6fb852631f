"""A real migration: a column, rows changed by Python, and time enough to be killed in."""

from django.db import migrations, models


def fill(apps, schema_editor):
    settings = apps.get_model("storefront", "StorefrontSettings")
    settings.objects.using(schema_editor.connection.alias).update(motto="changed")


class Migration(migrations.Migration):
    dependencies = [("storefront", "0006_search")]
    operations = [
        migrations.AddField("storefrontsettings", "motto", models.TextField(default="")),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunSQL("SELECT pg_sleep(0.1)", migrations.RunSQL.noop),
    ]
