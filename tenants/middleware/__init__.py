"""Tenancy: middleware."""
