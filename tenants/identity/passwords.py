"""What every new password must be, whichever engine keeps it."""

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tenants.identity.port import PasswordRefusedError
from tenants.models import User


def check_new_password(password: str, user: User) -> None:
    """Raise PasswordRefusedError unless the password may be chosen."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefusedError(error.messages) from error
