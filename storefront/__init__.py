"""Storefront: settings, catalog, media, visits and the public pages."""
