"""Addresses that belong to no tenant, a module a surface."""
