"""The Capture app."""

from django.apps import AppConfig


class CaptureConfig(AppConfig):
    """Django's handle on `capture`."""

    name = "capture"
    verbose_name = "Capture"
