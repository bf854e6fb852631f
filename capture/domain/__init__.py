"""Verbs of orders, donations and pledges."""
