"""What people say of themselves."""

from django.db import transaction

from tenants import scopes
from tenants.domain import audit
from tenants.models import User


def change_profile(user: User, *, name: str, language: str) -> None:
    """Take the person's name, and the language of our mails to them. Enters the public scope."""
    user.name, user.language = name, language
    with scopes.public(), transaction.atomic():
        user.save(update_fields=["name", "language"])
        audit.record_of_person("person.profile_changed", actor_id=user.id)
