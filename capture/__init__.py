"""Capture: orders, donations and pledges."""
