"""One map of addresses a surface."""
