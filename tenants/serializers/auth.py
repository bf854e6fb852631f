"""What the identity API takes and gives."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from tenants.serializers.fields import LineField
from tenants.validators.codes import clean_code

LONGEST_PASSWORD = 256


class PasswordField(serializers.CharField):
    """A password, taken to the letter."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=LONGEST_PASSWORD, trim_whitespace=False, **kwargs)


class CodeField(serializers.CharField):
    """A code as people type it: with spaces, in any digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The code in Latin digits."""
        return clean_code(super().to_internal_value(data))


class EmailSerializer(serializers.Serializer[Any]):
    """An address to send a code to."""

    email = serializers.EmailField(max_length=254)


class SignUpSerializer(EmailSerializer):
    """A new account."""

    password = PasswordField()
    name = LineField(max_length=120)
    language = serializers.ChoiceField(settings.LANGUAGES, default="ar")


class ConfirmSerializer(EmailSerializer):
    """The code that proves an address."""

    code = CodeField()


class LogInSerializer(EmailSerializer):
    """E-mail and password."""

    password = PasswordField()


class ChallengeAnswerSerializer(serializers.Serializer[Any]):
    """The second step: a TOTP code or a recovery code."""

    challenge_token = serializers.CharField(max_length=4096)
    code = CodeField()


class ResetSerializer(ConfirmSerializer):
    """A code, and the password to have from now on."""

    password = PasswordField()


class CodeSerializer(serializers.Serializer[Any]):
    """A TOTP code."""

    code = CodeField()


class TokenSerializer(serializers.Serializer[Any]):
    """What a log-in yields; the refresh token is in a cookie."""

    access_token = serializers.CharField()
    token_type = serializers.CharField(default="Bearer")
    expires_in = serializers.IntegerField(help_text=str(_("Seconds.")))
    csrf_token = serializers.CharField()


class ChallengeSerializer(serializers.Serializer[Any]):
    """A second factor is asked for."""

    challenge = serializers.ChoiceField(["totp"])
    challenge_token = serializers.CharField()


class TotpSerializer(serializers.Serializer[Any]):
    """A TOTP secret to take up."""

    secret = serializers.CharField()
    otpauth_url = serializers.CharField()


class RecoveryCodesSerializer(serializers.Serializer[Any]):
    """Shown once."""

    recovery_codes = serializers.ListField(child=serializers.CharField())


class MembershipSerializer(serializers.Serializer[Any]):
    """One organisation of a person's, by its slug."""

    tenant = serializers.CharField(source="tenant.slug")
    role = serializers.CharField()


class MeSerializer(serializers.Serializer[Any]):
    """The person who asks."""

    id = serializers.UUIDField()
    sub = serializers.CharField(source="cognito_sub")
    email = serializers.EmailField()
    name = serializers.CharField()
    mfa = serializers.BooleanField(source="has_mfa")
    memberships = MembershipSerializer(many=True)
