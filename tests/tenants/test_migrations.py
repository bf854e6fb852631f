"""What the fleet's migrations may not do."""

import pytest
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tenants.domain.access import UnlistedTableError, public_tables
from tenants.domain.release import public_fingerprint, tenant_fingerprint


def test_migrations_of_tenants_run_inside_a_transaction():
    """A fleet migration is one transaction a tenant: one that can't be in it would break that."""
    migrations = MigrationLoader(None).disk_migrations

    ours = {key: one for key, one in migrations.items() if key[0] in settings.TENANT_APPS}

    assert ours
    assert [key for key, one in ours.items() if not one.atomic] == []


def test_a_table_without_an_access_rule_stops_the_migration(monkeypatch):
    from tenants.models import OutboxEvent

    monkeypatch.delattr(OutboxEvent, "access")

    with pytest.raises(UnlistedTableError, match="outbox"):
        public_tables()


def test_a_new_migration_and_a_new_rule_change_the_fingerprints(settings, monkeypatch):
    tenant, public = tenant_fingerprint(), public_fingerprint()
    tenant_fingerprint.cache_clear()
    public_fingerprint.cache_clear()
    try:
        settings.MIGRATION_MODULES = {"storefront": "tests.fleet.migrations"}
        assert tenant_fingerprint() != tenant
        assert public_fingerprint() == public
        settings.MIGRATION_MODULES = {}
        tenant_fingerprint.cache_clear()
        public_fingerprint.cache_clear()
        from tenants.db.access import TableAccess
        from tenants.models import FleetMigration

        monkeypatch.setattr(FleetMigration, "access", TableAccess(public="SELECT"))
        assert tenant_fingerprint() == tenant
        assert public_fingerprint() != public
    finally:
        tenant_fingerprint.cache_clear()
        public_fingerprint.cache_clear()
