"""Reads of orders, donations and pledges."""
