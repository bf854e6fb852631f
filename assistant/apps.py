"""The Assistant app."""

from django.apps import AppConfig


class AssistantConfig(AppConfig):
    """Django's handle on `assistant`."""

    name = "assistant"
    verbose_name = "Assistant"
