"""Tenancy: queries."""
