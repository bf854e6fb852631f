"""Mail addresses in settings."""

from email.errors import MessageError
from email.headerregistry import Address


def is_bare_address(text: str) -> bool:
    """Whether this is one address with nothing around it: a name is put before it later."""
    try:
        return Address(addr_spec=text).addr_spec == text
    except (ValueError, IndexError, MessageError):  # the parser's, by what is wrong
        return False
