"""A storefront's settings as its owners and admins write them, a page of them at a time."""
