"""Tenancy: gateways."""
