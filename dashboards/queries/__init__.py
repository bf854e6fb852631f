"""Reads for the staff's pages."""
