"""The AI ledger app."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Django's handle on `assistant.ledger`."""

    name = "assistant.ledger"
    verbose_name = "AI ledger"
    label = "ledger"
