"""What the token of an invitation's link is: the tenant's id and a secret, 64 characters in all.

The id says in which tenant's rows to look: under row-level security there is no looking in all of them.
"""

import base64
import hashlib
import re
import secrets
from uuid import UUID

_FORM = re.compile(r"[A-Za-z0-9_-]{64}\Z")
_ID_BYTES, _SECRET_BYTES = 16, 32


class BrokenTokenError(ValueError):
    """No link of ours ever had this token."""


def new_token(tenant_id: UUID) -> str:
    """A token nobody can guess (256 bits), safe in an address."""
    return base64.urlsafe_b64encode(tenant_id.bytes + secrets.token_bytes(_SECRET_BYTES)).decode()


def tenant_id_of(token: str) -> UUID:
    """The id that the token carries, which needn't be any tenant's. Raises BrokenTokenError."""
    if not _FORM.match(token):
        raise BrokenTokenError
    return UUID(bytes=base64.urlsafe_b64decode(token)[:_ID_BYTES])


def hash_of(token: str) -> str:
    """What is kept of a token: SHA-256 of the whole of it, in hexadecimal."""
    return hashlib.sha256(token.encode()).hexdigest()
