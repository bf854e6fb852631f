"""The API of the storefront and its catalog: public and for staff."""
