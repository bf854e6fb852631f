"""The shops whose pages are measured, and their rows for the floor."""

import json
import uuid
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connections

from storefront.models import (
    CatalogItem,
    Category,
    ItemCategory,
    ItemVariant,
    MediaAsset,
    StorefrontSettings,
)
from tenants import scopes
from tenants.db.models import TenantModel
from tenants.domain import provisioning
from tenants.domain.seeds import DEMO_TENANTS
from tenants.models import Tenant
from tests.bench import goods
from tests.bench.orders import OrderFields

#: What goes with the items, in the order in which it can be made, and the rows.
_OF_ITEMS: dict[type[TenantModel], Any] = {
    MediaAsset: goods.pictures,
    ItemVariant: goods.variants,
    Category: goods.categories,
    ItemCategory: goods.memberships,
}


class Order(OrderFields, TenantModel):
    """An order of the row `transaction`, in a table that only the benchmark makes."""

    class Meta(TenantModel.Meta):
        app_label = "bench"  # no installed app: the release's fingerprint must not change
        db_table = "bench_orders"


def furnish(tenant_id: uuid.UUID) -> None:
    """Give a tenant the settings and the catalog that all have, and the table of `transaction`."""
    words = DEMO_TENANTS[0]
    with scopes.tenant(tenant_id):
        StorefrontSettings(
            tagline_ar=words.tagline_ar,
            tagline_en=words.tagline_en,
            about_ar=words.about_ar,
            about_en=words.about_en,
            accent=words.accent,
            accepts=["orders", "donations", "pledges"],
        ).save()
        CatalogItem.objects.bulk_create(CatalogItem(**fields) for fields in goods.items())
        for model, rows in _OF_ITEMS.items():
            model.objects.bulk_create(model(**fields) for fields in rows())
    owner: Any = connections[provisioning.OWNER]
    owner.set_schema(scopes.schema_name(tenant_id), include_public=False)
    try:
        with owner.schema_editor() as editor:
            editor.create_model(Order)
            editor.execute(f"GRANT ALL ON bench_orders TO {scopes.tenant_role(tenant_id)}")
    finally:
        owner.set_schema_to_public()


def tenant_ids() -> dict[str, str]:
    """Host → id of the three tenants that the rows rotate through."""
    slugs = [demo.slug for demo in DEMO_TENANTS]
    with scopes.public():
        found = Tenant.objects.filter(slug__in=slugs).values_list("domains__domain", "id")
        return {host: str(key) for host, key in found}


def rows_to_share(tenants: dict[str, str]) -> dict[str, Any]:
    """What the floor needs to show the same pages: sites by host, and rows by our models' names."""
    with scopes.public():
        found = {
            str(tenant.id): tenant for tenant in Tenant.objects.filter(id__in=tenants.values())
        }
    with scopes.tenant(uuid.UUID(next(iter(tenants.values())))):
        rows = {
            model.__name__: list(model.objects.order_by("pk").values())
            for model in (StorefrontSettings, CatalogItem, *_OF_ITEMS)
        }
    shared = {"sites": {host: _site(found[key]) for host, key in tenants.items()}, "rows": rows}
    document: dict[str, Any] = json.loads(json.dumps(shared, cls=DjangoJSONEncoder))
    return document


def _site(tenant: Tenant) -> dict[str, Any]:
    return {
        "slug": tenant.slug,
        "name_ar": tenant.name_ar,
        "name_en": tenant.name_en,
        "default_language": tenant.default_language,
        "kind": tenant.kind,
        "folder": tenant.id,
    }
