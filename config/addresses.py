"""Addresses in settings."""

from email.errors import MessageError
from email.headerregistry import Address


def is_bare_address(text: str) -> bool:
    """Whether this is one address with nothing around it: a name is put before it later."""
    try:
        return Address(addr_spec=text).addr_spec == text
    except (ValueError, IndexError, MessageError):  # the parser's, by what is wrong
        return False


def own_address(label: str, scheme: str, domain: str, port: int) -> str:
    """The origin of our host `label.`, without the port where it is the usual one."""
    usual = {"http": 80, "https": 443}.get(scheme)
    return f"{scheme}://{label}.{domain}" + ("" if port == usual else f":{port}")
