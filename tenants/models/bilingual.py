"""What is kept in two languages."""

from django.utils import translation


def spoken(arabic: str, english: str) -> str:
    """The one of two texts that is in the language in force."""
    return arabic if (translation.get_language() or "").startswith("ar") else english
