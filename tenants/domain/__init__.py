"""Tenancy: domain."""
