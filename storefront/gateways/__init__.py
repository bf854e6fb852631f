"""What the storefront keeps outside the database."""
