"""What storefront templates need beyond Django's own."""
