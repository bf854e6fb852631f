"""The storefront's middleware."""
