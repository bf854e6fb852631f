"""What the storefront's rules are."""
