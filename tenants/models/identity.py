"""What people log in with, and where they are logged in. No tenant's role can read any of it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from tenants.db.access import ALL, TableAccess
from tenants.db.models import SharedModel
from tenants.enums import CodePurpose, LoginKind, Surface

_IDENTITY = TableAccess(public=ALL, platform="")
LONGEST_USER_AGENT = 200


class Login(SharedModel):
    """One browser or program that a person is logged in with, until it ends or is ended."""

    access: ClassVar[TableAccess] = TableAccess(public=ALL, platform="SELECT, UPDATE")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    kind = models.CharField(max_length=10, choices=LoginKind.choices)
    surface = models.CharField(max_length=10, choices=Surface.choices)
    #: Whether a second factor was given.
    has_mfa = models.BooleanField(default=False)
    #: Counts refreshes: a refresh token of an earlier generation was stolen, or lost its answer.
    generation = models.PositiveIntegerField(default=0)
    #: The engine's own refresh token, encrypted; empty where the engine needs none.
    engine_token = models.TextField(blank=True, default="")
    user_agent = models.CharField(max_length=LONGEST_USER_AGENT, blank=True, default="")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "logins"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["user", "-last_used_at"], name="logins_of_user"),
            models.Index(fields=["expires_at"], name="logins_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class OneTimeCode(SharedModel):
    """A code that was sent to an address. Only its keyed hash is kept."""

    access: ClassVar[TableAccess] = _IDENTITY

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=20, choices=CodePurpose.choices)
    #: In lower case. What the code was sent to, and whose attempts are counted.
    email = models.EmailField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, db_index=False
    )
    code_hash = models.CharField(max_length=64)
    #: What using the code brings about, such as the hash of the password that was chosen.
    payload = models.JSONField(default=dict)
    attempts = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "one_time_codes"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["email", "purpose", "-created_at"], name="one_time_codes_email"),
            models.Index(fields=["expires_at"], name="one_time_codes_age"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=models.Q(purpose__in=CodePurpose.values), name="one_time_codes_purpose"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.id}"


class SigningKey(SharedModel):
    """A key that the embedded engine signs access tokens with (RSA, 2048 bits)."""

    access: ClassVar[TableAccess] = _IDENTITY

    kid = models.CharField(primary_key=True, max_length=64)
    #: PEM, encrypted.
    private_key = models.TextField()
    #: The JWK that is published.
    public_key = models.JSONField()
    created_at = models.DateTimeField()
    #: Published before it is used, so that every verifier has it by then.
    signs_from = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        """Django's options."""

        db_table = "signing_keys"

    def __str__(self) -> str:
        return self.kid


class ExternalIdentity(SharedModel):
    """A person as another issuer knows them. `sub` means nothing without its issuer."""

    access: ClassVar[TableAccess] = _IDENTITY

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    issuer = models.CharField(max_length=300)
    sub = models.CharField(max_length=255)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        """Django's options."""

        db_table = "external_identities"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["issuer", "sub"], name="external_identities_once")
        ]

    def __str__(self) -> str:
        return f"{self.sub} at {self.issuer}"
