"""Reads of the notifications."""
