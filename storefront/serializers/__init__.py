"""The catalog and settings as the API shows them."""
