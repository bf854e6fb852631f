"""Tenancy: tenants, people, isolation, provisioning, the outbox and the rate limits."""
