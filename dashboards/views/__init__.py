"""The staff's pages, by noun."""
