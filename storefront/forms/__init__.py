"""What visitors send to the storefront's pages."""
