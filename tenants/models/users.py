"""People. One account serves all of a person's tenants."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from tenants.db.access import ALL, TableAccess


class UserManager(BaseUserManager["User"]):
    """Finds people by e-mail, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this e-mail. Raises User.DoesNotExist."""
        return self.with_email(username or "").get()

    def with_email(self, email: str) -> "models.QuerySet[User]":
        """The person with this e-mail, if any. Not `iexact`: that compares upper case, in which other
        letters (ſ, ı) become an s and an i, and it misses the index.
        """
        return self.alias(folded=Lower("email")).filter(folded=email.lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person: a member of tenants, or a super admin of the platform."""

    access: ClassVar[TableAccess] = TableAccess(public=ALL)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    language = models.CharField(_("language"), max_length=2, default="ar")
    cognito_sub = models.CharField(max_length=64, null=True, blank=True, unique=True)
    #: Logins and tokens from before this moment are no longer valid.
    tokens_valid_after = models.DateTimeField(null=True, blank=True)
    mfa_enabled_at = models.DateTimeField(_("two-step verification since"), null=True, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(_("joined"), db_default=Now())

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        """Django's options."""

        db_table = "users"
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(Lower("email"), name="users_email_ci")
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def has_mfa(self) -> bool:
        """Whether logging in takes a second factor."""
        return self.mfa_enabled_at is not None

    @property
    def is_staff(self) -> bool:
        """Django admin's word for those it lets in: super admins alone."""
        return self.is_superuser
